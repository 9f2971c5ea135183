// Package impl provides functions under the names of other packages.
package impl

import _ "unsafe"

var seed = 1

//gonym:expect example.com/core/impl.provide=example.com/core/lib.hook in-effect/foreign-file shows "impl.go"
//gonym:source push func example.com/core/impl.provide=example.com/core/lib.hook in-effect/foreign-file
//go:linkname provide example.com/core/lib.hook
//go:noinline
func provide(x int) int {
	add := func(y int) int { return x + y + 500 }
	return add(seed) + add(seed) - x - seed
}

// Inlined everywhere: only inline trees still name it, where an instruction of its own line is left.
//
//gonym:expect func:example.com/core/impl.gone=example.com/core/nowhere.gone unused/inlined|unused/absent
//gonym:expect func:example.com/core/impl.gone=example.com/core/nowhere.gone in-effect/unclaimed when mode=noopt
//gonym:source push func example.com/core/impl.gone=example.com/core/nowhere.gone unused/inlined|unused/absent
//gonym:source push func example.com/core/impl.gone=example.com/core/nowhere.gone in-effect/unclaimed when mode=noopt
//go:linkname gone example.com/core/nowhere.gone
func gone(x int) int { return x*seed + 1100 }

//go:noinline
func UseGone(x int) int { return gone(x) + seed }

// No package nowhere is in the binary.
//
//gonym:expect example.com/core/impl.orphan=example.com/core/nowhere.orphan in-effect/unclaimed shows "impl.go"
//gonym:source push func example.com/core/impl.orphan=example.com/core/nowhere.orphan in-effect/unclaimed
//go:linkname orphan example.com/core/nowhere.orphan
//go:noinline
func orphan(x int) int { return x + 1200 }

//go:noinline
func UseOrphan(x int) int { return orphan(x) }

// lib is in the binary and does not know the name.
//
//gonym:expect example.com/core/impl.unheard=example.com/core/lib.unheard in-effect/unclaimed shows "impl.go"
//gonym:source push func example.com/core/impl.unheard=example.com/core/lib.unheard in-effect/unclaimed
//go:linkname unheard example.com/core/lib.unheard
//go:noinline
func unheard(x int) int { return x + 1300 }

//go:noinline
func UseUnheard(x int) int { return unheard(x) }

// The standard package is not linked; nothing asks a push for permission.
//
//gonym:expect example.com/core/impl.toStd=archive/zip.fromCore in-effect/unclaimed shows "impl.go"
//gonym:source push func example.com/core/impl.toStd=archive/zip.fromCore in-effect/unclaimed
//go:linkname toStd archive/zip.fromCore
//go:noinline
func toStd(x int) int { return x + 1310 }

//go:noinline
func UseToStd(x int) int { return toStd(x) }

//gonym:expect example.com/core/impl.toRuntime=runtime.fromCore in-effect/unclaimed shows "impl.go"
//gonym:source push func example.com/core/impl.toRuntime=runtime.fromCore in-effect/unclaimed
//go:linkname toRuntime runtime.fromCore
//go:noinline
func toRuntime(x int) int { return x + 1320 }

//go:noinline
func UseToRuntime(x int) int { return toRuntime(x) }

// The second half of one.go: lib declares the name with one argument and no body.
//
//gonym:expect example.com/core/impl.declared=example.com/core/lib.declared in-effect/foreign-file
//gonym:source push func example.com/core/impl.declared=example.com/core/lib.declared in-effect/foreign-file
//go:linkname declared example.com/core/lib.declared
//go:noinline
func declared(x int) int { return x + 1330 }

// Never called by anybody.
//
//gonym:expect func:example.com/core/impl.dropped=example.com/core/lib.dropped unused/absent
//gonym:expect func:example.com/core/impl.dropped=example.com/core/lib.dropped unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//gonym:source push func example.com/core/impl.dropped=example.com/core/lib.dropped unused/absent
//gonym:source push func example.com/core/impl.dropped=example.com/core/lib.dropped unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//go:linkname dropped example.com/core/lib.dropped
//go:noinline
func dropped(x int) int { return x + 1340 }

// Bumped is counted by assembly.
var Bumped int

func bump() { Bumped++ }

// byAssembly's body is assembly of this package under lib's name. The declaration gives the compiler
// the type for the wrapper through which Go code calls it.
//
//gonym:expect example.com/core/impl.byAssembly=example.com/core/lib.byAssembly unproven/ambiguous
//gonym:source assembly func example.com/core/impl.byAssembly=example.com/core/lib.byAssembly in-effect/foreign-file
//gonym:refute main.byAssembly=example.com/core/lib.byAssembly unused/not-called
//go:linkname byAssembly example.com/core/lib.byAssembly
func byAssembly()
