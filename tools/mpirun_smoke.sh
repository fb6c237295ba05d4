#!/usr/bin/env bash
# Runs a data set in the shards of a real mpirun and compares the merged results with those of a run in one piece.
#
# usage: tools/mpirun_smoke.sh [build/ocellus]
# Packages: tools/setup.sh --test-all
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/smoke_common.sh
open_smoke "${1:-build/ocellus}" mpirun

options=(--oversubscribe) # more processes than processors
[ "$(id -u)" -ne 0 ] || options+=(--allow-run-as-root)
for n in 2 5; do
  expect_code 0 mpirun "${options[@]}" -np "$n" "${request[@]}" --out "$scratch/mpirun-$n/run"
  expect_same "mpirun-$n"
done
