package main

import (
	"example.com/core/lib"
	_ "unsafe"
)

// Without arguments in registers, compilers up to 1.20 may give what makes ready a go or a defer the line of
// the function's head, and no line says then that it is the handle's.
//
// A function value leaves the bytes that an inlined getter leaves (getters.go): only source settles it.

//gonym:expect main.valued=example.com/core/lib.valued unproven/ambiguous shows "example.com/core/lib.valued"
//gonym:source pull func main.valued=example.com/core/lib.valued in-effect/funcval
//go:linkname valued example.com/core/lib.valued
func valued(int) int

//gonym:expect main.started=example.com/core/lib.started unproven/ambiguous
//gonym:source pull func main.started=example.com/core/lib.started in-effect/funcval
//gonym:source pull func main.started=example.com/core/lib.started in-effect/funcval|unproven/ambiguous when go<=1.20,arch=386|arm|mips|mipsle|mips64|mips64le|s390x|loong64
//gonym:source pull func main.started=example.com/core/lib.started in-effect/funcval|unproven/ambiguous when go<=1.22
//go:linkname started example.com/core/lib.started
func started()

// An open-coded defer calls directly when the function ends; without optimisation, and under the race
// detector, it is a value.
//
//gonym:expect main.deferred=example.com/core/lib.deferred in-effect/referenced shows "main.deferring calls example.com/core/lib.deferred"
//gonym:expect main.deferred=example.com/core/lib.deferred unproven/ambiguous when mode=noopt|race
//gonym:source pull func main.deferred=example.com/core/lib.deferred in-effect/referenced
//gonym:source pull func main.deferred=example.com/core/lib.deferred in-effect/funcval when mode=noopt|race
//go:linkname deferred example.com/core/lib.deferred
func deferred()

// A defer in a loop is never open-coded.
//
//gonym:expect main.loopDeferred=example.com/core/lib.loopDeferred unproven/ambiguous
//gonym:source pull func main.loopDeferred=example.com/core/lib.loopDeferred in-effect/funcval
//gonym:source pull func main.loopDeferred=example.com/core/lib.loopDeferred in-effect/funcval|unproven/ambiguous when go<=1.20,arch=386|arm|mips|mipsle|mips64|mips64le|s390x|loong64
//gonym:source pull func main.loopDeferred=example.com/core/lib.loopDeferred in-effect/funcval|unproven/ambiguous when go<=1.22
//go:linkname loopDeferred example.com/core/lib.loopDeferred
func loopDeferred()

// The table is data; the code that reads it does not name the target.
//
//gonym:expect main.tabled=example.com/core/lib.tabled unproven/ambiguous
//gonym:source pull func main.tabled=example.com/core/lib.tabled in-effect/funcval
//go:linkname tabled example.com/core/lib.tabled
func tabled(int) int

var table = []func(int) int{twin, tabled}

//go:noinline
func apply(f func(int) int, x int) int { return f(x) }

//go:noinline
func deferring() {
	defer deferred()
	check("deferred, before", lib.Deferred, 0)
}

//go:noinline
func deferringInLoop(n int) {
	for i := 0; i < n; i++ {
		defer loopDeferred()
	}
	check("deferred in a loop, before", lib.LoopDeferred, 0)
}

// None of these is used by a directive of the package that is named. But the words that hold the first three's
// addresses could stand in anybody's table.
//
//gonym:refute example.com/core/impl.valued=example.com/core/lib.valued unused/not-called|unproven/ambiguous
//gonym:refute example.com/core/wrap.started=example.com/core/lib.started unused/not-called|unproven/ambiguous
//gonym:refute example.com/core/algo.deferred=example.com/core/lib.deferred unused/not-called|unproven/ambiguous
//go:noinline
func values() {
	check("value", apply(valued, one), 301)
	go started()
	check("started with go", <-lib.Done, 310)
	deferring()
	check("deferred, after", lib.Deferred, 1)
	deferringInLoop(one + 1)
	check("deferred in a loop, after", lib.LoopDeferred, 2)
	check("in a table", table[one](one), 341)
}
