# Two commands: `make demo` runs Linli with sample compounds, `make test` runs every test.
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo demo-reset test check soak bench lock clean

demo: .venv/runtime
	@$(PY) -u -m linli.web.cli demo

demo-reset: .venv/runtime
	@$(PY) -u -m linli.web.cli demo --reset

test: .venv/dev
	@$(PY) bin/test

check: .venv/dev
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports --no-logo 2>/dev/null || .venv/bin/lint-imports
	@$(PY) -m linli.web.cli manage makemigrations --check --dry-run --verbosity 0
	@.venv/bin/mypy

soak: .venv/dev
	@$(PY) bin/test --soak

bench: .venv/dev
	@$(PY) -m bench

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-header --no-annotate -q -o requirements-dev.lock

.venv/bin/python:
	@python3 -m venv .venv

.venv/runtime: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Preparing .venv (once, a minute or two)"
	@.venv/bin/pip install -q -r requirements.lock
	@.venv/bin/pip install -q --no-deps -e .
	@touch $@

.venv/dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Preparing .venv for tests (once, a minute or two)"
	@.venv/bin/pip install -q -r requirements-dev.lock
	@.venv/bin/pip install -q --no-deps -e .
	@touch $@ .venv/runtime

clean:
	rm -rf .venv var build *.egg-info
