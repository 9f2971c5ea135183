// Package wrap holds a pull behind a wrapper so small that it is inlined elsewhere.
package wrap

import _ "unsafe"

//gonym:expect example.com/core/wrap.sum=example.com/core/lib.summed in-effect/referenced shows "wrap.go:14"
//gonym:source pull func example.com/core/wrap.sum=example.com/core/lib.summed in-effect/referenced
//go:linkname sum example.com/core/lib.summed
func sum(a, b int) int

// Sum does not end in the call, so that the call keeps a line of its own.
func Sum(a, b int) int {
	total := a + 1
	total += sum(total, b)
	return total
}

// wrap never calls idle; main calls the same target.
//
//gonym:expect example.com/core/wrap.idle=example.com/core/lib.called unused/not-called
//gonym:source pull func example.com/core/wrap.idle=example.com/core/lib.called unused/not-called
//go:linkname idle example.com/core/lib.called
func idle(int) int

//go:noinline
func Kept(x int) int { return x + 1 }
