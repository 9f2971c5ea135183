package impl

import _ "unsafe"

//go:linkname provide example.com/dynlink/lib.hook
//go:noinline
func provide(x int) int { return x + 500 }

// Use brings the package into the program.
//
//go:noinline
func Use() {}
