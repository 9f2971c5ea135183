package main

import "example.com/core/lib"

// The space makes a comment of it: spaced stays an ordinary function.
// go:linkname spaced example.com/core/lib.spacedTarget
//
//gonym:refute main.spaced=example.com/core/lib.spacedTarget not-in-effect/own-body shows "main.spaced"
//go:noinline
func spaced(x int) int { return x + 500 }

// Inlined everywhere, folded has no symbol; the inline trees still name it, up to 1.20 not on every
// architecture, and up to 1.25 not on arm and arm64, whose instruction multiplies and adds at once.
// go:linkname folded example.com/core/lib.foldedTarget
//
//gonym:refute main.folded=example.com/core/lib.foldedTarget not-in-effect/own-body shows "main.folded"
//gonym:refute main.folded=example.com/core/lib.foldedTarget not-in-effect/own-body|unused/not-called when go<=1.20
//gonym:refute main.folded=example.com/core/lib.foldedTarget not-in-effect/own-body|unused/not-called when go<=1.25,arch=arm|arm64
//gonym:refute main.folded=example.com/core/lib.foldedTarget not-in-effect/own-body when mode=noopt
//gonym:refute main.folded=example.com/core/lib.foldedTarget not-in-effect/own-body|unused/not-called when go<=1.20
func folded(x int) int { return x*one + 600 }

// A tab behind the word makes it a directive that no compiler knows.
//
//gonym:refute main.tabbed=example.com/core/lib.tabbedTarget not-in-effect/own-body
//go:linkname	tabbed example.com/core/lib.tabbedTarget
//go:noinline
func tabbed(x int) int { return x + 620 }

// With a target that does not exist the answer is the same.
// go:linkname spacedToo example.com/core/lib.noSuchTarget
//
//gonym:refute main.spacedToo=example.com/core/lib.noSuchTarget not-in-effect/own-body shows "main.spacedToo"
//go:noinline
func spacedToo(x int) int { return x + 700 }

// The directive stands in a file that this build leaves out.
//
//gonym:refute main.excluded=example.com/core/lib.spacedTarget not-in-effect/own-body
//go:noinline
func excluded(x int) int { return x + 640 }

//go:noinline
func notDirectives() {
	check("not a directive", spaced(one)+folded(one)+tabbed(one)+spacedToo(one)+excluded(one), 3065)
	check("its target", lib.Spare(one), 9)
}
