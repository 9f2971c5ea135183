// Package impl provides functions under the names of other packages.
package impl

import _ "unsafe"

var seed = 1

//gonym:expect example.com/spine/impl.provide=example.com/spine/lib.hook in-effect/foreign-file shows "impl.go"
//go:linkname provide example.com/spine/lib.hook
//go:noinline
func provide(x int) int {
	add := func(y int) int { return x + y + 1000 }
	return twiceOver(add)
}

//go:noinline
func twiceOver(f func(int) int) int { return f(seed) + f(seed) }

// Inlined everywhere: only inline trees still name it.
//
//gonym:expect example.com/spine/impl.gone=example.com/spine/nowhere.gone unused/inlined
//go:linkname gone example.com/spine/nowhere.gone
func gone(x int) int { return x*seed + 1100 }

//go:noinline
func UseGone(x int) int { return gone(x) + seed }

// No package nowhere is in the binary.
//
//gonym:expect example.com/spine/impl.orphan=example.com/spine/nowhere.orphan in-effect/unclaimed shows "impl.go"
//go:linkname orphan example.com/spine/nowhere.orphan
//go:noinline
func orphan(x int) int { return x + 1200 }

//go:noinline
func UseOrphan(x int) int { return orphan(x) }

// lib is in the binary and does not know the name.
//
//gonym:expect example.com/spine/impl.unheard=example.com/spine/lib.unheard in-effect/unclaimed shows "impl.go"
//go:linkname unheard example.com/spine/lib.unheard
//go:noinline
func unheard(x int) int { return x + 1300 }

//go:noinline
func UseUnheard(x int) int { return unheard(x) }

// Up to 1.20 Go keeps no instruction of gone's own line on linux/arm64 (one MADD does both), so nothing names it.
//
//gonym:expect example.com/spine/impl.gone=example.com/spine/nowhere.gone unused/absent when go<=1.20,os=linux,arch=arm64
//gonym:expect example.com/spine/impl.gone=example.com/spine/nowhere.gone unproven/no-names when go<=1.20,os=linux,arch=arm64,names=pclntab
