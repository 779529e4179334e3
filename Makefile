# Every target is a few words around a script or one swift command, so that each can also be run by hand.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test up install lint format bench simulate soak tsan docs bootstrap mutants fuzz

# make simulate SEEDS=1..100000
SEEDS ?= 1..20000
# make mutants MUTANTS_FLAGS="--only takes-reports-of-old-fences --seeds 200"
MUTANTS_FLAGS ?=
# make up UP_FLAGS="--data /var/lib/lovage --slots 8"
UP_FLAGS ?=
# make install PREFIX=$HOME/.local
PREFIX ?= /usr/local
DESTDIR ?=
# make bench BENCH_FLAGS="--workloads W1,W3 --rounds 3 --json figures.json"
BENCH_FLAGS ?=
# make fuzz FUZZ_FLAGS="definitions --seconds 600"
FUZZ_FLAGS ?=

help: ## List every target (the default)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: bootstrap ## Back up a real tree, kill the server in the middle, and see the workflow end right
	@scripts/demo

test: bootstrap ## Build everything and run the whole test suite
	@scripts/test

up: bootstrap ## Build the release binary and start store, worker and HTTP API on 127.0.0.1:4710
	swift build -c release --product lovage
	"$$(swift build -c release --show-bin-path)/lovage" up $(UP_FLAGS)

install: bootstrap ## Build the release binary and put it into PREFIX/bin (PREFIX=/usr/local)
	swift build -c release --product lovage
	install -D -m 755 "$$(swift build -c release --show-bin-path)/lovage" "$(DESTDIR)$(PREFIX)/bin/lovage"

lint: ## Check the format of the Swift code and the syntax of the scripts
	@scripts/lint

format: ## Rewrite the Swift code in the house format
	swift format --in-place --recursive --parallel Package.swift $(wildcard Sources Tests Examples Benchmarks Snippets)

bench: bootstrap ## Measure Lovage, SQLite alone and what is installed of other systems, side by side
	swift build -c release --product lovage
	swift build -c release --package-path Benchmarks
	Benchmarks/run $(BENCH_FLAGS)

simulate: bootstrap ## Run the simulator over many seeds (SEEDS=1..20000)
	swift run -c release lovage-simulate --seeds $(SEEDS) --regressions Tests/Fixtures/simulation/regressions.txt

soak: bootstrap ## Run the release binary under a steady load for ten minutes, and see its memory stay flat
	@scripts/soak

tsan: bootstrap ## Run the tests of stores and runtime under ThreadSanitizer
	@scripts/tsan

mutants: bootstrap ## Plant every listed bug in a copy of the code and hunt it
	@scripts/mutants $(MUTANTS_FLAGS)

fuzz: bootstrap ## Look for inputs that break what reads foreign bytes (FUZZ_FLAGS="json --seconds 600")
	@scripts/fuzz $(FUZZ_FLAGS)

docs: bootstrap ## Build the reference of every module with DocC; a warning is an error
	@scripts/docs

# Installs the system libraries the build needs; not listed by help because every target that needs it runs it.
bootstrap:
	@scripts/bootstrap
