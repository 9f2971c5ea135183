package main

import (
	"example.com/core/impl"
	"example.com/core/lib"
)

// lib.hook is impl's by push; main neither provides nor calls it, and impl calls nothing of lib.
//
//gonym:refute main.provide=example.com/core/lib.hook unused/not-called
//gonym:refute example.com/core/dot%2ev3.provide=example.com/core/lib.hook unused/not-called
//gonym:refute example.com/core/impl.takes=example.com/core/lib.apart unused/not-called
//gonym:refute runtime.takes=example.com/core/lib.hook unused/not-called
//go:noinline
func pushes() {
	check("push called by lib", lib.RunHook(one), 1002)
	check("push inlined away", impl.UseGone(one), 1102)
	check("push to no package", impl.UseOrphan(one), 1201)
	check("push nobody asked for", impl.UseUnheard(one), 1301)
	check("push to std that is not linked", impl.UseToStd(one), 1311)
	check("push to std that is linked", impl.UseToRuntime(one), 1321)
	lib.RunByAssembly()
	check("defined by another package's assembly", impl.Bumped, 1)
}
