package main

import "example.com/spine/algo"

// First, Call and Twice are inlined here, so that lines of algo.go name main's functions:
// First and Call as values, Twice by a direct call, because the compiler knows the type.
// Go 1.19 does not inline the generic one.
//
//gonym:refute example.com/spine/algo.ok=main.isEven unproven/ambiguous
//gonym:refute example.com/spine/algo.ok=main.isEven unused/not-called when go=1.19
//gonym:refute example.com/spine/algo.f=main.triple unproven/ambiguous
//gonym:refute example.com/spine/algo.read=main.(*gauge).Read unproven/ambiguous
//go:noinline
func callbacks() {
	println("callback:", algo.First([]int{one, one + 1}, isEven), algo.Call(triple, one),
		algo.Twice(&gauge{one}), algo.Kept(one))
}

//go:noinline
func isEven(x int) bool { return x%2 == 0 }

//go:noinline
func triple(x int) int { return 3 * x }

type gauge struct{ n int }

//go:noinline
func (g *gauge) Read() int { return g.n + 5 }
