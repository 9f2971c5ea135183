package main

import "example.com/spine/lib"

// The space makes a comment of it: spaced stays an ordinary function.
// go:linkname spaced example.com/spine/lib.spacedTarget
//
//gonym:refute main.spaced=example.com/spine/lib.spacedTarget not-in-effect/own-body shows "main.spaced"
//go:noinline
func spaced(x int) int { return x + 500 }

// Inlined everywhere, folded has no symbol; the inline trees still name it.
// go:linkname folded example.com/spine/lib.foldedTarget
//
//gonym:refute main.folded=example.com/spine/lib.foldedTarget not-in-effect/own-body shows "main.folded"
func folded(x int) int { return x*one + 600 }

// With a target that does not exist the answer is the same.
// go:linkname spacedToo example.com/spine/lib.noSuchTarget
//
//gonym:refute main.spacedToo=example.com/spine/lib.noSuchTarget not-in-effect/own-body shows "main.spacedToo"
//go:noinline
func spacedToo(x int) int { return x + 700 }

//go:noinline
func notDirectives() {
	println("not a directive:", spaced(one), folded(one), spacedToo(one), lib.Spare(one))
}
