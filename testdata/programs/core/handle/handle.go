// Package handle exports the handles themselves, so that those who use them are elsewhere.
package handle

import _ "unsafe"

// The caller is main, which could have had a directive of its own; but somebody calls it.
//
//gonym:expect example.com/core/handle.Handle=example.com/core/lib.viaHandle unproven/ambiguous
//gonym:source pull func example.com/core/handle.Handle=example.com/core/lib.viaHandle in-effect/referenced
//go:linkname Handle example.com/core/lib.viaHandle
func Handle(int) int

//gonym:expect example.com/core/handle.Level=example.com/core/lib.level unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:source pull var example.com/core/handle.Level=example.com/core/lib.level in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names
//go:linkname Level example.com/core/lib.level
var Level int

//go:noinline
func Kept(x int) int { return x + 1 }
