package main

import (
	"example.com/spine/lib"
	_ "unsafe"
)

//gonym:expect var:main.counter=example.com/spine/lib.counter unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:expect main.counter=example.com/spine/lib.counter unproven/ambiguous;unproven/ambiguous;unproven/no-names
//
//go:linkname counter example.com/spine/lib.counter
var counter int

// Nobody else defines lib.ghost: the linker leaves main a private variable of that name.
//
//gonym:refute var:main.ghost=example.com/spine/lib.ghost unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:refute main.ghost=example.com/spine/lib.ghost unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//
//go:linkname ghost example.com/spine/lib.ghost
var ghost int

//go:noinline
func variables() {
	lib.Count()
	counter += 40
	lib.Count()
	ghost++
	println("variable:", counter, "ghost:", ghost)
}

// Up to 1.22 the linker would have kept the owner's zeros.
//
//gonym:refute var:main.ghost=example.com/spine/lib.ghost not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
//gonym:refute main.ghost=example.com/spine/lib.ghost not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
