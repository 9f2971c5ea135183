#!/usr/bin/env bash
# Rebuilds testdata/binaries. `build.sh REGEX` rebuilds only the ids that match.
#
# The same host gives the same bytes again, in any folder. Only the externally
# linked fixture and the objcopy one depend on tools of the host (gcc and libc, binutils).
# Needs: Go 1.21 or newer (it fetches the other versions), gcc, objcopy, readelf, python3. linux/amd64 only.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")"
here=$PWD
out=$here/binaries
manifest=$out/MANIFEST.tsv
only=${1:-.}

# Everything that the environment could put into a binary. GOENV=off also ignores `go env -w`.
export GOENV=off GOFLAGS= GOEXPERIMENT= GODEBUG= GOWORK=off GOAMD64=v1 GOARM64=v8.0
unset CC CXX AR CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_LDFLAGS GOGCCFLAGS GO_EXTLINK_ENABLED GOROOT SOURCE_DATE_EPOCH

nm_version=1.27.3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

# One line per fixture: id program go os arch variant names flags...
matrix() {
	local go os_arch
	for go in 1.27.3 1.22.10 1.19.13; do
		for os_arch in linux/amd64 linux/arm64 darwin/arm64 windows/amd64; do
			# Older versions once: what differs between them is Go's own data, not the file format.
			[[ $go == 1.27.3 || $os_arch == linux/amd64 ]] || continue
			row spine $go $os_arch symbols symtab
			row spine $go $os_arch stripped pclntab '-ldflags=-s -w'
		done
	done
	# Before 1.26 a PIE keeps pclntab in .data.rel.ro.
	row spine 1.27.3 linux/amd64 pie symtab -buildmode=pie -ldflags=-w
	row spine 1.22.10 linux/amd64 pie symtab -buildmode=pie -ldflags=-w
	row nano 1.27.3 linux/amd64 symbols symtab
	row nano 1.27.3 linux/amd64 stripped pclntab '-ldflags=-s -w'
	row nano 1.27.3 linux/amd64 alias symtab -ldflags=-w
	row nano 1.27.3 darwin/universal fat symtab -ldflags=-w
	row cgo 1.27.3 linux/amd64 external symtab '-ldflags=-linkmode=external -w'
	row exttest 1.27.3 linux/amd64 test symtab -ldflags=-w
	row pgo 1.27.3 linux/amd64 profile symtab -pgo=default.pgo -ldflags=-w
	local name
	for name in decoy decoy-scan pointers-big pointers-little; do
		printf 'handmade-buildinfo-%s\thandmade\t-\tlinux\t-\t%s\tnone\n' $name $name
	done
}

row() {
	local program=$1 go=$2 os=${3%/*} arch=${3#*/} variant=$4 names=$5
	shift 5
	local id=$program-go${go%.*}-$os-$arch
	[[ $variant == symbols ]] || id+=-$variant
	printf '%s\t%s\tgo%s\t%s\t%s\t%s\t%s' "${id/universal-/}" "$program" "$go" "$os" "$arch" "$variant" "$names"
	[[ $# == 0 ]] || printf '\t%s' "$@"
	printf '\n'
}

compile() { # file program go os arch variant flags...
	local file=$1 program=$2 go=$3 os=$4 arch=$5 variant=$6 cgo=0 command=(build) target=.
	shift 6
	if [[ $variant == external ]]; then cgo=1; fi
	if [[ $variant == test ]]; then command=(test -c) target=./lib; fi
	(
		cd "$here/programs/$program"
		GOTOOLCHAIN=$go CGO_ENABLED=$cgo GOOS=$os GOARCH=$arch \
			go "${command[@]}" -trimpath -buildvcs=false "$@" -o "$file" $target
	)
	local got
	got=$(GOTOOLCHAIN=go$nm_version go version "$file")
	[[ $got == *": $go" ]] || { echo "wanted $go, got $got" >&2; exit 1; }
}

# Both names at one address: no toolchain does that, objcopy can.
add_alias() {
	local file=$1 target text
	target=$("$work/nm" "$file" | awk '$3 == "runtime.nanotime" { print $1 }')
	text=$(readelf -SW "$file" | sed 's/^ *\[ *[0-9]*\]//' | awk '$1 == ".text" { print $3 }')
	objcopy --add-symbol "main.runtimeNano=.text:$((0x$target - 0x$text)),function,global" "$file"
	"$file" 2>/dev/null || { echo "$file no longer runs" >&2; exit 1; }
}

# lipo's layout: a big-endian table of slices, each aligned to 2^14.
fatten() {
	python3 - "$@" <<-'PYTHON'
		import struct, sys
		target, slices, at = sys.argv[1], [open(f, "rb").read() for f in sys.argv[2:]], 0x4000
		header, body = struct.pack(">2I", 0xCAFEBABE, len(slices)), b""
		for data in slices:
		    cpu, subtype = struct.unpack("<2I", data[4:12])
		    body = body.ljust(-(-len(body) // 0x4000) * 0x4000, b"\0")
		    header += struct.pack(">5I", cpu, subtype, at + len(body), len(data), 14)
		    body += data
		open(target, "wb").write(header.ljust(at, b"\0") + body)
	PYTHON
}

make_one() { # file, then a row of the matrix
	local file=$1 id=$2 program=$3 go=$4 os=$5 arch=$6 variant=$7
	shift 8
	case $variant in
	fat)
		compile "$file.amd64" "$program" "$go" "$os" amd64 $variant "$@"
		compile "$file.arm64" "$program" "$go" "$os" arm64 $variant "$@"
		fatten "$file" "$file.amd64" "$file.arm64"
		rm "$file.amd64" "$file.arm64"
		;;
	alias)
		compile "$file" "$program" "$go" "$os" "$arch" $variant "$@"
		add_alias "$file"
		;;
	decoy* | pointers*) cp "$work/handmade/$id" "$file" ;;
	*) compile "$file" "$program" "$go" "$os" "$arch" $variant "$@" ;;
	esac
}

# What Go's own nm says of the file; prints its exit code.
golden() {
	local id=$1 plain=0 sized=0
	cd "$work/files"
	"$work/nm" "$id" >"$work/stdout" 2>"$work/stderr" || plain=$?
	gzip -n9c "$work/stdout" >"$out/$id.nm.gz"
	"$work/nm" -size "$id" >"$work/stdout" 2>"$work/stderr.size" || sized=$?
	gzip -n9c "$work/stdout" >"$out/$id.nm-size.gz"
	cmp -s "$work/stderr" "$work/stderr.size" && [[ $plain == "$sized" ]] || { echo "$id: -size fails in its own way" >&2; exit 1; }
	rm -f "$out/$id.nm.stderr"
	[[ ! -s $work/stderr ]] || cp "$work/stderr" "$out/$id.nm.stderr"
	echo $plain
}

mkdir "$work/files" "$work/handmade"
python3 handmade.py "$work/handmade"
GOTOOLCHAIN=go$nm_version CGO_ENABLED=0 go build -o "$work/nm" cmd/nm
matrix | sort >"$work/matrix"
touch "$manifest"

while IFS=$'\t' read -r -a fields; do
	id=${fields[0]}
	if ! [[ $id =~ $only ]]; then
		grep "^$id	" "$manifest" || { echo "$id is not built yet: run without an argument" >&2; exit 1; }
		continue
	fi
	file=$work/files/$id
	make_one "$file" "${fields[@]:0:7}" "${fields[@]:7}"
	gzip -n9c "$file" >"$out/$id.gz"
	exit_code=$(golden "$id")
	(
		IFS=$'\t'
		echo "${fields[*]:0:7}	$(stat -c %s "$file")	$(sha256sum "$file" | cut -d' ' -f1)	$exit_code"
	)
	rm "$file"
	echo "$id" >&2
done <"$work/matrix" >"$work/rows"

{
	printf 'id\tprogram\tgo\tgoos\tgoarch\tvariant\tnames\tsize\tsha256\tnm_exit\n'
	cat "$work/rows"
} >"$manifest"

# What the matrix no longer names.
for file in "$out"/*.gz "$out"/*.stderr; do
	id=$(basename "$file")
	id=${id%.gz} id=${id%.nm} id=${id%.nm-size} id=${id%.nm.stderr}
	cut -f1 "$work/rows" | grep -qx "$id" || rm "$file"
done
du -sh "$out" >&2
