# `make run` and `make test` are all that is needed; the other targets are their parts.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DEFAULT_GOAL := help

export CARGO_TARGET_DIR ?= $(HOME)/.cache/inhouse/target

BIN := $(CARGO_TARGET_DIR)/release/inhouse
TOOLCHAIN = eval "$$(deploy/toolchain)"

.PHONY: help run test bench dev build build-app build-server models setup setup-test models-test \
	lint tests-rust tests-browser

help:
	@echo "make run     set up, build, start with a sample company on http://127.0.0.1:8080"
	@echo "make test    set up, then everything that has to hold before a change lands"
	@echo "make bench   measure; BENCHMARKS.md says what"
	@echo "make dev     as run, and build and start again whenever a source file changes"
	@echo "make build   build the interface and the binary $(BIN)"
	@echo "make models  fetch the models and check them"

run: setup models build
	@deploy/start

dev: setup models build
	@deploy/dev

test: setup-test models-test lint build tests-rust tests-browser

bench: setup models build
	@deploy/bench

setup:
	@deploy/setup-system run

setup-test:
	@deploy/setup-system test

models: setup
	@deploy/fetch-models default

models-test: setup-test
	@deploy/fetch-models default test

build: build-app build-server

build-app:
	@deploy/build-app

build-server:
	@$(TOOLCHAIN); "$$CARGO" build --release --workspace --bins

lint:
	@deploy/lint

# The databases and the browser tests' server are real ones, started for the command alone.
tests-rust: build
	@$(TOOLCHAIN); deploy/test-peers -- "$$CARGO" test --release --workspace

tests-browser: build
	@deploy/test-browser
