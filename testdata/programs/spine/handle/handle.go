// Package handle exports the handle itself, so that its callers are elsewhere.
package handle

import _ "unsafe"

// The caller is main, which could have had a directive of its own; but somebody calls it.
//
//gonym:expect example.com/spine/handle.Handle=example.com/spine/lib.viaHandle unproven/ambiguous
//go:linkname Handle example.com/spine/lib.viaHandle
func Handle(int) int

//go:noinline
func Kept(x int) int { return x + 1 }
