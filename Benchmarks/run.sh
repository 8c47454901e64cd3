#!/usr/bin/env bash
# Runs the benchmarks and prints their tables; arguments go to the read benchmark (for example --sizes 1000,50000).
set -euo pipefail
cd "$(dirname "$0")/.."
echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), $(uname -sr)"
.build/release/Benchmarks read "$@"
