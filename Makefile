# `make` explains the targets. Variables are given after the target: `make up STACK=monolith`, `make up PORT=8081`.
STACK ?= dev
# nginx and mariadbd are not on everyone's PATH; the packages of .venv go first everywhere.
export PATH := $(CURDIR)/.venv/bin:$(PATH):/usr/local/sbin:/usr/sbin
export STACK PORT CONFIG PURGE FOLLOW YES KEY EMULATOR EMULATOR_PORT PYTHON ALL

# A Python that is new enough, and this machine set up with it for a kind of target.
RUN = tools/python.sh
NEED = $(RUN) -m tools.environment
DEPLOY = $(NEED) deploy && .venv/bin/python -m tools.deploy
SHELL_FILES = $(shell git ls-files '*.sh' .ci/run tools/engine/launchers)
# Bandit warns of each call of another program; ruff sees to it that none goes through a shell.
SUBPROCESSES = --skip B404,B603,B607
# The shop that the stack runs, by its name or the stage in its file.
SHOP = $(if $(filter sockshop,$(STACK) $(shell sed -n 's/.*:stage: *//p' Pulumi.$(STACK).yaml 2>/dev/null)),--shop sockshop)
REQUIRE_URL = $(if $(URL),,$(error Which shop? Give its address: make $@ URL=https://shop.example))

.DEFAULT_GOAL := help
.SILENT:
.PHONY: help
help: ## Explain the targets and the variables
	if [ -t 1 ] && [ -z "$$NO_COLOR" ]; then colour=1; fi; awk -v colour=$$colour -f tools/help.awk $(MAKEFILE_LIST)

## The shop
.PHONY: up preview down status logs secret mirror
up: ## Deploy the stack: the shop on this machine, or with STACK=monolith on AWS
	$(DEPLOY) up
preview: ## Show what `up` would change, from what to what
	$(DEPLOY) preview
down: ## Remove the stack; PURGE=1 also deletes the local shop's data
	$(DEPLOY) down
status: ## Tell what runs and whether it is well
	$(DEPLOY) status
logs: ## Show the shop's logs; FOLLOW=1 keeps showing
	$(DEPLOY) logs
secret: ## Keep a secret setting, encrypted: `make secret STACK=monolith KEY=duckdnsToken` asks for it
	$(DEPLOY) secret
mirror: ## Copy Sock Shop's images by digest into the registry that STACK=sockshop has on AWS; needs skopeo
	$(DEPLOY) mirror

## An AWS of your own, on this machine
.PHONY: emulator
emulator: ## Emulate AWS until Ctrl-C; deploy on it with EMULATOR=1, as in `make up STACK=monolith EMULATOR=1`
	$(NEED) emulator
	.venv/bin/python -m tools.emulator

## A shop that is deployed anywhere
.PHONY: smoke load
smoke: ## Buy something at URL=https://shop.example and tell how each step went; socks with STACK=sockshop
	$(REQUIRE_URL)
	$(RUN) -m probe.smoke '$(URL)' $(SHOP)
load: ## Load the shop at URL= with USERS people for SECONDS: a verdict, and the report build/load.html
	$(REQUIRE_URL)
	$(NEED) load
	.venv/bin/python -m probe.load '$(URL)' $(or $(USERS),20) $(or $(SECONDS),60) $(SHOP)

## The image
.PHONY: image image-test image-tag sbom
image: ## Build the shop's image, bookstore
	docker build --tag bookstore --build-arg REVISION=$$(git rev-parse HEAD) bookstore
image-test: ## Build it and see it run read-only, sell books and stop in time
	tests/image/check.sh
image-tag: ## Print the tag of these sources, which others push to the stack's ECR with buildImage=false
	$(RUN) -m infra.components.aws.ecr.image_sources bookstore
sbom: ## List what the image is made of (CycloneDX): build/sbom.json
	$(NEED) sbom
	mkdir -p build
	.venv/bin/cyclonedx-py requirements --output-file build/sbom.json bookstore/requirements.txt
	echo "The list: build/sbom.json"

## The code
.PHONY: test lint format settings bench env lock clean
test: ## Run the tests; PYTEST='tests/tools -k lock' runs some
	$(NEED) test
	.venv/bin/python -m tools.engine
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST)
lint: ## Check style, types, security and shell scripts
	$(NEED) lint
	.venv/bin/ruff check --quiet
	.venv/bin/ruff format --check --quiet
	.venv/bin/mypy --no-error-summary
	# It warns of each of its marks twice over; what it says is of interest when it fails.
	said=$$(.venv/bin/bandit -q -r $(SUBPROCESSES) bench bookstore infra probe sockshop tools 2>&1) || { echo "$$said"; exit 1; }
	shellcheck $(SHELL_FILES)
	echo "ruff, mypy, bandit and shellcheck find nothing."
format: ## Lay out the Python files and sort their imports
	$(NEED) lint
	.venv/bin/ruff check --quiet --select I --fix
	.venv/bin/ruff format --quiet
settings: ## Write Pulumi.yaml and the tables of docs/ from infra/config/
	$(NEED) deploy
	.venv/bin/python -m infra.config
bench: ## Measure the shop on this machine: docs/bench.md and docs/bench.svg
	$(NEED) test
	.venv/bin/python -m bench
env: ## Set up what a deployment of the stack needs (the other targets do it by themselves)
	$(DEPLOY) env
lock: ## Choose anew the versions in constraints.txt, and with them the image's
	uv pip compile --quiet --universal --all-extras --no-annotate --no-header --no-emit-index-url \
	  --upgrade --output-file constraints.txt pyproject.toml
	uv pip compile --quiet --universal --no-annotate --no-emit-index-url --custom-compile-command 'make lock' \
	  --generate-hashes --constraints constraints.txt --output-file bookstore/requirements.txt pyproject.toml
clean: ## Delete .venv, build and caches, and say what that frees; ALL=1 also the engine and Go's caches
	$(RUN) -m tools.clean

## Variables
#: STACK=dev             the stack: the name in Pulumi.<stack>.yaml
#: PORT=8081             the shop's port; kept until you give another one, or `down`
#: CONFIG='key=value …'  settings for this run alone, as CONFIG='workers=4 orderTimeoutMinutes=30'
#: YES=1                 `up` and `down` on AWS: do not ask before they change anything
#: PURGE=1               `down`: delete the local shop's data too
#: FOLLOW=1              `logs`: keep showing
#: KEY=duckdnsToken      `secret`: the setting
#: EMULATOR=1            deploy on the emulated AWS of `make emulator`; EMULATOR=http://… on another one
#: EMULATOR_PORT=5566    the port of that emulator
#: URL=https://…         `smoke`, `load`: the shop's address
#: USERS=20 SECONDS=60   `load`: how many people, for how long
#: PYTEST='…'            `test`: arguments for pytest
#: PYTHON=python3        the Python to make .venv with, 3.11 or newer
#: ALL=1                 `clean`: delete what all checkouts share too
#: NO_COLOR=1            plain text
