# Two commands: `make run` opens the chat, `make test` runs every test. Both install what is missing.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN = .venv/bin

.PHONY: run test check install lint docs index bench eval baseline clean

run: .venv/.installed
	@$(BIN)/hujin-qa serve --update || test $$? -eq 130  # Ctrl+C is how it ends

test: .venv/.installed-dev
	$(BIN)/pytest -q -n auto --maxprocesses 4 --dist loadfile

check: .venv/.installed-dev lint docs test

lint: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: .venv/.installed-dev
	$(BIN)/python docs/commands.py --check

install: .venv/.installed

index: .venv/.installed
	$(BIN)/hujin-qa index --force

eval: .venv/.installed
	$(BIN)/hujin-qa eval

baseline: .venv/.installed  # what tests/test_gate.py compares with; look at `hujin-qa eval compare` first
	@$(BIN)/hujin-qa index
	$(BIN)/hujin-qa eval --out eval/results/baseline.json --scores-only

bench: .venv/.installed-dev
	$(BIN)/python benchmarks/ask.py
	$(BIN)/python benchmarks/encoder.py
	$(BIN)/python benchmarks/evaluation.py

clean:
	rm -rf index .venv

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
