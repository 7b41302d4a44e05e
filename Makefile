# Everything runs in .venv, made once from pyproject.toml. Windows: see README.md, plain pip does.

PYTHON   ?= python3
INSTANCE ?= instances/oku-250.toml
OUT      ?= out/$(basename $(notdir $(INSTANCE)))
PYTEST_ARGS ?=

BESIDE := -n 2 --dist loadfile --no-loadscope-reorder  # a file at a time on each of two processors

PIP := .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check

.PHONY: help plan test slow cover compiled lint format messages long bench bench-long clean

help:  ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

plan: .venv/installed  ## plan $(INSTANCE) into $(OUT)
	.venv/bin/optimiser plan "$(INSTANCE)" --out "$(OUT)"

test: .venv/developed  ## check style and types, then run the tests
	@$(MAKE) --no-print-directory --jobs 2 lint compiled
	.venv/bin/python -m pytest $(BESIDE) -m "not slow and not long and not alone" $(PYTEST_ARGS)

slow: compiled  ## run the tests that take seconds each, a browser, or the machine for themselves
	.venv/bin/python -m pytest $(BESIDE) -m "slow and not long and not alone" $(PYTEST_ARGS)
	.venv/bin/python -m pytest -m "alone and not long" $(PYTEST_ARGS) $$(grep -rl mark.alone tests --include=test_*.py)

# Otherwise both halves of the tests would compile it.
compiled: .venv/developed
	@.venv/bin/optimiser compile >/dev/null

lint: .venv/developed  ## check style and types
	.venv/bin/ruff check --quiet
	.venv/bin/ruff format --check --quiet
	.venv/bin/mypy --no-error-summary

format: .venv/developed  ## put the code into the house style
	.venv/bin/ruff check --fix --quiet
	.venv/bin/ruff format --quiet

messages: .venv/developed  ## collect texts for translation, compile, list what has none; MORE=file.po adds translations
	.venv/bin/python docs/make_messages.py $(MORE)

cover: .venv/developed  ## measure which branches the everyday tests reach: at least 90 % of them
	rm -f .coverage .coverage.*
	@$(MAKE) --no-print-directory test PYTEST_ARGS="--cov --cov-branch --cov-fail-under=90"

long: cover  ## measure coverage, and run the tests that take minutes
	.venv/bin/python -m pytest -m long $(PYTEST_ARGS)
	.venv/bin/python -m pytest -n 2 -m "drawn and not long" --hypothesis-profile=thorough $(PYTEST_ARGS)

bench: .venv/benched  ## measure in ten minutes, into benchmarks/results/short
	.venv/bin/python benchmarks/loop.py --short
	.venv/bin/python benchmarks/loop_profile.py --short
	.venv/bin/python benchmarks/scaling.py --short
	.venv/bin/python benchmarks/nation.py --short
	.venv/bin/python benchmarks/engines.py --short
	.venv/bin/python benchmarks/batch.py --short
	.venv/bin/python benchmarks/rivals.py --short --minutes 4
	.venv/bin/python benchmarks/rivals_report.py --short

bench-long: .venv/benched  ## measure for hours, into benchmarks/results; goes on where it was stopped
	.venv/bin/python benchmarks/loop.py
	.venv/bin/python benchmarks/loop_profile.py
	.venv/bin/python benchmarks/scaling.py
	.venv/bin/python benchmarks/nation.py
	.venv/bin/python benchmarks/engines.py
	.venv/bin/python benchmarks/batch.py
	.venv/bin/python benchmarks/rivals.py
	.venv/bin/python benchmarks/rivals_report.py

clean:  ## remove .venv and every cache; what is in out/ stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* coverage.xml
	find optimiser tests docs benchmarks -name __pycache__ -prune -exec rm -rf {} +

.venv/pyvenv.cfg:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "'$(PYTHON)' is not Python 3.11 or later; name one that is: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; exit 1; }

# The stamps are files of their own, so that pip runs again only when pyproject.toml changed.
.venv/installed: pyproject.toml .venv/pyvenv.cfg
	@echo "installing into .venv, once"
	@$(PIP) --editable .
	@touch $@

.venv/developed: .venv/installed
	@echo "installing the tools for tests into .venv, once"
	@$(PIP) --editable ".[dev]"
	@touch $@

.venv/benched: .venv/developed
	@echo "installing what benchmarks compare with into .venv, once"
	@$(PIP) --editable ".[bench]"
	@touch $@
