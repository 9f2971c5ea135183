// Package gen stands for the output of a generator: //line puts its functions into files they are not in.
package gen

import _ "unsafe"

// The file says victim, the name and the unit say gen. DWARF decides where there is one.
//
//gonym:refute example.com/spine/gen/victim.push=example.com/spine/gen.relative unproven/ambiguous|unused/not-called
//gonym:refute example.com/spine/gen/victim.pull=example.com/spine/gen.byRelative unused/not-called;unproven/ambiguous|unused/not-called;unproven/ambiguous|unused/not-called
//gonym:refute example.com/spine/gen/victim.push=example.com/spine/gen.absolute unproven/ambiguous|unused/not-called
//gonym:refute example.com/spine/gen/victim.pull=example.com/spine/gen.byAbsolute unproven/ambiguous|unused/not-called

// Up to 1.26, -trimpath leaves the bare victim/victim.go, which belongs to no known folder.
//
//gonym:refute example.com/spine/gen/victim.push=example.com/spine/gen.relative unproven/ambiguous|unused/not-called when go<=1.26
//gonym:refute example.com/spine/gen/victim.pull=example.com/spine/gen.byRelative unproven/ambiguous|unused/not-called when go<=1.26

// A file that is not Go is no witness, so nothing speaks for victim.
//
//gonym:refute example.com/spine/gen/victim.push=example.com/spine/gen.yacc unused/not-called
//gonym:refute example.com/spine/gen/victim.pull=example.com/spine/gen.byYacc unused/not-called

// The grammar's own package pulls: name, unit and folder agree.
//
//gonym:expect example.com/spine/gen.pulled=example.com/spine/lib.forGrammar in-effect/referenced shows "grammar.y:"
//go:linkname pulled example.com/spine/lib.forGrammar
func pulled(int) int

//go:noinline
func byRelative(x int) int { return x + 1500 }

//go:noinline
func byAbsolute(x int) int { return x + 1600 }

//go:noinline
func byYacc(x int) int { return x + 1700 }

//go:noinline
func Run(x int) int { return relative(x) + absolute(x) + yacc(x) }

//line victim/victim.go:107
//go:noinline
func relative(x int) int { return byRelative(x) + 1 }

//line /src/example.com/spine/gen/victim/victim.go:207
//go:noinline
func absolute(x int) int { return byAbsolute(x) + 1 }

//line victim/victim.y:307
//go:noinline
func yacc(x int) int { return byYacc(x) + 1 }

//line grammar.y:407
//go:noinline
func Grammar(x int) int { return pulled(x) + 1 }
