package impl

import _ "unsafe"

//gonym:expect example.com/cgo/impl.provide=example.com/cgo/lib.hook in-effect/foreign-file shows "impl.go"
//go:linkname provide example.com/cgo/lib.hook
//go:noinline
func provide(x int) int { return x + 30 }

//go:noinline
func Kept(x int) int { return x + 1 }
