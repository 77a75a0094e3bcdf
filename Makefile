# Every target makes or reuses .venv. A stamp file there says what is installed, so that a second
# run installs nothing.

PYTHON ?= python3
BIN := .venv/bin
SOURCES := $(wildcard actwidget/constants.json actwidget/js/*.js actwidget/js/*/*)
DEMO := .venv/.installed-demo
DEV := .venv/.installed-dev
BUNDLE := actwidget/static/widget.js

.PHONY: demo lesson docs test test-all bench lint format js browser clean

demo: $(DEMO) # JupyterLab on a copy of the quickstart notebook
	$(BIN)/actwidget demo

lesson: $(DEMO) # the lesson as one page, for a phone as well: build/how_a_cnn_sees.html
	mkdir -p build
	$(BIN)/actwidget page notebooks/how_a_cnn_sees.ipynb build/how_a_cnn_sees.html

docs: $(DEV) $(BUNDLE) # the site, with every notebook executed: build/site/index.html
	rm -rf build/site
	$(BIN)/python -m sphinx -W --keep-going -b html -d build/doctrees docs build/site

test: $(DEV) $(BUNDLE) browser # all but the slow tests and the benchmarks
	$(BIN)/pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

test-all: $(DEV) $(BUNDLE) browser # the slow tests as well
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: $(DEV) $(BUNDLE) browser
	$(BIN)/pytest tests/benchmarks -s

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deno fmt --check
	$(BIN)/deno lint
	$(BIN)/deno check actwidget/js tests/js

format: $(DEV)
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format
	$(BIN)/deno fmt

js: $(DEV)
	$(BIN)/python hatch_build.py

browser: $(DEV) # a Chromium that the tests can use
	$(BIN)/python tests/support/browser/find_browser.py

clean:
	rm -rf .venv build dist actwidget/static test-results .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find actwidget tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The sources are named here, too: an install bundles them, and so the demo needs no tools of ours.
$(DEMO): pyproject.toml hatch_build.py $(SOURCES) | $(BIN)/python
	@echo "Installing actwidget and JupyterLab into .venv (some minutes: TensorFlow is large) ..."
	$(BIN)/python -m pip install --editable '.[demo]'
	@touch $@

$(DEV): pyproject.toml hatch_build.py | $(BIN)/python
	@echo "Installing actwidget and its tools into .venv (some minutes: TensorFlow is large) ..."
	$(BIN)/python -m pip install --editable '.[dev]'
	@touch $@

$(BUNDLE): hatch_build.py $(SOURCES) | $(DEV)
	$(BIN)/python hatch_build.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "actwidget needs Python 3.10 or later: make PYTHON=python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
