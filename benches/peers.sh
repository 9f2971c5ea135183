#!/usr/bin/env bash
# Prints CPU, wall time and peak memory of gonym and of its peers on the same binaries, as ratios of the same run.
#
# `peers.sh [ROUNDS]`: 10 rounds by default, in each every command once. Nothing is installed: what is missing is
# named and left out. Debian's packages: binutils (nm), llvm (llvm-nm), python3; Go 1.21 or newer for the rest.
set -euo pipefail
# GNU nm compares names by the locale: C is its fastest.
export LC_ALL=C
cd "$(dirname "$0")/.."
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR

cargo build --release --quiet
if command -v go >/dev/null; then
	benches/big/build.sh
else
	echo "SKIPPED, no go on PATH: building go tool nm, the big and the mid-sized binary" >&2
fi
exec python3 -IS benches/measure.py "$CARGO_TARGET_DIR" "${1:-10}"
