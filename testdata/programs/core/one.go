package main

import (
	"example.com/core/lib"
	_ "unsafe"
)

//gonym:expect main.permitted=example.com/core/lib.permitted in-effect/referenced
//gonym:source pull func main.permitted=example.com/core/lib.permitted in-effect/referenced
//go:linkname permitted example.com/core/lib.permitted
func permitted(int) int

// The other halves stand in lib: what one argument does depends on who has the body.
//
//go:noinline
func oneArgument() {
	check("permitted", permitted(one), 351)
	check("declared", lib.RunDeclared(one), 1331)
	lib.RunOwnAssembly()
	check("own assembly", lib.Bumped, 2)
}
