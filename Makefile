# Everything a person runs. `make demo` and `make test` do all the set-up themselves.
PYTHON ?= python3
UV := .tools/bin/uv
RUN := .venv/bin/
SYNC := $(UV) sync --frozen --quiet --no-build --no-binary-package dealwatch --compile-bytecode

.PHONY: demo test lint crawl watch review bench docs picture clean

.tools/bin/uv:
	@echo "setting up uv ..."
	@$(PYTHON) -c 'import sys; sys.exit("Dealwatch needs Python 3.11 or newer; run make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check --only-binary :all: uv==0.13.9

# The runtime alone; the developers' environment (a superset) has a stamp of its own.
.venv/.runtime: .tools/bin/uv pyproject.toml uv.lock
	@echo "installing from the lock file ..."
	@$(SYNC) --inexact --no-default-groups --extra xlsx
	@touch $@

.venv/.dev: .tools/bin/uv pyproject.toml uv.lock
	@echo "installing from the lock file, with what the tests need ..."
	@$(SYNC) --all-extras --group dev
	@touch $@ .venv/.runtime

demo: .venv/.runtime
	@$(RUN)dealwatch demo

crawl: .venv/.runtime
	@$(RUN)dealwatch crawl

watch: .venv/.runtime
	@$(RUN)python scheduler.py

review: .venv/.runtime
	@$(RUN)dealwatch review

explore: .venv/.runtime
	@$(SYNC) --inexact --no-default-groups --extra explore
	@$(RUN)dealwatch explore

fit: .venv/.runtime
	@$(SYNC) --inexact --no-default-groups --extra fit
	@$(RUN)dealwatch rules fit

screenshots: .venv/.dev tests/browser
	@test -f demo/dealwatch.db || $(RUN)dealwatch demo
	@$(RUN)python -m tests.review.screenshots

.PHONY: tests/browser explore fit screenshots
tests/browser: .venv/.dev
	@$(RUN)python -m tests.review.chromium

test: .venv/.dev tests/browser
	@$(RUN)pytest

lint: .venv/.dev
	@$(RUN)ruff check .
	@$(RUN)ruff format --check .
	@$(RUN)mypy

bench: .venv/.dev
	@$(SYNC) --all-extras --group dev --group bench
	@$(RUN)python -m benchmarks $(if $(PAGES),--pages $(PAGES))

docs: .venv/.dev
	@$(RUN)python -m tools.commands_page

picture: .venv/.dev
	@$(RUN)python -m tools.demo_picture

clean:
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis
