package main

import (
	"example.com/spine/lib"
	_ "unsafe"
)

//gonym:expect var:main.counter=example.com/spine/lib.counter unproven/ambiguous when names=symtab
//gonym:expect var:main.counter=example.com/spine/lib.counter unproven/no-names when names=pclntab
//gonym:expect main.counter=example.com/spine/lib.counter unproven/ambiguous when names=symtab
//gonym:expect main.counter=example.com/spine/lib.counter unproven/no-names when names=pclntab
//go:linkname counter example.com/spine/lib.counter
var counter int

// Nobody else defines lib.ghost: the linker leaves main a private variable of that name.
//
//gonym:refute var:main.ghost=example.com/spine/lib.ghost not-in-effect/detached when names=symtab
//gonym:refute var:main.ghost=example.com/spine/lib.ghost unproven/no-dwarf when names=symtab,dwarf=none
//gonym:refute var:main.ghost=example.com/spine/lib.ghost unproven/no-names when names=pclntab
//gonym:refute main.ghost=example.com/spine/lib.ghost not-in-effect/detached when names=symtab
//gonym:refute main.ghost=example.com/spine/lib.ghost unproven/no-dwarf when names=symtab,dwarf=none
//gonym:refute main.ghost=example.com/spine/lib.ghost unproven/no-names when names=pclntab
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
