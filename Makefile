# Python 3.11+ and make are all a fresh machine needs: uv is used where it is installed, else put into .venv with pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
ifeq ($(UV),)
UV := $(BIN)/uv
BOOTSTRAP := $(BIN)/uv
endif
export UV_PYTHON_DOWNLOADS = never
# What was compiled is kept, whatever the machine is used to: else every process of every test compiles all of it anew.
export PYTHONDONTWRITEBYTECODE =
WORKERS ?= 4
# An order of the tests that nobody chose. Another one: SEED=n; `make soak` takes a new one each time.
SEED ?= 249429991
PYTEST := $(BIN)/pytest --randomly-seed=$(SEED)
NPM := npm ci --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: help setup demo test quick endurance interop interop-setup check lint types reference languages soak bench pairs detection risk grouping uci uci-history screenshots lock clean
.DEFAULT_GOAL := help

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Tocsin needs Python 3.11 or newer, this is " + sys.version) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)

$(BIN)/uv: | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

FRONTEND := frontend/package.json frontend/package-lock.json frontend/icons.txt frontend/build.py

$(VENV)/.installed: requirements.lock pyproject.toml $(FRONTEND) | $(BIN)/python $(BOOTSTRAP)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	$(BIN)/python -m compileall -q src/tocsin
	@touch $@

# What tests hold the pages against, from npm's registry; without it those tests are skipped, and say so.
$(VENV)/frontend/.installed: frontend/package.json frontend/package-lock.json | $(BIN)/python
	@mkdir -p $(@D) && cp frontend/package.json frontend/package-lock.json $(@D)
	@cd $(@D) && $(NPM) --omit=optional || echo "make: axe and the screen reader are not installed; their tests are skipped"
	@touch $@

setup: $(VENV)/.installed $(VENV)/frontend/.installed ## install everything into .venv

demo: setup ## a believable company in a throwaway database, live in the terminal
	$(BIN)/tocsin demo

check: lint types ## lint and types

lint: setup ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## mypy, strict
	$(BIN)/mypy

test: setup check ## lint, types and all tests, on SQLite and PostgreSQL (SEED=n: in another order)
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not soak and not interop"

quick: setup ## the quick tests: pure functions, and stories on SQLite; no process, no browser, nothing that takes long
	$(PYTEST) -q -n $(WORKERS) --dist worksteal -m "not soak and not long" -k "not postgresql" tests/unit tests/stories

endurance: setup ## whatever starts a process, a thread or a browser, a hundred times beside a busy loop; goes on where it was stopped (TIMES=n)
	$(BIN)/python -m tests.endurance --times $(or $(TIMES),100)

interop: setup ## against programs of others: nginx, WebKit, axe, a screen reader, the Nu HTML checker, the shared data in full
	$(PYTEST) -q -n $(WORKERS) -m "not soak" tests/conformance tests/faces/test_deploy.py tests/faces/test_webkit.py \
		tests/faces/test_accessibility.py

interop-setup: setup ## what `make interop` takes from Debian, where one is root, and from npm
	apt-get update -qq && apt-get install -y -qq --no-install-recommends \
		nginx-light webkit2gtk-driver xvfb $(if $(shell command -v java),,default-jre-headless) $(if $(shell command -v npm),,npm)
	cd $(VENV)/frontend && $(NPM) --include=optional

screenshots: setup ## the pictures of the pages that the documentation shows, made by the tests
	TOCSIN_SCREENSHOTS=$(CURDIR)/docs/images $(BIN)/pytest -q -n 0 tests/faces/test_pages_in_a_browser.py -k it_fits
	cd docs/images && find . -name '*.png' ! -name 'now-*-1280.png' ! -name 'now-dark-390.png' ! -name 'case-light-1280.png' \
		! -name 'cases-light-1280.png' ! -name 'on-call-light-1280.png' ! -name 'policy-light-1280.png' -delete

reference: setup ## the pages of docs that are written by commands
	$(BIN)/tocsin policy schema --markdown > docs/policy-reference.md
	$(BIN)/tocsin case verbs --markdown > docs/verbs.md
	$(BIN)/tocsin audit events --markdown > docs/events.md

languages: setup ## bring the catalogues of other languages up to date with the code
	$(BIN)/python -m tocsin.phrases

soak: setup ## the long runs: crashes by the dozen, many clients by the ten thousand, the whole API, real data, other examples
	TOCSIN_HYPOTHESIS=others $(BIN)/pytest -q -n $(WORKERS) tests/unit
	$(BIN)/pytest -m soak -s

bench: setup ## the speed of this machine
	$(BIN)/tocsin bench decide
	$(BIN)/tocsin bench intake

pairs: setup ## two revisions measured in turn (BEFORE=revision AFTER=revision PAIRS=10 WHAT=decide,intake LOG=file)
	$(BIN)/python -m examples.pairs $(BEFORE) $(or $(AFTER),HEAD) --pairs $(or $(PAIRS),10) $(if $(WHAT),--what $(WHAT)) \
		$(if $(LOG),--log $(LOG))

detection: setup ## surges among real tickets, beside three standard deviations (DATA=../shared/data)
	$(BIN)/python -m examples.detection.run --data $(or $(DATA),../shared/data)

grouping: setup ## tickets of one problem among others, on our own texts about 38 outages
	$(BIN)/python -m examples.grouping.run

risk: setup ## how likely real incidents are to escalate, and how many of those that do are missed (DATA=../shared/data)
	$(BIN)/python -m examples.risk.run --data $(or $(DATA),../shared/data)

uci: setup ## 15,000 real incidents through the engine, proved (DATA=../shared/data DATABASE=url)
	$(BIN)/python -m examples.uci.run --data $(or $(DATA),../shared/data) $(if $(DATABASE),--database $(DATABASE))

uci-history: setup ## their whole history through the live verbs, proved (DATA= DATABASE= PAGE=docs/history.md)
	$(BIN)/python -m examples.uci.history --data $(or $(DATA),../shared/data) $(if $(DATABASE),--database $(DATABASE)) \
		$(if $(PAGE),--page $(PAGE))

lock: $(BIN)/python $(BOOTSTRAP) ## resolve the dependencies anew into requirements.lock
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --group dev pyproject.toml -o requirements.lock

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis src/tocsin/web/static/vendor
