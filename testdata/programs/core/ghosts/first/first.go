// Package first shares a variable with package second that neither owns.
package first

import _ "unsafe"

//gonym:expect example.com/core/ghosts/first.common=example.com/core/lib.common unproven/ambiguous;unproven/no-dwarf;unproven/no-names
// As pairs nobody knows whether the other one's reference is by a directive of its own, or by an inlined function.
//gonym:source pull var example.com/core/ghosts/first.common=example.com/core/lib.common in-effect/local-definition|in-effect/dwarf-owner;unproven/no-dwarf;unproven/no-names
// From source they share it, with each other, and DWARF has it in one unit.
//gonym:refute main.common=example.com/core/lib.common unused/not-called|unproven/ambiguous|not-in-effect/detached;unused/not-called|unproven/ambiguous;unproven/no-names
//go:linkname common example.com/core/lib.common
var common int

//go:noinline
func Set(x int) { common = x }
