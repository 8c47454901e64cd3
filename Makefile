# The commands of the README. Each one installs what it needs.

SHELL := /bin/bash
SWIFT_BUILD := swift build -c release

.PHONY: build demo test test-threads lint format bench setup

# What is missing on a fresh Debian machine with a Swift toolchain.
setup:
	@./Tests/setup.sh

# Leaves .build/release/mainstem.
build: setup
	$(SWIFT_BUILD) --product mainstem

# Two registries, the aggregator over them, and a shop that changes.
demo: build
	.build/release/mainstem demo $(ARGS)

# Every test: the formatter's rules, the suites, and the concurrent parts once more under ThreadSanitizer.
test: setup lint
	@echo "== building the tests"
	swift build --build-tests
	@echo "== running the tests, one after the other: what waits for a state is not starved by what computes"
	swift test --skip-build --disable-xctest --no-parallel --quiet
	$(MAKE) test-threads

# Suites that run several threads, with every data race an error.
THREADS := MAINSTEM_THREAD_SANITIZER=1 TSAN_OPTIONS="suppressions=$(CURDIR)/Tests/thread-sanitizer.supp" swift
THREADS_BUILD := --sanitize=thread --scratch-path .build-threads
test-threads: setup
	@echo "== building the concurrent parts for ThreadSanitizer"
	$(THREADS) build --build-tests $(THREADS_BUILD)
	@echo "== running the concurrent parts under ThreadSanitizer"
	$(THREADS) test --skip-build --disable-xctest --no-parallel --quiet $(THREADS_BUILD) \
		--filter '^(DiscoveryTests|FederationTests|APITests)\.'

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

bench: build
	$(SWIFT_BUILD) --product Benchmarks
	./Benchmarks/run.sh $(ARGS)
