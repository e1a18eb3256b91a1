# `make` explains the targets. Settings are given after the target: `make up STACK=monolith`, `make up PORT=8081`.
STACK ?= dev
PYTHON ?= python3
# nginx and mariadbd are not on everyone's PATH; the packages of .venv go first everywhere.
export PATH := $(CURDIR)/.venv/bin:$(PATH):/usr/local/sbin:/usr/sbin
export STACK PORT CONFIG PURGE FOLLOW YES KEY EMULATOR EMULATOR_PORT

# What a stack's deployment needs; one that is named otherwise may be any of them.
NEED = $(or $(NEED_$(STACK)),deploy-kubernetes)
NEED_dev = deploy
NEED_monolith = deploy-aws
NEED_scaled = deploy-aws

DEPLOY = .venv/bin/python -m tools.deploy
SHELL_FILES = $(shell git ls-files '*.sh' .ci/run tools/engine/launchers)
# Bandit warns of each call of another program; ruff sees to it that none goes through a shell.
SUBPROCESSES = --skip B404,B603,B607

.DEFAULT_GOAL := help
.SILENT:
.PHONY: help
help: ## Explain the targets
	if [ -t 1 ] && [ -z "$$NO_COLOR" ]; then colour=1; fi; awk -v colour=$$colour -f tools/help.awk $(MAKEFILE_LIST)

## The shop
.PHONY: up preview down status logs secret mirror
up: env ## Deploy the stack: the shop on this machine, or with STACK=monolith on AWS
	$(DEPLOY) up
preview: env ## Show what `up` would change
	$(DEPLOY) preview
down: env ## Remove the stack; PURGE=1 also deletes the local shop's data
	$(DEPLOY) down
status: env ## Tell what runs and whether it is well
	$(DEPLOY) status
logs: env ## Show the shop's logs; FOLLOW=1 keeps showing
	$(DEPLOY) logs
secret: env ## Keep a secret setting, encrypted: `make secret STACK=monolith KEY=duckdnsToken` asks for it
	$(DEPLOY) secret
mirror: env ## Copy Sock Shop's images by digest into the registry that STACK=sockshop has on AWS; needs skopeo
	$(DEPLOY) mirror

## An AWS of your own, on this machine
.PHONY: emulator
emulator: ## Emulate AWS until Ctrl-C; deploy on it with EMULATOR=1, as in `make up STACK=monolith EMULATOR=1`
	$(PYTHON) -m tools.environment emulator
	.venv/bin/python -m tools.emulator

## A shop that is deployed anywhere
.PHONY: smoke load
smoke: ## Buy something at URL=https://shop.example and tell how each step went; socks with STACK=sockshop
	$(if $(URL),,$(error Which shop? Give its address: make $@ URL=https://shop.example))
	$(PYTHON) -m $(if $(filter sockshop,$(STACK)),probe.sockshop.smoke,probe.smoke) '$(URL)'
load: ## Load the shop at URL= with USERS=20 people for SECONDS=60; the report: build/load.html
	$(if $(URL),,$(error Which shop? Give its address: make $@ URL=https://shop.example))
	$(PYTHON) -m tools.environment lint
	.venv/bin/python -m probe.load '$(URL)' $(or $(USERS),20) $(or $(SECONDS),60) \
	  $(if $(filter sockshop,$(STACK)),--shop sockshop)

## The image
.PHONY: image image-test image-tag sbom
image: ## Build the shop's image, bookstore
	docker build --tag bookstore --build-arg REVISION=$$(git rev-parse HEAD) bookstore
image-test: ## Build it and see it run read-only, sell books and stop in time
	tests/image/check.sh
image-tag: ## Print the tag of these sources, which others push to the stack's ECR with buildImage=false
	$(PYTHON) -m infra.components.aws.ecr.image_sources bookstore
sbom: ## List what the image is made of (CycloneDX): build/sbom.json
	$(PYTHON) -m tools.environment lint
	mkdir -p build
	.venv/bin/cyclonedx-py requirements --output-file build/sbom.json bookstore/requirements.txt
	echo "The list: build/sbom.json"

## The code
.PHONY: test lint format settings bench env lock
test: ## Run the tests; PYTEST='tests/tools -k lock' passes on what follows
	$(PYTHON) -m tools.environment test
	.venv/bin/python -m tools.engine
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST)
lint: ## Check style, types, security and shell scripts
	$(PYTHON) -m tools.environment lint
	.venv/bin/ruff check --quiet
	.venv/bin/ruff format --check --quiet
	.venv/bin/mypy --no-error-summary
	# It warns of each of its marks twice over; what it says is of interest when it fails.
	said=$$(.venv/bin/bandit -q -r $(SUBPROCESSES) bench bookstore infra probe sockshop tools 2>&1) || { echo "$$said"; exit 1; }
	shellcheck $(SHELL_FILES)
	echo "ruff, mypy, bandit and shellcheck find nothing."
format: ## Lay out the Python files and sort their imports
	$(PYTHON) -m tools.environment lint
	.venv/bin/ruff check --quiet --select I --fix
	.venv/bin/ruff format --quiet
settings: ## Write Pulumi.yaml and the tables of docs/ from infra/config/
	$(PYTHON) -m tools.environment $(NEED)
	.venv/bin/python -m infra.config
bench: ## Measure the shop on this machine: docs/bench.md and docs/bench.svg
	$(PYTHON) -m tools.environment test
	.venv/bin/python -m bench
env: ## Set up what a deployment needs (the other targets do it by themselves)
	$(PYTHON) -m tools.environment $(NEED)
lock: ## Choose anew the versions in constraints.txt, and with them the image's
	uv pip compile --quiet --universal --all-extras --no-annotate --no-header --no-emit-index-url \
	  --upgrade --output-file constraints.txt pyproject.toml
	uv pip compile --quiet --universal --no-annotate --no-emit-index-url --custom-compile-command 'make lock' \
	  --generate-hashes --constraints constraints.txt --output-file bookstore/requirements.txt pyproject.toml
