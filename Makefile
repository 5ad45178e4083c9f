# make demo   the whole road on the embedded data set       make test   the tests
# make lint   check the code's form                         make format mend it
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint format clean

demo: $(VENV)/core
	$(BIN)/python tools/demo.py

test: $(VENV)/all
	$(BIN)/python -m pytest

lint: $(VENV)/all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/all
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build *.egg-info work_dirs/demo

# Each stamp is touched last, so an interrupted installation is done again.
$(VENV)/core: requirements/core.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || \
	    { echo 'error: $(PYTHON) is not Python 3.11 or 3.12; name one: make PYTHON=python3.11' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements/core.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/all: $(VENV)/core requirements/pose.txt requirements/dev.txt
	$(PIP) --no-deps -r requirements/pose.txt -r requirements/dev.txt
	touch $@
