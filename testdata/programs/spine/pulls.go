package main

import (
	"example.com/spine/dot.v3"
	"example.com/spine/dual"
	"example.com/spine/gen"
	"example.com/spine/handle"
	"example.com/spine/lib"
	"example.com/spine/wrap"
	_ "unsafe"
)

//gonym:expect main.called=example.com/spine/lib.called in-effect/referenced shows "main.pulls calls example.com/spine/lib.called"
//go:linkname called example.com/spine/lib.called
func called(int) int

//gonym:expect main.nano=runtime.nanotime in-effect/referenced shows "main.pulls calls runtime.nanotime"
//go:linkname nano runtime.nanotime
func nano() int64

//gonym:expect main.twice=example.com/spine/lib.twice in-effect/referenced shows "main.pulls calls example.com/spine/lib.twice"
//go:linkname twice example.com/spine/lib.twice
func twice(int) int

//gonym:expect main.boxArea=example.com/spine/lib.(*Box).area in-effect/referenced shows "main.pulls calls example.com/spine/lib.(*Box).area"
//go:linkname boxArea example.com/spine/lib.(*Box).area
func boxArea(*lib.Box) int

//gonym:expect main.dotted=example.com/spine/dot%2ev3.secret in-effect/referenced shows "main.pulls calls example.com/spine/dot"
//go:linkname dotted example.com/spine/dot%2ev3.secret
func dotted(int) int

// An exported target might have been called by its own name: the bytes are the same.
//
//gonym:expect main.exported=example.com/spine/lib.Exported unproven/ambiguous
//go:linkname exported example.com/spine/lib.Exported
func exported(int) int

// Sum is inlined here: the call sits in main.pulls but belongs to wrap.
//
//gonym:refute main.sum=example.com/spine/lib.summed unused/not-called
//gonym:refute main.fetch=example.com/spine/lib.forDot unused/not-called
//go:noinline
func pulls() {
	println("called:", called(one))
	println("nanotime:", nano() > 0)
	println("assembly target:", twice(one))
	println("method:", boxArea(&lib.Box{Side: one + 2}))
	println("escaped package:", dotted(one), dot.Fetch(one))
	println("exported target:", exported(one))
	println("inlined wrapper:", wrap.Sum(one, 2), wrap.Kept(one))
	println("handle and assembly of one name:", dual.Local(one))
	println("exported handle:", handle.Handle(one), handle.Kept(one))
	println("generated code:", gen.Grammar(one))
}
