//go:build go1.21

package main

import "slices"

// The same trap in the standard library.
//
//gonym:refute slices.f=main.isOdd unproven/ambiguous when go>=1.21
//gonym:refute slices.cmp=main.byValue unproven/ambiguous when go>=1.21
//go:noinline
func sorts() {
	xs := []int{one + 1, one}
	slices.SortFunc(xs, byValue)
	println("standard callback:", slices.IndexFunc(xs, isOdd))
}

//go:noinline
func isOdd(x int) bool { return x%2 == 1 }

//go:noinline
func byValue(a, b int) int { return a - b }
