#!/usr/bin/env bash
# Writes observed.tsv: callees that only an insertion can account for, seen in executables of ten
# releases. Needs linux/amd64 with a C compiler (-race, -asan), downloads the toolchains, builds 39
# programs (about 6 minutes on 2 cores, 1 GB in the temporary folder) and reads them with measure/.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
reader=go1.27.3 # its debug/gosym reads every pclntab from 1.18 to 1.27
(cd measure && GOTOOLCHAIN=$reader go build -o "$work/measure" .)

releases=(1.18.10 1.19.13 1.20.14 1.21.13 1.22.12 1.23.12 1.24.13 1.25.14 1.26.11 1.27.3)
deep=" 1.19.13 1.22.12 1.25.14 1.27.3 " # every architecture and build mode

build() { # release, goarch, cgo, arguments
  local release=$1 arch=$2 cgo=$3
  shift 3
  count=$((count + 1))
  (cd measure/program && GOTOOLCHAIN=go$release GOOS=linux GOARCH=$arch CGO_ENABLED=$cgo \
    go build "$@" -o "$work/bin/$count" .)
}

for release in "${releases[@]}"; do
  goroot=$(GOTOOLCHAIN=go$release go env GOROOT)
  mkdir "$work/bin"
  count=0
  build "$release" amd64 0
  if [[ $deep == *" $release "* ]]; then
    build "$release" arm64 0
    build "$release" 386 0
    build "$release" amd64 1 -race
    build "$release" amd64 0 -gcflags='all=-N -l -d=checkptr'
    build "$release" amd64 0 -gcflags=all=-spectre=all
    if [[ $release != 1.19.* ]]; then
      build "$release" arm 0
      build "$release" amd64 1 -asan
      build "$release" amd64 0 -cover
    fi
  fi
  tools=("$goroot"/bin/* "$goroot"/pkg/tool/linux_amd64/*)
  minor=${release#1.}
  "$work/measure" "$goroot" "$work"/bin/* "${tools[@]}" |
    awk -F'\t' -v minor="${minor%%.*}" '{ print $1 "\t" minor }' >>"$work/rows"
  rm -r "$work/bin"
done

{
  grep '^#' observed.tsv
  # net.parseNetwork and reflect.typedmemmove: two literals in pools of arm code.
  # typesStrCmp: cmd/compile's own profile devirtualised the comparison of a sort.
  LC_ALL=C sort -u -t$'\t' -k1,1 -k2,2n "$work/rows" |
    grep -vE '^(net\.parseNetwork|reflect\.typedmemmove|cmd/compile/internal/reflectdata\.typesStrCmp)	' |
    grep -vE '\.(cold|part\.[0-9]+)	' |
    awk -F'\t' '$1 != name { if (name) print name "\t" minors; name = $1; minors = $2; next }
                { minors = minors "," $2 } END { if (name) print name "\t" minors }'
} >"$work/observed.tsv"
mv "$work/observed.tsv" observed.tsv
