#!/usr/bin/env bash
# Writes src/rules/*_table.rs and symbols.txt from the toolchains named here; with --check
# it compares and fails on a difference. Needs a go command that may download toolchains (each GOROOT is
# 150-250 MB once unpacked; they stay in Go's module cache) and takes about two minutes when they are there.
#
# Each minor has its newest patch of the day the list was made and, where the project's measurements
# used another, that one too: the rows of what is inserted are the union, those of permissions are the
# newest patch's. Add a minor here and in NEWEST_MINOR together.
set -euo pipefail
cd "$(dirname "$0")/harvest"

versions=(
  1.18.10
  1.19.8 1.19.13
  1.20.14
  1.21.13
  1.22.10 1.22.12
  1.23.9 1.23.12
  1.24.11 1.24.13
  1.25.5 1.25.14
  1.26.6 1.26.11
  1.27.3 1.27.4
)

mode=()
if [[ ${1-} == --check ]]; then mode=(--check); fi

roots=()
for version in "${versions[@]}"; do
  minor=${version#1.}
  roots+=("${minor%%.*}=$(GOTOOLCHAIN="go$version" go env GOROOT)")
done

# The newest release runs it: an older parser refuses the newest syntax (generic methods, go1.27).
LC_ALL=C GOTOOLCHAIN="go${versions[-1]}" go run . "${mode[@]}" ../../../src/rules "${roots[@]}"
