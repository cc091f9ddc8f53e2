# まどぐち: `make run` で体験、`make test` で試験。ほかは下の通り。
.PHONY: run setup test bench lint format lock schema screenshots
VENV := .venv/bin

run: setup
	@$(VENV)/python app.py serve

setup:
	@sh scripts/setup.sh run

test: export PYTHONDONTWRITEBYTECODE = # empty: processes that tests start read what another has compiled
test:
	@sh scripts/setup.sh test
	@$(MAKE) --no-print-directory lint
	$(VENV)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

lint:
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy

format:
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

bench:
	@sh scripts/setup.sh bench
	$(VENV)/python -m benchmarks

schema:
	$(VENV)/python app.py faq schema

screenshots:
	@sh scripts/setup.sh test
	$(VENV)/python scripts/screenshots.py
	$(VENV)/python scripts/console_screenshots.py

lock: # needs uv; hashes for every platform, no addresses
	for name in requirements requirements-dev requirements-bench requirements-node; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links $$name.in -o $$name.txt || exit 1; done
