package main

import "unsafe"

// The linker itself defines where the text begins and ends. That a DIE of main bears such a name, only a directive
// can bring about.

//gonym:expect main.text=runtime.text unproven/ambiguous|in-effect/linker-defined;unproven/ambiguous;unproven/no-names|unproven/ambiguous
//gonym:source pull var main.text=runtime.text in-effect/linker-defined;in-effect/linker-defined;unproven/no-names|in-effect/linker-defined
//go:linkname text runtime.text
var text byte

//gonym:expect main.etext=runtime.etext unproven/ambiguous|in-effect/linker-defined;unproven/ambiguous;unproven/no-names|unproven/ambiguous
//gonym:source pull var main.etext=runtime.etext in-effect/linker-defined;in-effect/linker-defined;unproven/no-names|in-effect/linker-defined
//go:linkname etext runtime.etext
var etext byte

//go:noinline
func linkerDefined() {
	f := linkerDefined
	pc := **(**uintptr)(unsafe.Pointer(&f))
	begin, end := uintptr(unsafe.Pointer(&text)), uintptr(unsafe.Pointer(&etext))
	check("text", bit(begin <= pc && pc < end), 1)
}
