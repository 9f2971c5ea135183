// Command core holds the kinds of linkname that need no C, one question per check. Each check prints
// which body or variable it really used; the program exits with 1 when one is not what its source says.
package main

import "os"

// one is not a constant, so that nothing below can be folded away.
var one = 1

var failed = false

//go:noinline
func check(question string, got, want int) {
	println(question+":", got)
	if got != want {
		println("WRONG, wanted", want)
		failed = true
	}
}

func main() {
	calls()
	standard()
	values()
	pushes()
	oneArgument()
	unusedHandles()

	shared()
	sizes()
	winners()
	detached()
	linkerDefined()

	notDirectives()
	getters()
	inserted(one, nil)
	fromAssembly()
	callbacks()
	promoted()
	ordinaryVariables()
	if failed {
		os.Exit(1)
	}
	println("core: all as its source says")
}
