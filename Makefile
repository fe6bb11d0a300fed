# Each target prepares the environment it needs and calls one command of voortgang.
PYTHON ?= python3
YEAR ?= 2021
VENV := .venv
RUN := $(VENV)/bin/voortgang
# Python compiles a module when it is first imported, and most of what is installed never is: a sixth of the space.
COMPILE := $(if $(PYTHONDONTWRITEBYTECODE),--compile,--no-compile)
INSTALL := $(VENV)/bin/pip install --quiet --progress-bar on --require-hashes --no-deps $(COMPILE)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help report reports check doctor preview key bundle verify portfolio cluster lab test test-all coverage lint quarto docs audit release lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

report: $(VENV)/report.stamp ## make the report of one year: make report YEAR=2022
	@$(RUN) build $(YEAR)

reports: $(VENV)/report.stamp ## make the reports of all years
	@$(RUN) build --all

check: $(VENV)/report.stamp ## check the data without building
	@$(RUN) check

doctor: $(VENV)/report.stamp ## say whether this computer can build a report
	@$(RUN) doctor

preview: $(VENV)/preview.stamp ## show a report in a browser while you write: make preview YEAR=2022
	@$(RUN) preview $(YEAR)

key: $(VENV)/verify.stamp ## make a key to sign with: make key KEY=bureau.pem
	@$(RUN) key "$(KEY)"

bundle: $(VENV)/$(if $(KEY),verify,report).stamp ## pack a report, and sign it: make bundle YEAR=2022 KEY=bureau.pem
	@$(RUN) bundle $(YEAR) $(if $(KEY),--key "$(KEY)")

verify: $(VENV)/verify.stamp ## make a published report again and compare: make verify BUNDLE=verslag.zip, or YEAR=2022
	@$(RUN) verify $(if $(BUNDLE),"$(BUNDLE)",$(YEAR))

portfolio: $(VENV)/portfolio.stamp ## make the overview of many deals: make portfolio YEAR=2022 LIST=deals.txt
	@$(RUN) portfolio $(YEAR) --list "$(LIST)"

cluster: $(VENV)/cluster.stamp ## build many deals on a Dask cluster: make cluster LIST=deals.txt SCHEDULER=tcp://… STORE=s3://…
	@$(RUN) build --all --all-workspaces "$(LIST)" --scheduler "$(SCHEDULER)" --store "$(STORE)"

lab: $(VENV)/lab.stamp ## open the notebooks in JupyterLab
	@$(VENV)/bin/jupyter lab --notebook-dir=. notebooks

test: $(VENV)/dev.stamp $(VENV)/browser.stamp lint ## run the checks of the code and the tests
	@$(VENV)/bin/python -m pytest -n logical --dist loadfile

test-all: $(VENV)/dev.stamp $(VENV)/browser.stamp lint ## also what takes long: faults, many random deals and edits
	@VOORTGANG_TEST_ANEW=1 $(VENV)/bin/python -m pytest -n logical --dist loadfile -m "long or not long" --hypothesis-profile=long

# One test of a full disk fails here: coverage itself cannot write then.
coverage: $(VENV)/dev.stamp $(VENV)/browser.stamp ## say which branches of check/, readers/ and publish/ no test takes
	-@PYTHONPATH=$(CURDIR)/tests/measured $(VENV)/bin/python -m pytest -n logical --dist loadfile -q --cov --cov-report=
	@$(VENV)/bin/coverage report --include='*/check/*,*/readers/*,*/publish/*' --show-missing --skip-covered

lint: $(VENV)/dev.stamp ## check style, types and imports of the code
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo

lock: $(VENV)/dev.stamp ## renew the locked versions from pyproject.toml
	@$(VENV)/bin/python scripts/lock.py

quarto: $(VENV)/report.stamp ## install Quarto into the environment, where its download can be reached
	@$(VENV)/bin/pip install --quiet 'quarto-cli>=1.10' && $(VENV)/bin/quarto --version >/dev/null || \
	  echo "Quarto could not be installed here; reports are made with the built-in Pandoc and Typst." >&2

docs: $(VENV)/report.stamp ## make the documentation site in dist/docs/
	@if command -v quarto >/dev/null; then quarto render docs; else $(VENV)/bin/python scripts/docs_site.py; fi

audit: $(VENV)/dev.stamp ## list the licence and the known faults of every locked package (needs network)
	@$(VENV)/bin/python scripts/audit.py

release: $(VENV)/dev.stamp ## build the wheel and the Quarto extension into dist/, and tag the commit
	@$(VENV)/bin/python scripts/release.py

clean: ## remove the environment and the generated reports
	@rm -rf $(VENV) reports/[0-9]* .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Preparing the environment in $(VENV) (once; a few minutes)"
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }

# A stamp is newer than its lock file when all that it names is installed. That of an extra holds what the extra adds.
$(VENV)/report.stamp: requirements.txt pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "Installing the locked versions of requirements.txt"
	@$(INSTALL) -r requirements.txt
	@$(VENV)/bin/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/%.stamp: requirements-%.txt $(VENV)/report.stamp
	@echo "Installing the locked versions of $<"
	@$(INSTALL) -r $<
	@touch $@

# axe-core in headless Chromium looks at the pages. Without either, outside CI, those tests are left out.
$(VENV)/browser.stamp: package-lock.json | $(VENV)/pyvenv.cfg
	@missing=$$(for tool in chromium npm; do command -v $$tool >/dev/null || echo $$tool; done); \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing" $$missing; apt-get update -qq && apt-get install -qq -y --no-install-recommends $$missing >/dev/null; fi
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --silent; fi
	@touch $@
