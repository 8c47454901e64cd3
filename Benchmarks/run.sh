#!/usr/bin/env bash
# Runs the benchmarks and prints their tables: all of them, or one by its name with its options (`read --sizes 1000`,
# `api --rounds 3 --seconds 1`).
set -euo pipefail
cd "$(dirname "$0")/.."
echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), $(uname -sr)"
if [ $# -gt 0 ]; then
    exec .build/release/Benchmarks "$@"
fi
.build/release/Benchmarks read
.build/release/Benchmarks restart
.build/release/Benchmarks api
.build/release/Benchmarks watch
