// Package first shares a variable with package second that neither owns.
package first

import _ "unsafe"

//gonym:expect example.com/core/ghosts/first.common=example.com/core/lib.common unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:expect example.com/core/ghosts/first.common=example.com/core/lib.common not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
//gonym:source pull var example.com/core/ghosts/first.common=example.com/core/lib.common unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:source pull var example.com/core/ghosts/first.common=example.com/core/lib.common not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
//gonym:refute main.common=example.com/core/lib.common unused/not-called|unproven/ambiguous|not-in-effect/detached;unused/not-called|unproven/ambiguous;unproven/no-names
//go:linkname common example.com/core/lib.common
var common int

//go:noinline
func Set(x int) { common = x }
