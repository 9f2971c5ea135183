package main

import (
	"example.com/core/ghosts/first"
	"example.com/core/ghosts/second"
	_ "unsafe"
)

// Nobody defines these names: the linker leaves main a private zero and says nothing.

//gonym:expect main.ghost=example.com/core/lib.ghost unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:expect main.ghost=example.com/core/lib.ghost not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
//gonym:expect var:main.ghost=example.com/core/lib.ghost unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:expect var:main.ghost=example.com/core/lib.ghost not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
//gonym:source pull var main.ghost=example.com/core/lib.ghost not-in-effect/detached;unproven/no-dwarf;unproven/no-names
//gonym:refute example.com/core/impl.ghost=example.com/core/lib.ghost unused/not-called;unused/not-called|unproven/ambiguous;unproven/no-names
//gonym:refute example.com/core/lib.ghost2=example.com/core/lib.ghost unused/not-called|unproven/ambiguous;unused/not-called|unproven/ambiguous;unproven/no-names
//go:linkname ghost example.com/core/lib.ghost
var ghost int

// No package of that name is linked at all: that is plain without DWARF, too.
//
//gonym:expect main.lost=example.com/core/nowhere.lost unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:expect main.lost=example.com/core/nowhere.lost not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
//gonym:source pull var main.lost=example.com/core/nowhere.lost not-in-effect/detached;unproven/no-dwarf;unproven/no-names
//go:linkname lost example.com/core/nowhere.lost
var lost int

// The dotted path must be escaped as the linker escapes it; this is a name of nobody.
//
//gonym:expect main.unescaped=example.com/core/dot.v3.hoard not-in-effect/detached;not-in-effect/detached|unproven/no-dwarf;unproven/no-names
//gonym:source pull var main.unescaped=example.com/core/dot.v3.hoard not-in-effect/detached;not-in-effect/detached|unproven/no-dwarf;unproven/no-names
//go:linkname unescaped example.com/core/dot.v3.hoard
var unescaped int

// A field of the runtime that never had this name.
//
//gonym:expect main.noCPU=runtime.noCPU not-in-effect/detached;unproven/no-dwarf;unproven/no-names
//gonym:source pull var main.noCPU=runtime.noCPU not-in-effect/detached;unproven/no-dwarf;unproven/no-names
//go:linkname noCPU runtime.noCPU
var noCPU int32

//go:noinline
func detached() {
	ghost++
	lost += 2
	unescaped += 3
	noCPU += 4
	check("ghost", ghost, 1)
	check("ghost of no package", lost, 2)
	check("ghost by a wrong spelling", unescaped, 3)
	check("ghost of the runtime", int(noCPU), 4)
	first.Set(70)
	check("ghost of two packages", second.Get(), 70)
}
