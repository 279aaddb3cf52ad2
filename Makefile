# Everything a person needs to type. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
DEMO := instance/demo

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; this is $$($(PYTHON) --version)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing. Type: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --progress-bar on --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.PHONY: setup
setup: .venv/ready ## Install the service into .venv

.venv/dev-ready: .venv/ready requirements-dev.txt
	$(BIN)/python -m pip install --progress-bar on --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: demo
demo: setup ## Run a demonstration with a made-up organisation and a phone simulator
	@$(BIN)/python -m companion.demo.settings $(DEMO)
	@$(BIN)/companion --config $(DEMO)/config.toml demo
	@$(BIN)/companion --config $(DEMO)/config.toml serve

.PHONY: fresh-demo
fresh-demo: ## Throw the demonstration away, and begin it anew
	rm -rf $(DEMO)
	$(MAKE) demo

.PHONY: system
system: ## Install what the tests need: Chromium, PostgreSQL, libraries for Node and for PDF
	@missing=""; \
	[ -x /usr/bin/chromium ] || missing="$$missing chromium"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	ls /usr/lib/*/libpangoft2-1.0.so.0 >/dev/null 2>&1 || missing="$$missing libpangoft2-1.0-0"; \
	ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || missing="$$missing libatomic1"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
	  else echo "The tests need$$missing. Type: sudo apt-get install$$missing"; exit 1; fi; \
	fi

.PHONY: unit
unit: .venv/dev-ready ## Run the quick tests: no browser, no server
	$(BIN)/python -m pytest tests/core tests/messages tests/services tests/store tests/sms -q -k "not postgresql"

.PHONY: check
check: .venv/dev-ready ## Check style, types, layers, templates, migrations and translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint companion/web/templates
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_migrations.py tests/messages -k "not postgresql"

.PHONY: test
test: system .venv/dev-ready ## Run every test, on both databases and in a real browser
	$(MAKE) check
	rm -f .coverage .coverage.*
	# One more than there are cores: many tests wait for a browser or for processes that were killed.
	$(BIN)/python -m pytest -q -n $$(( $$(nproc) + 1 )) --dist loadfile --no-loadscope-reorder --cov --cov-report=
	$(BIN)/coverage report --include='companion/core/*,companion/services/*' --fail-under=100 --skip-covered --show-missing
	$(BIN)/coverage report --fail-under=95 --skip-covered

.PHONY: bench
bench: .venv/dev-ready ## Measure, each figure beside a hello-world in the same run
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.plans
	$(BIN)/python -m benchmarks.replies

.PHONY: fuzz
fuzz: .venv/dev-ready ## Read and screen a million texts that nobody wrote, in every language
	$(BIN)/python -m benchmarks.fuzz

.venv/mutants-ready: .venv/dev-ready requirements-mutants.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutants.txt
	@touch $@

.PHONY: mutants
mutants: .venv/mutants-ready ## Change plans, reading, screening and triage one place at a time; what no test notices needs a reason
	$(BIN)/python -m tests.mutating run
	$(BIN)/python -m tests.mutants

.PHONY: faults
faults: system .venv/dev-ready ## Kill our own processes a thousand times, and write docs/reliability.md
	$(BIN)/python -m tests.faults.long_run

.PHONY: translations
translations: .venv/dev-ready ## Bring the templates for translators up to date
	$(BIN)/python -m companion.catalogues

.PHONY: lock
lock: ## Pin every dependency anew, with hashes
	$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --extra dev pyproject.toml -c requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --extra mutants pyproject.toml -c requirements-dev.txt -o requirements-mutants.txt

.PHONY: vendor
vendor: ## Copy nhsuk-frontend's files anew
	cd tools/vendor && npm ci --ignore-scripts && $(abspath $(BIN))/python copy.py
