package main

import (
	"example.com/core/lib"
	_ "unsafe"
)

//gonym:expect main.small=example.com/core/lib.small unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:source pull var main.small=example.com/core/lib.small in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names
//go:linkname small example.com/core/lib.small
var small [2]int

// Up to 1.22 the owner's size counts and only large[0] may be touched; since 1.23 the larger declaration wins,
// and the unit that says so is main's.
//
// Under asan both have the same padded size, and the first that is linked is the owner's.
//
//gonym:expect main.large=example.com/core/lib.large in-effect/local-definition;unproven/ambiguous;unproven/no-names
//gonym:expect main.large=example.com/core/lib.large unproven/ambiguous;unproven/ambiguous;unproven/no-names when go<=1.22
//gonym:source pull var main.large=example.com/core/lib.large in-effect/local-definition;in-effect/owner-refers;unproven/no-names
//gonym:source pull var main.large=example.com/core/lib.large in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names when go<=1.22
//gonym:expect main.large=example.com/core/lib.large unproven/ambiguous;unproven/ambiguous;unproven/no-names when mode=asan
//gonym:source pull var main.large=example.com/core/lib.large in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names when mode=asan
//gonym:refute example.com/core/dot%2ev3.large=example.com/core/lib.large unused/not-called|unproven/ambiguous;unused/not-called|unproven/ambiguous;unproven/no-names
//go:linkname large example.com/core/lib.large
var large [4]int

//go:noinline
func sizes() {
	lib.FillSmall(5)
	small[1] += 2
	check("smaller variable", lib.Small(), 22)
	large[0] += 60
	check("larger variable", lib.Large(), 60)
}
