package main

import (
	"example.com/spine/lib"
	_ "unsafe"
)

//gonym:expect var:main.counter=example.com/spine/lib.counter unproven/not-yet-judged
//gonym:expect main.counter=example.com/spine/lib.counter unproven/not-yet-judged when names=symtab
//gonym:expect main.counter=example.com/spine/lib.counter unproven/no-names when names=pclntab
//go:linkname counter example.com/spine/lib.counter
var counter int

// Nobody else defines lib.ghost: the linker leaves main a private variable of that name.
//
//gonym:refute var:main.ghost=example.com/spine/lib.ghost unproven/not-yet-judged
//gonym:refute main.ghost=example.com/spine/lib.ghost unproven/not-yet-judged when names=symtab
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
