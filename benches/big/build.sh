#!/usr/bin/env bash
# Builds what the benches need Go for, into target/benches: the big binary and Go's own nm.
#
# The first run compiles 1,500 packages (about 5 minutes on two cores), later ones take what is there.
set -euo pipefail
export LC_ALL=C
out=$(realpath -m "${CARGO_TARGET_DIR:-$(dirname "$0")/../../target}")/benches
cd "$(dirname "$0")"
go=go1.27.3
mkdir -p "$out"

# Everything that the environment could put into a binary. GOENV=off also ignores `go env -w`, which may
# hold the way to the modules.
GOPROXY=$(go env GOPROXY) GOSUMDB=$(go env GOSUMDB) GONOSUMDB=$(go env GONOSUMDB)
export GOPROXY GOSUMDB GONOSUMDB
export GOTOOLCHAIN=$go GOENV=off GOFLAGS=-mod=readonly GOEXPERIMENT= GODEBUG= GOWORK=off GOOS=linux GOARCH=amd64 GOAMD64=v1 CGO_ENABLED=0
unset GOROOT

go build -trimpath -buildvcs=false -o "$out/go-nm" cmd/nm
# The mid-sized one.
go build -trimpath -buildvcs=false -o "$out/go" cmd/go
go build -trimpath -buildvcs=false -o "$out/big" .

# Another binary would give other numbers: which one it is, is part of what is measured.
expect() { # what wanted found
	[[ $2 == "$3" ]] || { echo "$1: wanted $2, got $3" >&2; exit 1; }
	echo "$1: $3"
}
for file in go-nm go big; do
	expect "$file's version" "$go" "$(go version "$out/$file" | sed 's/.*: //')"
done
expect "go's size" 23252784 "$(stat -c %s "$out/go")"
expect "big's size" 161627849 "$(stat -c %s "$out/big")"
expect "big's symbols" 152472 "$("$out/go-nm" "$out/big" | wc -l)"
