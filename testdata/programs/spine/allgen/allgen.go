// Package allgen is generated to the last function, so that its whole unit seems to lie in victim's folder.
package allgen

// Without DWARF this is what a package of nothing but pushes looks like; before 1.27 the folder is lost (see gen).
//
//gonym:refute example.com/spine/allgen/victim.push=example.com/spine/allgen.whole unused/not-called;unproven/ambiguous;unproven/ambiguous
//gonym:refute example.com/spine/allgen/victim.pull=example.com/spine/allgen.part unused/not-called;unproven/ambiguous;unproven/ambiguous
//gonym:refute example.com/spine/allgen/victim.push=example.com/spine/allgen.whole unproven/ambiguous|unused/not-called when go<=1.26
//gonym:refute example.com/spine/allgen/victim.pull=example.com/spine/allgen.part unproven/ambiguous|unused/not-called when go<=1.26

//line victim/whole.go:1
//go:noinline
func whole(x int) int { return part(x) + 1 }

//go:noinline
func part(x int) int { return x + 1800 }

//go:noinline
func Run(x int) int { return whole(x) }
