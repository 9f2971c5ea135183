// Command pgo is built with a profile that names main.heavy as what algo.Sum calls; the compiler
// then puts a direct call beside the indirect one.
package main

import "example.com/pgo/algo"

var seed, done = 1, 0

// The defer keeps heavy from being inlined; go:noinline would keep the profile from being used.
//
//gonym:refute example.com/pgo/algo.f=main.heavy unproven/ambiguous
func heavy(x int) int {
	defer func() { done++ }()
	for i := 0; i < 20*seed; i++ {
		x = x*3 + i
		x ^= x >> 7
	}
	return x + seed
}

func main() {
	println("profile-guided call:", algo.Sum([]int{seed, 2, 3}, heavy), done)
}
