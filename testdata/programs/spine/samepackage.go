package main

import _ "unsafe"

// Inside one package a pull looks like any call of the target by its own name.
//
//gonym:expect main.alias=main.aliased unproven/ambiguous
//go:linkname alias main.aliased
func alias(int) int

//go:noinline
func aliased(x int) int { return x + 800 }

// own-body does not fit: its second half, "main does not refer to the remote", fails.
//
//gonym:refute main.twin=main.aliased unproven/ambiguous
//go:noinline
func twin(x int) int { return x + 900 }

//go:noinline
func samePackage() {
	println("same package:", alias(one), twin(one))
}
