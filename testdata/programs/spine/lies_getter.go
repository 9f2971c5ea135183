package main

import "example.com/spine/lib"

// Get is inlined: main.getters itself holds the address of a function that lib hides.
//
//gonym:refute main.hidden=example.com/spine/lib.hidden unproven/ambiguous
//gonym:refute main.hiddenCalled=example.com/spine/lib.hiddenCalled unproven/ambiguous
//go:noinline
func getters() {
	println("inlined getter:", apply(lib.Get(), one), lib.GetCalled()(one))
}
