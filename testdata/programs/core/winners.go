package main

import (
	"example.com/core/lib"
	_ "unsafe"
)

// Where an address is 4 bytes, some number in the data may equal it by accident.
//
// The owner's variable has no initialiser: this one's is what both see, and the unit is main's.
//
//gonym:expect main.chosen=example.com/core/lib.chosen in-effect/local-definition;unproven/ambiguous;unproven/no-names
//gonym:source pull var main.chosen=example.com/core/lib.chosen in-effect/local-definition;in-effect/owner-refers;unproven/no-names
//gonym:refute example.com/core/impl.chosen=example.com/core/lib.chosen unused/not-called;unused/not-called|unproven/ambiguous;unproven/no-names
//gonym:refute example.com/core/impl.chosen=example.com/core/lib.chosen unused/not-called|unproven/ambiguous;unused/not-called|unproven/ambiguous;unproven/no-names when arch=386|arm|mips|mipsle
//go:linkname chosen example.com/core/lib.chosen
var chosen = 1001

// An initialiser of zero is none: the owner's 7 stays.
//
//gonym:expect main.limit=example.com/core/lib.limit unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:source pull var main.limit=example.com/core/lib.limit in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names
//go:linkname limit example.com/core/lib.limit
var limit = 0

// main's init writes what the owner declares.
//
//gonym:expect main.computed=example.com/core/lib.computed unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:source pull var main.computed=example.com/core/lib.computed in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names
//go:linkname computed example.com/core/lib.computed
var computed = compute()

//go:noinline
func compute() int { return one + 1100 }

//go:noinline
func winners() {
	check("local initialiser", lib.Chosen()+chosen, 2002)
	check("local initialiser of zero", lib.Limit()+limit, 14)
	check("initialiser that runs", lib.Computed()+computed, 2202)
}
