# `make` alone lists what there is to do.
IN := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup run build test contract faults fuzz lint format shots docs pictures bench soak export lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: ## make the environment of the developers in .venv
	@sh setup.sh dev

run: ## set up, build and start the console and the embedded server
	@sh setup.sh run
	@exec $(IN) -m ratchet_web run

build: ## build the frontend, if what it is made of has changed, and a wheel with it in dist/
	@sh setup.sh run
	@$(IN) -m ratchet_web build
	@$(IN) -m hatchling build --target wheel

test: setup ## run all tests, in a browser too
	@$(IN) -m ratchet_web build
	@$(IN) -m tests.support.chromium
	@$(IN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/unit tests/contract tests/faults tests/e2e

contract: setup ## hold the client against every kind of server, and against RATCHET_CONTRACT_URL
	@$(IN) -m pytest tests/contract/test_client.py

faults: setup ## kill and starve the server more often than `make test` does
	@$(IN) -m ratchet_web build
	@$(IN) -m pytest tests/faults --rounds 20

fuzz: setup ## send the server ten thousand random requests
	@$(IN) -m tests.fuzz

lint: setup ## check style and types
	@$(IN) -m ruff check .
	@$(IN) -m ruff format --check .
	@$(IN) -m mypy

format: setup ## format the sources
	@$(IN) -m ruff format .
	@$(IN) -m ruff check --fix .

shots: setup ## write a picture of each page into shots/
	@$(IN) -m ratchet_web build
	@$(IN) -m tests.shots

docs: setup ## write docs/reference.md from the code
	@$(IN) -m ratchet_web.cli.reference

pictures: setup ## take the pictures of the documents anew, into docs/images/
	@$(IN) -m ratchet_web build
	@$(IN) -m tests.pictures

bench: setup ## measure
	@$(IN) -m ratchet_web build
	@$(IN) -m tests.bench

soak: setup ## watch for ten minutes with a hundred viewers, and see that nothing grows
	@$(IN) -m ratchet_web build
	@$(IN) -m tests.bench soak

export: ## write frontend.zip and backend.zip into dist/, for a web server of your own before the console
	@sh setup.sh run
	@$(IN) -m ratchet_web export

lock: setup ## renew the lock files from pyproject.toml
	@for part in "requirements.lock" "requirements-dev.lock --group dev --constraint requirements.lock"; do \
		.venv/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-annotate \
			--python-version 3.11 --group build pyproject.toml --output-file $$part || exit 1; \
	done

clean: ## remove what was built, not the data
	@rm -rf .web .venv dist build shots .pytest_cache .mypy_cache .ruff_cache *.egg-info
	@find ratchet_web tests -name __pycache__ -type d -prune -exec rm -rf {} +
