# Every target sets itself up: git, make and Python 3.11 on Debian 12 are enough.
#   make PYTHON=python3.11 …   another Python
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED ?= ../shared
FILES ?=
TO ?=
SIP ?= 127.0.0.1:5060
PRESS ?=
SET_UP := PATH="$(PATH)" $(PYTHON) tools/set_up.py
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help demo call test check bench scenarios conformance coverage soak lock sbom release screenshots fmt clean \
        venv venv-browser venv-caller venv-peers venv-bench venv-all \
        check-format check-lint check-types check-layers check-rules check-words check-house \
        test-calls test-telephony test-parts test-system

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

# ── set-up: quick where nothing has changed (tools/set_up.py compares with the lock files) ──────

venv: ## set up .venv, and start nothing
	@$(SET_UP)

venv-browser:
	@$(SET_UP) browser

venv-caller:
	@$(SET_UP) caller

venv-all:
	@$(SET_UP) alerts browser peers telephony

venv-peers:
	@$(SET_UP) peers

venv-bench:
	@$(SET_UP) peers telephony

# ── running ─────────────────────────────────────────────────────────────────────────────────────

demo: venv ## the whole, with a pretend company and a pretend Outlook, on this machine
	@kalenderkoppling demo

call: venv-caller ## call the demo: make call TO=2001 [PRESS=1] [SIP=host:port]; leaves call.wav
	@test -n "$(TO)" || { echo 'name an extension: make call TO=2001' >&2; exit 2; }
	@python tools/call.py '$(TO)' --sip '$(SIP)' --press '$(PRESS)'

scenarios: venv ## play scenario files: make scenarios FILES="a.yaml b.yaml"
	@test -n "$(FILES)" || { echo 'name the files: make scenarios FILES="a.yaml b.yaml"' >&2; exit 2; }
	@python -m kalenderkoppling.scenarios $(FILES)

bench: venv-bench ## measure, and write docs/benchmarks.md
	@python -m bench

screenshots: venv-browser ## take the pictures of docs/ anew
	@python tools/screenshots.py

# ── judging ─────────────────────────────────────────────────────────────────────────────────────

check: venv ## format, lint, types, layers, unit and meta tests: under 20 s warm
	@coverage erase
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target \
	    check-rules check-words check-house check-types check-layers check-lint check-format
	@coverage combine --quiet && coverage report

check-format:
	@ruff format --check --quiet --output-format=concise . || { echo 'mend it with `make fmt`' >&2; exit 1; }

check-lint:
	@ruff check --quiet .

check-types:
	@mypy

check-layers:
	@report=$$(lint-imports --no-logo 2>&1) || { echo "$$report"; exit 1; }

# The unit tests in two halves; what they cover counts together.
check-rules:
	@coverage run --parallel-mode -m pytest tests/unit --ignore=tests/unit/words --ignore=tests/unit/sound \
	    -m 'not slow' --quiet -p no:cacheprovider

check-words:
	@coverage run --parallel-mode -m pytest tests/unit/words tests/unit/sound -m 'not slow' --quiet -p no:cacheprovider

check-house:
	@pytest tests/meta -m 'not slow' --quiet -p no:cacheprovider
	@python tools/long_files.py

test: venv-all check ## everything: check, contracts, adapters, surfaces, system with a browser and real calls
	@echo 'In four parts beside each other; each tells what came of it when it is done.'
	@$(MAKE) --no-print-directory --jobs=4 --keep-going --output-sync=target \
	    test-calls test-telephony test-parts test-system

# Calls mostly wait, so two parts of them run beside each other, before the others, which compute.
test-calls:
	@pytest tests/system/calls -m 'not soak' -o cache_dir=.check/$@

test-telephony:
	@pytest -m 'calls and not soak' --ignore=tests/system/calls -o cache_dir=.check/$@

test-parts:
	@nice -n 10 pytest --ignore=tests/system -m 'not calls and not soak' -o cache_dir=.check/$@

test-system:
	@nice -n 10 pytest tests/system -m 'not calls and not soak' -o cache_dir=.check/$@

coverage: venv-all ## branch coverage of everything, for reading (check holds the core to 100 %)
	@coverage run --data-file=.check/coverage-all --source=src -m pytest -m 'not soak and not browser' --quiet
	@coverage report --data-file=.check/coverage-all --fail-under=0

conformance: venv-all ## what is held to the reference material in the shared folder
	@test -d "$(SHARED)" || { echo 'make conformance needs the shared folder: make conformance SHARED=…' >&2; exit 2; }
	@KK_SHARED="$(abspath $(SHARED))" pytest tests/conformance

# How long callers wait is judged here (tests/kktest/timed.py), on a machine that does nothing else.
soak: venv-all ## long runs, and how long callers wait, on a quiet machine: many minutes
	@KK_HYPOTHESIS=thorough KK_TIMED=1 pytest -m 'soak or calls'

# ── tending ─────────────────────────────────────────────────────────────────────────────────────

fmt: venv ## format, and mend what ruff can
	@ruff format . && ruff check --fix .

lock: venv ## write the lock files anew; UPGRADE=1 takes the newest versions
	@tools/lock.sh
	@npm install --package-lock-only --ignore-scripts --no-fund --no-audit

# An environment of its own: what writes the bill is no part of what is shipped, nor of what tests run in.
sbom: venv ## write what a release consists of to dist/kalenderkoppling.cdx.json (CycloneDX)
	@uv venv --quiet --allow-existing .check/sbom
	@uv pip sync --quiet --require-hashes --python .check/sbom/bin/python requirements/sbom.lock
	@.check/sbom/bin/python tools/sbom.py dist/kalenderkoppling.cdx.json

release: sbom ## build the wheel into dist, beside the bill of materials that is shipped with it
	@python -m hatchling build --target wheel --directory dist

clean: ## remove everything that the set-up and the checks made
	rm -rf $(VENV) node_modules .check .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist \
	    src/kalenderkoppling/surfaces/web/static/vendor
