package lib

import _ "unsafe"

//go:noinline
func called(x int) int { return x + 100 }

//go:noinline
func ordinary(x int) int { return x + 200 }

//go:noinline
func busy(x int) int { return x + 100 }

//go:noinline
func Run(x int) int { return ordinary(x) + busy(x) + called(x) - 2 }

// The body is impl's.
//
//gonym:expect example.com/dynlink/impl.provide=example.com/dynlink/lib.hook in-effect/foreign-file
//gonym:source push func example.com/dynlink/impl.provide=example.com/dynlink/lib.hook in-effect/foreign-file
func hook(x int) int

//go:noinline
func Hook(x int) int { return hook(x) }
