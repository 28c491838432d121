# Everything a fresh Debian or Ubuntu needs beside this: git, make, python3 >= 3.11 and python3-venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DATA ?=
# Each commit has its own order of tests, and always the same.
SEED ?= 221738976
TIMES ?= 20

.PHONY: venv dev demo run test explore lint format bench quality gallery lock clean help

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Vigil needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Try: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "This Python has no venv. On Debian or Ubuntu: apt install python3-venv" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Could not make $(VENV). On Debian or Ubuntu: apt install python3-venv" >&2; exit 2; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV): a minute or two, once."
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

venv: $(VENV)/.installed ## .venv with the package
dev: $(VENV)/.installed-dev ## .venv with the development extras

demo: $(VENV)/.installed ## a minute of news, no account, no internet
	@$(BIN)/vigil demo

run: $(VENV)/.installed ## the bot (needs VIGIL_BOT_TOKEN)
	@$(BIN)/vigil run

# Where bytecode is not to be written, each run compiles every test anew, in each process.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.installed-dev ## the whole suite; SEED=number for another order
	@echo "The order of the tests: make test SEED=$(SEED)"
	$(BIN)/python -m pytest -n 3 --dist worksteal -p randomly --randomly-seed=$(SEED) tests

explore: export PYTHONDONTWRITEBYTECODE =
explore: $(VENV)/.installed-dev ## properties with TIMES as many examples, new ones each time
	EXPLORE=$(TIMES) $(BIN)/python -m pytest -n 2 --dist worksteal -m hypothesis --timeout 3000 tests

lint: $(VENV)/.installed-dev ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## rewrite to the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## measure; DATA=posts.jsonl.gz for real texts
	$(BIN)/python -m bench $(if $(DATA),--data $(DATA))

quality: $(VENV)/.installed-dev ## measure the packs into docs/quality.md; DATA=directory of texts
	$(BIN)/python -m bench.quality $(if $(DATA),--data $(DATA))

gallery: $(VENV)/.installed-dev ## draw docs/gallery (needs Chromium; root on Debian gets it)
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { [ "$$(id -u)" = 0 ] \
	  && apt-get update -q && apt-get install -q -y --no-install-recommends chromium fonts-inter fonts-noto-core; } \
	  || { echo "No Chromium. On Debian: apt install chromium fonts-inter fonts-noto-core" >&2; exit 2; }
	$(BIN)/python -m tests.gallery

mutants: $(VENV)/.installed-dev ## ten minutes of small mistakes: do the tests notice?
	$(BIN)/python -m bench.mutants

lock: ## renew the locks (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	  --extra uk --extra postgres --extra charts --extra fast --group build --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	  --extra uk --extra postgres --extra charts --extra fast --group build --group dev --custom-compile-command 'make lock' \
	  -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove what was made
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find bot filters tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
