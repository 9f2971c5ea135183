// Command cgo is linked by the C linker: C code stands before runtime.text in the text section.
package main

// static int add(int a, int b) { return a + b; }
import "C"

import (
	"example.com/cgo/impl"
	"example.com/cgo/lib"
	_ "unsafe"
)

var one = 1

//gonym:expect main.nano=runtime.nanotime in-effect/referenced shows "main.main calls runtime.nanotime"
//go:linkname nano runtime.nanotime
func nano() int64

// own is an ordinary function beside a comment.
// go:linkname own example.com/cgo/lib.target
//
//gonym:refute main.own=example.com/cgo/lib.target not-in-effect/own-body shows "main.own"
//go:noinline
func own(x int) int { return x + 10 }

//gonym:refute main.hook=example.com/cgo/lib.hook unused/not-called
func main() {
	println("nanotime:", nano() > 0)
	println("C:", C.add(C.int(one), 2))
	println("push:", lib.Run(one), impl.Kept(one))
	println("not a directive:", own(one))
}
