#!/usr/bin/env bash
# Makes docs/images/demo.png, the picture of the README: the demo's own panel of the landscape picture, as it is.
# Needs `make build`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
build/ocellus demo --out "$out/demo"
mkdir -p docs/images
cp "$out/demo/samples/landscape/raw-attention.overlay.png" docs/images/demo.png
