// Package second shares a variable with package first that neither owns.
package second

import _ "unsafe"

//gonym:expect example.com/core/ghosts/second.common=example.com/core/lib.common unproven/ambiguous;unproven/no-dwarf;unproven/no-names
// As pairs nobody knows whether the other one's reference is by a directive of its own, or by an inlined function.
//gonym:source pull var example.com/core/ghosts/second.common=example.com/core/lib.common in-effect/local-definition|in-effect/dwarf-owner;unproven/no-dwarf;unproven/no-names
// From source they share it, with each other, and DWARF has it in one unit.
//go:linkname common example.com/core/lib.common
var common int

//go:noinline
func Get() int { return common }
