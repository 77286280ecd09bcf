# zigbus. `make` alone prints what there is; everything installs into .venv and touches nothing else
# but two Debian packages, which it names before it installs them.

PYTHON ?= python3
DATA ?= $(or $(ZIGBEE2MQTT_DATA),data)

PACKAGES := shared/pyproject.toml $(wildcard services/*/pyproject.toml)
SOURCES := $(wildcard shared/src services/*/src)
TESTS := $(wildcard shared/tests services/*/tests tests)
CHECKED := $(SOURCES) $(TESTS) $(wildcard deploy/*.py)
CATALOGUE := $(wildcard services/converter/catalogue/*.* services/converter/catalogue/shims/*.js \
	services/converter/src/zigbus_converter/zhc/javascript/*.js)
# the tools for tests stay where they are installed
INSTALLED := $(if $(wildcard .venv/.dev),requirements-dev.lock,requirements.lock)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run setup test test-homeassistant lint bench parity features lock catalogue

help: ## print this list
	@echo "zigbus: Zigbee devices on MQTT, without the vendor's bridge"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runtime .venv/.catalogue ## start everything; DATA=DIR (default ./data) may be a zigbee2mqtt data folder
	@deploy/setup.sh broker "$(DATA)"
	@exec $(BIN)/zigbus run --data "$(DATA)"

setup: .venv/.dev ## prepare .venv with all packages, for running and for testing

test: lint .venv/.catalogue ## run every check and every test
	$(BIN)/pytest

lint: .venv/.dev ## check style, types and that no service imports another
	$(BIN)/ruff check -q $(CHECKED)
	$(BIN)/ruff format -q --check $(CHECKED)
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports

test-homeassistant: .venv/.dev ## discover the simulated home in a real Home Assistant (needs Python 3.13)
	@tests/homeassistant/run.sh

bench: .venv/.dev ## measure latency, throughput, CPU and memory of the running stack
	$(BIN)/python -m tests.bench

catalogue: .venv/.runtime ## build the definitions of zigbee-herdsman-converters (npm, or Node from PyPI)
	@deploy/setup.sh catalogue
	@touch .venv/.catalogue

parity: .venv/.dev .venv/.catalogue ## compare every definition with zigbee-herdsman-converters, into docs/parity.md
	$(BIN)/python -m tests.parity

features: .venv/.dev .venv/.catalogue ## run the tests that show each feature of zigbee2mqtt, into docs/features.md
	$(BIN)/python -m tests.features

lock: .venv/.dev ## choose newest allowed versions of all packages and write the requirements*.lock files
	deploy/setup.sh lock

# without network there is none: native and generated definitions still work, and the next start tries again
.venv/.catalogue: .venv/.runtime $(CATALOGUE)
	@deploy/setup.sh catalogue && touch $@ || echo "zigbus: going on without the catalogue of devices" >&2

.venv/.runtime: requirements.lock requirements-bootstrap.lock $(PACKAGES)
	@deploy/setup.sh venv "$(PYTHON)" $(INSTALLED)
	@touch $@ $(wildcard .venv/.dev)

.venv/.dev: requirements.lock requirements-dev.lock requirements-bootstrap.lock $(PACKAGES)
	@deploy/setup.sh broker
	@deploy/setup.sh venv "$(PYTHON)" requirements-dev.lock
	@touch .venv/.runtime $@
