// Package second shares a variable with package first that neither owns.
package second

import _ "unsafe"

//gonym:expect example.com/core/ghosts/second.common=example.com/core/lib.common unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:expect example.com/core/ghosts/second.common=example.com/core/lib.common not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
//gonym:source pull var example.com/core/ghosts/second.common=example.com/core/lib.common unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:source pull var example.com/core/ghosts/second.common=example.com/core/lib.common not-in-effect/detached;unproven/no-dwarf;unproven/no-names when go<=1.22
//go:linkname common example.com/core/lib.common
var common int

//go:noinline
func Get() int { return common }
