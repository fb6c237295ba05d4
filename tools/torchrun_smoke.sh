#!/usr/bin/env bash
# Runs a data set in the shards of a real torchrun and compares the merged results with those of a run in one piece.
#
# usage: tools/torchrun_smoke.sh [build/ocellus]
# Takes the torchrun of .venv, else the one on PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/smoke_common.sh
export PATH=$PWD/.venv/bin:$PATH
open_smoke "${1:-build/ocellus}" torchrun

for n in 2 5; do
  expect_code 0 torchrun --no-python --nproc-per-node="$n" "${request[@]}" --out "$scratch/torchrun-$n/run"
  expect_same "torchrun-$n"
done
