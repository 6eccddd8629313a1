# Everything runs in .venv, which the first target that needs it makes.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench test-crash test-engines docs pictures

help:
	@echo "make demo        the main job on samples/, no model needed"
	@echo "make test        lint, types, import contract, tests"
	@echo "make check       lint, types, import contract"
	@echo "make fix         format, and mend what ruff can"
	@echo "make bench       the figures of the README"
	@echo "make test-crash  the whole crash suite (about 15 minutes)"
	@echo "make test-engines  real vLLM and transformers servers on a tiny model (3.4 GB, made once)"
	@echo "make docs        the tables of the README, from the code and a build of the samples"
	@echo "make pictures    the pictures of the README (needs Chromium)"

.venv/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "curate needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch .venv/ready

demo: .venv/ready
	$(BIN)/curate build samples/handbook-en samples/handbook-zh --out curated --style sharegpt,alpaca

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Two halves side by side: most tests wait for servers and children as much as they work.
test: check
	$(BIN)/pytest tests/test_*.py & whole=$$!; $(BIN)/pytest --ignore-glob='tests/test_*.py'; parts=$$?; wait $$whole && exit $$parts

fix: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/ready
	$(BIN)/python -m benchmarks

test-crash: .venv/ready
	TEST_WHOLE=1 $(BIN)/pytest -m crash --timeout 3600

test-engines: .venv/ready
	$(BIN)/python tests/engines/prepare.py
	$(BIN)/pytest -m engine -rs --timeout 1200

docs: .venv/ready
	$(BIN)/python docs/make_readme.py

pictures: .venv/ready
	$(BIN)/python docs/make_pictures.py
