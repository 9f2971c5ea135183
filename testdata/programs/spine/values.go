package main

import (
	"example.com/spine/lib"
	_ "unsafe"
)

// A function value leaves the bytes that an inlined getter leaves (lies_getter.go),
// so that a pair without source cannot be proven by it.

//gonym:expect main.valued=example.com/spine/lib.valued unproven/ambiguous shows "example.com/spine/lib.valued"
//go:linkname valued example.com/spine/lib.valued
func valued(int) int

//gonym:expect main.started=example.com/spine/lib.started unproven/ambiguous shows "example.com/spine/lib.started"
//go:linkname started example.com/spine/lib.started
func started()

// An open-coded defer calls directly when the function ends.
//
//gonym:expect main.deferred=example.com/spine/lib.deferred in-effect/referenced shows "main.deferring calls example.com/spine/lib.deferred"
//go:linkname deferred example.com/spine/lib.deferred
func deferred()

// A defer in a loop is not open-coded: only the value is left.
//
//gonym:expect main.loopDeferred=example.com/spine/lib.loopDeferred unproven/ambiguous shows "example.com/spine/lib.loopDeferred"
//go:linkname loopDeferred example.com/spine/lib.loopDeferred
func loopDeferred()

//go:noinline
func apply(f func(int) int, x int) int { return f(x) }

//go:noinline
func deferring() {
	defer deferred()
	println("deferred: before", lib.Deferred)
}

//go:noinline
func deferringInLoop(n int) {
	for i := 0; i < n; i++ {
		defer loopDeferred()
	}
	println("deferred in a loop: before", lib.LoopDeferred)
}

//go:noinline
func values() {
	println("value:", apply(valued, one))
	go started()
	println("started with go:", <-lib.Done)
	deferring()
	println("deferred: after", lib.Deferred)
	deferringInLoop(one + 1)
	println("deferred in a loop: after", lib.LoopDeferred)
}
