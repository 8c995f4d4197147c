# A clean clone needs Python 3.11+, git and make; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-full test-kills test-oracles test-bugs test-peers test-servers check fix docs bench bench-large bench-reuse bench-days lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/run ## Make .venv with the crmsnap command and the sandbox account in it

demo: .venv/run ## Copy a sandbox account into a local folder, show the snapshot and prove it
	@$(BIN)/crmsnap demo --to demo

test: .venv/dev ## Run the tests (at most 10 minutes on 2 cores)
	$(BIN)/pytest -m 'not full' -n 3 --dist loadfile --no-loadscope-reorder

test-full: .venv/dev ## Run the slow suites too (needs root once, for Debian's packages)
	@command -v strace >/dev/null || { apt-get update -qq && apt-get install -qq -y strace; }
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 15

test-kills: .venv/dev ## Kill a run at each moment at which it touches the world (part of test-full)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 15 -m full tests/faults/crash tests/faults/test_random_kills.py tests/faults/test_races.py

test-oracles: .venv/dev ## Let accounts change while they are read, and compare (part of test-full)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 15 -m full tests/acceptance/test_an_account_that_changes_while_it_is_read.py tests/acceptance/test_a_later_day_equals_a_first_day.py tests/acceptance/test_a_run_that_was_left_half.py tests/acceptance/test_any_drift_equals_a_first_day.py

test-bugs: .venv/dev ## Plant bugs, and see that the tests find each of them (part of test-full)
	$(BIN)/pytest -n 2 --dist load --durations 15 -m full tests/mutants

test-peers: .venv/dev ## Compare snapshots with what open HubSpot readers from PyPI read (part of test-full)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 15 tests/differential

test-servers: .venv/dev ## Run what needs Ceph's gateway, PostgreSQL and Azurite (part of test-full)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 15 -m full tests/servers tests/unit/registry tests/contracts/test_destinations.py tests/acceptance/test_two_machines.py

check: .venv/dev ## Format, lint, types, import contract, generated docs
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/house/generate_docs.py --check

fix: .venv/dev ## Format, and mend what lint can mend
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench

docs: .venv/dev ## Write the generated reference pages again
	$(BIN)/python tests/house/generate_docs.py

bench: .venv/dev ## Print the performance figures, as ratios measured in one run
	$(BIN)/python bench/run.py

bench-large: .venv/dev ## Copy 1,000,000 contacts twice and print time, calls and memory (about 25 minutes)
	nice -n 10 $(BIN)/python bench/large.py

bench-reuse: .venv/dev ## Print what publishing costs when nothing changed, or the newest 1 % did
	$(BIN)/python bench/reuse.py --contacts 20000
	$(BIN)/python bench/reuse.py --contacts 50000

bench-days: .venv/dev ## Print by family the calls of a first day and of the day after, and check that they are few
	nice -n 10 $(BIN)/python bench/days.py

lock: .venv/dev ## Compile requirements/*.in to files with hashes
	cd requirements && ../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --prerelease=if-necessary-or-explicit dev.in -o dev.txt
	cd requirements && ../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -c dev.txt run.in -o run.txt
	cd requirements/peers && for name in airbyte ingestr tap-hubspot; do \
		../../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --excludes $$name.without $$name.in -o $$name.txt || exit 1; \
	done

clean: ## Remove .venv and caches
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist demo

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'crmsnap needs Python 3.11 or newer: make PYTHON=python3.11 ...'; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run: requirements/run.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements/dev.txt .venv/run
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
