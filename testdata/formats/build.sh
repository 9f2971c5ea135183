#!/bin/sh
# Makes the files of this folder and what llvm-objdump says of the words of the linked ones. Needs clang, ld64.lld,
# llvm-ar and llvm-objdump of LLVM 19 or newer: older ones neither write chained fixups nor print them.
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

for target in elf:x86_64-linux-gnu:gnu elf:aarch64-linux-gnu:gnu macho:arm64-apple-macos13:darwin \
	macho:x86_64-apple-macos13:darwin coff:x86_64-windows-gnu:coff; do
	format=${target%%:*} rest=${target#*:}
	triple=${rest%%:*} kind=${rest##*:}
	object=$scratch/an-object-of-$triple.o
	"clang-$version" -target "$triple" -O1 -ffreestanding -c object.c -o "$object"
	"llvm-ar-$version" --format="$kind" -rcSD "$scratch/$format.a" "$object"
done
for format in elf macho coff; do gzip -9n <"$scratch/$format.a" >"$format.a.gz"; done
