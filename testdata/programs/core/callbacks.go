package main

import "example.com/core/algo"

// First, Call and Twice are inlined here, so that lines of algo.go name main's functions: First and
// Call as values, Twice by a direct call, because the compiler knows the type. Go 1.19 does not inline the generic one.
//
//gonym:refute example.com/core/algo.ok=main.isEven unproven/ambiguous
//gonym:refute example.com/core/algo.ok=main.isEven unused/not-called when go=1.19
//gonym:refute example.com/core/algo.f=main.triple unproven/ambiguous
//gonym:refute example.com/core/algo.read=main.(*gauge).Read unproven/ambiguous
//gonym:refute example.com/core/algo.ok=main.isEven unused/not-called|unproven/ambiguous when mode=noopt|cover
//gonym:refute example.com/core/algo.f=main.triple unused/not-called|unproven/ambiguous when mode=noopt
//gonym:refute example.com/core/algo.read=main.(*gauge).Read unused/not-called|unproven/ambiguous when mode=noopt
//gonym:refute example.com/core/algo.seven=main.seven unproven/ambiguous|unused/not-called
//go:noinline
func callbacks() {
	check("callback", algo.First([]int{one, one + 1}, isEven), 1)
	check("callback, inlined", algo.Call(triple, one), 8)
	check("callback, devirtualised", algo.Twice(&gauge{one}), 12)
	check("closure of an inlined body", run(algo.Lazy(seven)), 8)
	check("kept", algo.Kept(one), 2)
}

//go:noinline
func isEven(x int) bool { return x%2 == 0 }

//go:noinline
func triple(x int) int { return 3 * x }

type gauge struct{ n int }

//go:noinline
func (g *gauge) Read() int { return g.n + 5 }

//go:noinline
func run(f func() int) int { return f() }

//go:noinline
func seven() int { return one + 6 }
