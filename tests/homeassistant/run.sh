#!/bin/sh
# Discover the simulated home in a real Home Assistant. Says that it cannot, and succeeds, where Python 3.13 is missing.
#   HOMEASSISTANT_PYTHON  a Python 3.13 (default: python3.13 of the path); Home Assistant goes into .venv-homeassistant
#   HASS                  how to call `hass` of a Home Assistant that is there already; nothing is installed then
set -eu

VERSION=2025.4.4
VENV=.venv-homeassistant
PYTHON=${HOMEASSISTANT_PYTHON:-python3.13}

if [ -z "${HASS:-}" ]; then
    if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; then
        echo "skipped: Home Assistant $VERSION needs Python 3.13, and $PYTHON is none (see HOMEASSISTANT_PYTHON)"
        exit 0
    fi
    if [ ! -e "$VENV/.ready-$VERSION" ]; then
        echo "Installing Home Assistant $VERSION into $VENV (some minutes)"
        "$PYTHON" -m venv "$VENV"
        "$VENV/bin/pip" install -q "homeassistant==$VERSION"
        "$VENV/bin/python" tests/homeassistant/requirements.py > "$VENV/needed.txt"
        "$VENV/bin/pip" install -q -r "$VENV/needed.txt"
        touch "$VENV/.ready-$VERSION"
    fi
    HASS=$VENV/bin/hass
fi
export HASS
exec .venv/bin/pytest -q tests/homeassistant
