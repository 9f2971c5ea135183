// Command owed uses and misuses go:linkname; what became of each directive stands above it.
//
// The program prints what it saw when it ran: that, and not gonym, says which directives took effect.
package main

import (
	"fmt"
	_ "unsafe"

	"example.com/owed/asm"
	"example.com/owed/dep"
	dot "example.com/owed/dot.v3"
)

// Pulls.

//gonym:owed in-effect/referenced
//go:linkname nanotime runtime.nanotime
func nanotime() int64

//gonym:owed in-effect/referenced
//go:linkname secret example.com/owed/dep.secret
func secret() int

//gonym:owed in-effect/referenced +missing-noescape
//go:linkname method example.com/owed/dep.(*Thing).hidden
func method(*dep.Thing) int

//gonym:owed in-effect/funcval
//go:linkname held example.com/owed/dep.held
func held() int

//gonym:owed in-effect/referenced,in-effect/funcval
//go:linkname started example.com/owed/dep.started
func started(done chan int)

//gonym:owed unused/not-called,unused/absent
//go:linkname never example.com/owed/dep.never
func never() int

//gonym:owed unused/absent +unknown-function-target
//go:linkname misspelt example.com/owed/dep.noSuchFunction
func misspelt() int

// Its package exports it: importing it says the same, and the compiler checks it.
//
//gonym:owed in-effect/referenced +exported-target
//go:linkname exported example.com/owed/dep.Exported
func exported() int

// What it returns is not what this says.
//
//gonym:owed in-effect/referenced +signature-results
//go:linkname wrong example.com/owed/dep.wrong
func wrong() string

// The pointer escapes, because nothing says that it does not.
//
//gonym:owed in-effect/referenced +missing-noescape
//go:linkname touch example.com/owed/dep.touch
func touch(*int)

// Pushes.

//gonym:owed in-effect/foreign-file
//go:linkname provide example.com/owed/dep.provided
func provide() int { return 11 }

// Nobody of that name is here: a typo of dep, or a package that this program does not import.
//
//gonym:owed in-effect/unclaimed +unwanted-push
//go:linkname astray example.com/owed/deb.provided
//go:noinline
func astray() int { return 12 }

//gonym:owed unused/absent,unused/inlined
//go:linkname idle example.com/owed/dep.idle
func idle() int { return 13 }

// One argument.

//gonym:owed no-trace/permission-only
//go:linkname permitted
//go:noinline
func permitted() int { return 14 }

// Variables.

//gonym:owed in-effect/dwarf-owner; unproven/no-names
//go:linkname counter example.com/owed/dep.counter
var counter int

// The runtime calls it numCPUStartup since 1.25: this is a private zero.
//
//gonym:owed not-in-effect/detached; unproven/no-names +stale-variable-target
//go:linkname ncpu runtime.ncpu
var ncpu int32

//gonym:owed in-effect/local-definition; unproven/no-names +initialised-variable
//go:linkname limit example.com/owed/dep.limit
var limit = 99

//gonym:owed in-effect/*; unproven/no-names +variable-size
//go:linkname flag example.com/owed/dep.flag
var flag [4]int64

//gonym:owed not-in-effect/kind-mismatch,unproven/*; not-in-effect/kind-mismatch,unproven/* +kind-differs
//go:linkname function example.com/owed/dep.function
var function int

// Dots of the last element are written %2e in a symbol's name.
//
//gonym:owed not-in-effect/detached; unproven/no-names +unescaped-path
//go:linkname dotted example.com/owed/dot.v3.value
var dotted int

// -X sets main.stamp, which no symbol bears.
//
//gonym:owed in-effect/dwarf-owner; unproven/no-names +ldflags-x-ignored
//go:linkname stamp example.com/owed/dep.stamp
var stamp string

func main() {
	fmt.Println("nanotime", nanotime() > 0)
	fmt.Println("secret", secret())
	fmt.Println("method", method(&dep.Thing{}))
	table := []func() int{held}
	fmt.Println("held", table[dep.Zero()]())
	done := make(chan int)
	go started(done)
	fmt.Println("started", <-done)
	if dep.Zero() != 0 {
		unreached = func() int { return 0 }
	}
	fmt.Println("exported", exported())
	fmt.Println("wrong", len(wrong()) < 0)
	n := 1
	touch(&n)
	fmt.Println("touch", n)
	fmt.Println("provided", dep.Provided())
	fmt.Println("astray", astray())
	fmt.Println("permitted", permitted())
	counter++
	fmt.Println("counter", dep.Counter())
	fmt.Println("ncpu", ncpu > 0)
	fmt.Println("limit", dep.Limit())
	flag[0] = 5
	fmt.Println("flag", dep.Flag())
	function = 7
	fmt.Println("function", dep.Function(), function)
	dotted = 8
	fmt.Println("dotted", dot.Value())
	stamp += "!"
	fmt.Println("stamp", dep.Stamp())
	fmt.Println("spaced", spaced(), "tabbed", tabbed(), "cased", cased(), "worded", worded(), "blocked", blocked(), "bare", bare())
	fmt.Println("excluded", excluded(), "tested", tested())
	fmt.Println("assembly", asm.Sum(1, 2))
}

var unreached = func() int { return 1 }
