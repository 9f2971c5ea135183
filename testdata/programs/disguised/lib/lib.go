// Package lib owns what the others link to.
package lib

import _ "unsafe"

//go:noinline
func shadowed() int { return 1 }

// Shadowed is inlined.
func Shadowed() func() int { return shadowed }

var level = 2

// Level is inlined.
func Level() int { return level }

//go:noinline
func field() int { return 3 }

// Field is inlined.
func Field() func() int { return field }

//go:noinline
func tabled() int { return 4 }

// Table is the owner's own.
var Table = []func() int{tabled}

//go:noinline
func listed() int { return 5 }

// Listed calls what main's table holds.
func Listed() int { return listed() }

//gonym:owed unproven/ambiguous,not-in-effect/detached; unproven/no-names +unknown-variable-target
//go:linkname renamed example.com/disguised/other.renamed
var renamed int

// Renamed reads what bears another name.
func Renamed() int { return renamed }

//gonym:owed unused/absent +unwanted-push
//go:linkname swapped example.com/disguised/other.swapped
func swapped() int { return 6 }

// Swapped calls what bears another name.
func Swapped() int { return swapped() }

//gonym:owed in-effect/foreign-file
//go:linkname substitute example.com/disguised/lib.swapped
//go:noinline
func substitute() int { return 7 }

var limit int

// Limit reads what main gives a value.
func Limit() int { return limit }

//go:noinline
func numbered() int { return 12 }

// Numbered is inlined.
func Numbered() func() int { return numbered }

var unused = 13

// Unused is inlined.
func Unused() int { return unused }

//go:noinline
func doubled() int { return 16 }

//go:noinline
func given() int { return 17 }

// Given calls what the table of lib.s holds.
func Given() int { return given() + table() }

// table is assembly.
func table() int

//go:noinline
func value() int { return 14 }

// Called calls what third passes on.
func Called() int { return value() }

var variable = 15

// SetVariable writes it.
func SetVariable(to int) { variable = to }
