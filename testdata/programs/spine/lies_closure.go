package main

import "example.com/spine/algo"

// Lazy is inlined, and the closure that it returns is compiled into main with algo.go as its file.
// Go 1.27 names it after Lazy, older versions after the function around it.
//
//gonym:refute example.com/spine/algo.lazy=main.closures.func1 unproven/ambiguous when go<=1.20
//gonym:refute example.com/spine/algo.lazy=main.closures.Lazy.func1 unproven/ambiguous when go>=1.21,go<=1.26
//gonym:refute main.lazy=example.com/spine/algo.Lazy.func1 unproven/ambiguous|unused/not-called when go>=1.27
//gonym:refute example.com/spine/algo.f=main.seven unproven/ambiguous
//go:noinline
func closures() {
	println("closure of an inlined body:", run(algo.Lazy(seven)))
}

//go:noinline
func run(f func() int) int { return f() }

//go:noinline
func seven() int { return one + 6 }
