#!/usr/bin/env bash
# Prints CPU and peak memory of `gonym check` in a module's folder beside `go list -deps -json ./...`, on a program of
# some 70 packages (benches/small) and on benches/big. `go_list.sh [ROUNDS]`: 10 by default.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
root=$PWD
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR
cargo build --release --quiet
benches/big/build.sh
export GOTOOLCHAIN=go1.27.3 GOFLAGS=-mod=readonly GOWORK=off CGO_ENABLED=0
go=$(go env GOROOT)/bin/go
small=$CARGO_TARGET_DIR/benches/small
(cd benches/small && "$go" build -buildvcs=false -o "$small" .)
exec python3 -IS benches/go_list.py "$CARGO_TARGET_DIR/release/gonym" "$go" "${1:-10}" \
	"$root/benches/small" "$small" "$root/benches/big" "$CARGO_TARGET_DIR/benches/big"
