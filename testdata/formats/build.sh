#!/bin/sh
# Makes the Mach-O files of this folder and what llvm-objdump says of their words. Needs clang, ld64.lld
# and llvm-objdump of LLVM 19 or newer: older ones neither write chained fixups nor print them.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
version=${LLVM_VERSION:-19}
for arch in arm64 x86_64; do
	case $arch in arm64) define=-DARM64 ;; *) define=-UARM64 ;; esac
	"clang-$version" -x assembler-with-cpp "$define" -target "$arch-apple-macos13" -c slots.s -o "$scratch/o"
	for how in fixup_chains no_fixup_chains; do
		name=$arch-$how
		"ld64.lld-$version" -arch "$arch" -platform_version macos 13.0 13.0 "-$how" \
			-undefined dynamic_lookup -e _main -o "$scratch/$name" "$scratch/o"
		gzip -9n <"$scratch/$name" >"$name.gz"
		case $how in
		fixup_chains) "llvm-objdump-$version" --macho --dyld-info "$scratch/$name" ;;
		*) "llvm-objdump-$version" --macho --bind --lazy-bind --weak-bind "$scratch/$name" ;;
		esac | sed 's/^\/.*\///' >"$name.words"
	done
done
