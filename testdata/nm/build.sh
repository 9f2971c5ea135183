#!/usr/bin/env bash
# Makes the files of this folder of which only a symbol table is read, and what Go's own nm says of each (-size). That
# of Go 1.27 is asked about all of them. Needs: Go 1.21 or newer (it fetches the other versions), gcc, python3.
set -euo pipefail
export LC_ALL=C GOENV=off GOFLAGS= GOEXPERIMENT= GODEBUG= GOWORK=off GOAMD64=v1
unset CC CGO_CFLAGS GOROOT
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
newest=1.27.4

python3 handmade.py "$work"
# Of the versions at which something changed: the magic with 1.20, the numbers of kinds with 1.24. `go tool nm` of 1.27
# refuses the magic of 1.19, so that version's own is asked.
for go in 1.19.13 1.23.12 $newest; do
	got=$(GOTOOLCHAIN=go$go go version)
	[[ $got == *" go$go "* ]] || { echo "wanted $go, got $got" >&2; exit 1; }
	(cd plain && GOTOOLCHAIN=go$go go tool compile -p example.com/plain -trimpath "$PWD" -pack \
		-o "$work/plain-go${go%.*}.a" plain.go)
done
(cd cgo && GOTOOLCHAIN=go$newest CGO_ENABLED=1 go build -trimpath -buildvcs=false -o "$work/cgo.a" .)
GOTOOLCHAIN=go$newest go tool asm -p example.com/plain -trimpath "$PWD" -o "$work/asm.o" asm.s
GOTOOLCHAIN=go$newest CGO_ENABLED=0 go build -o "$work/nm" cmd/nm
cd "$work"
for file in xcoff* plan9* *.a *.o; do
	case $file in
	*go1.19*) GOTOOLCHAIN=go1.19.13 go tool nm -size "$file" ;;
	# Numbers of kinds as that version had them: that of 1.27 takes its own for them.
	*go1.23*) GOTOOLCHAIN=go1.23.12 go tool nm -size "$file" ;;
	*) ./nm -size "$file" ;;
	esac >"$here/$file.nm-size"
	gzip -9n <"$file" >"$here/$file.gz"
done
