# Everything a contributor runs; `make help` lists it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PYTHON_NEWEST ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python) $(shell command -v python3.13))
BIN = .venv/bin

.PHONY: help demo test quick lint wheel oldest newest browser differential fuzz bench grammar catalogue costs docs examples update clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.demo: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[train,examples]'
	$(BIN)/python -m compileall -q dsl magics
	touch $@

.venv/.dev: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/python -m compileall -q dsl magics
	touch $@

demo: .venv/.demo ## compile the digits graph, train it, say how well it reads
	$(BIN)/python examples/demo.py

test: .venv/.dev ## all tests (six to ten minutes on two cores)
	$(BIN)/python -m pytest -n 2 --dist loadfile

quick: .venv/.dev ## the tests without TensorFlow that take no time (half a minute)
	$(BIN)/python -m pytest -n 2 -m 'not keras and not slow'

lint: .venv/.dev ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check dsl magics tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: .venv/.dev ## build the wheel and use it in an environment of its own, outside of the checkout
	$(BIN)/python tests/wheel.py

oldest: ## the tests with the oldest versions allowed
	test -x .venv-oldest/bin/python || $(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c tests/oldest.txt
	.venv-oldest/bin/python -m pytest -n 2 --dist loadfile -W default

newest: ## the tests with the newest Python
	@test -n "$(PYTHON_NEWEST)" || { echo 'skipped: there is no Python 3.13 here'; exit 0; }
	test -z "$(PYTHON_NEWEST)" || test -x .venv-newest/bin/python || $(PYTHON_NEWEST) -m venv .venv-newest
	test -z "$(PYTHON_NEWEST)" || .venv-newest/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	test -z "$(PYTHON_NEWEST)" || .venv-newest/bin/python -m pytest -n 2 --dist loadfile -W default

browser: ## a notebook in real JupyterLab and Notebook 7, with the wheel installed (two minutes; needs Chromium)
	test -x .venv-browser/bin/python || $(PYTHON) -m venv .venv-browser
	.venv-browser/bin/python -m pip install --quiet --disable-pip-version-check '.[browser]'
	.venv-browser/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .
	.venv-browser/bin/python -m pytest --noconftest -rs tests/browser/in_jupyter.py

CASES ?= 100000
PROGRAMS ?= 5000
SEED ?= 1
differential: .venv/.dev ## layers and programs by the hundred thousand, drawn, checked, and built by Keras (CASES, PROGRAMS, SEED)
	$(BIN)/python -m tests.differential --cases $(CASES) --programs $(PROGRAMS) --seed $(SEED) --processes 2

FUZZ_SECONDS ?= 600
fuzz: .venv/.dev ## libFuzzer over every pass, for FUZZ_SECONDS, then drawn programs by the thousand
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz build/fuzz/corpus -max_total_time=$(FUZZ_SECONDS)
	$(BIN)/python -m pytest tests/properties --hypothesis-profile wide -k 'drawn or odd'

bench: .venv/.dev ## speed, as ratios in one run
	$(BIN)/python benchmarks/run.py

grammar: .venv/.dev ## the parser's table, from the grammar
	$(BIN)/python -m dsl.parser.table

catalogue: .venv/.dev ## what Keras has, from the installed one; OLDER="DIR…": folders with older ones
	$(BIN)/python -m dsl.catalogue.harvest
	$(if $(OLDER),$(BIN)/python -m dsl.catalogue.harvest_versions $(OLDER))
	$(BIN)/python -m dsl.catalogue.harvest_applications
	$(BIN)/python -m dsl.catalogue.harvest_application_costs
	$(BIN)/python -m dsl.catalogue.families

docs: .venv/.dev ## the pages made of the catalogue and of the codes' pages
	$(BIN)/python -m dsl.reference.page > docs/.layers.md && mv docs/.layers.md docs/layers.md
	$(BIN)/python docs/make_keras_notes.py
	$(BIN)/python -m dsl explain --all > docs/.errors.md && mv docs/.errors.md docs/errors.md
	$(BIN)/python -m dsl plot examples/voters.graph -o docs/voters.svg

costs: .venv/.dev ## what each Keras application costs, beside TensorFlow's profiler (half an hour)
	$(BIN)/python -m pytest tests/keras/every_application.py

examples: .venv/.dev ## the generated scripts and executed notebooks
	$(BIN)/python examples/generate.py
	$(BIN)/python examples/make_notebooks.py

update: .venv/.dev ## rewrite the expected texts of tests/cases; read the difference
	$(BIN)/python -m pytest tests/unit -q --update

clean: ## remove what was made
	rm -rf .venv .venv-oldest .venv-newest .venv-browser build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
