// Lines that look as if they used a directive, and directives that look as if they had no effect.
//
// Above each directive stands what must become of it (tests/owed.rs); prints.txt is what the program prints.
package main

import (
	"fmt"
	_ "unsafe"

	"example.com/disguised/hooks"
	"example.com/disguised/lib"
	"example.com/disguised/numbered"
	"example.com/disguised/third"
)

// A variable of a function bears the name: what it holds comes out of an inlined function of the owner.
//
//gonym:owed unproven/ambiguous
//go:linkname shadowed example.com/disguised/lib.shadowed
func shadowed() int

//gonym:owed unused/not-called; unproven/no-names
//go:linkname level example.com/disguised/lib.level
var level int

// A field of that name.
//
//gonym:owed unproven/ambiguous
//go:linkname field example.com/disguised/lib.field
func field() int

// The table that holds it is the owner's.
//
//gonym:owed unproven/ambiguous
//go:linkname tabled example.com/disguised/lib.tabled
func tabled() int

// The table that holds it is ours.
//
//gonym:owed in-effect/funcval
//go:linkname listed example.com/disguised/lib.listed
func listed() int

var list = []func() int{listed}

// The table that holds it is the owner's assembly, and the value that is taken here goes nowhere.
//
//gonym:owed unproven/ambiguous
//go:linkname given example.com/disguised/lib.given
func given() int

var _ = given

// The owner gave its variable another name: nobody but us has one of this name.
//
//gonym:owed not-in-effect/detached; unproven/no-names +unknown-variable-target
//go:linkname renamed example.com/disguised/lib.renamed
var renamed int

// The owner gave its function another name, and another one this name.
//
//gonym:owed in-effect/referenced
//go:linkname swapped example.com/disguised/lib.swapped
func swapped() int

// A body under another name of the same package.
//
//gonym:owed in-effect/foreign-file
//go:linkname body main.declared
//go:noinline
func body() int { return 9 }

func declared() int

// The symbols of this package say main, whatever its import path.
//
//gonym:owed unused/absent +unwanted-push
//go:linkname misnamed example.com/disguised.called
func misnamed() int { return 10 }

func called() int { return misnamed() }

// Its owner declares it without a value, for others to give it one.
//
//gonym:owed in-effect/local-definition; unproven/no-names +initialised-variable
//go:linkname limit example.com/disguised/lib.limit
var limit = 11

func never() int { return shadowed() + field() + tabled() }

//go:noinline
func variables() (int, int) {
	level := lib.Level()
	renamed = 8
	return level, lib.Renamed()
}

func main() {
	shadowed := lib.Shadowed()
	box := struct{ field func() int }{field: lib.Field()}
	fmt.Println(shadowed(), box.field(), lib.Table[0](), list[0]())
	fmt.Println(variables())
	fmt.Println(renamed, swapped(), lib.Swapped(), declared(), called(), lib.Limit(), limit)
	fmt.Println(third.Getter(), third.Value()(), third.Variable(), hooks.Dummy, numbered.Counted())
	fmt.Println(third.Twice(), lib.Given())
}
