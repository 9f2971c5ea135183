package main

import (
	"example.com/spine/impl"
	"example.com/spine/lib"
)

// lib.hook is impl's by push; main neither provides nor calls it. A pair does not
// say pull or push, so the fact that holds for both forms is given.
// Nothing of lib is called by impl, pushed or not.
//
//gonym:refute main.provide=example.com/spine/lib.hook unused/not-called
//gonym:refute example.com/spine/impl.takes=example.com/spine/lib.called unused/not-called
//go:noinline
func pushes() {
	println("push called by lib:", lib.RunHook(one))
	println("push inlined away:", impl.UseGone(one))
	println("push to no package:", impl.UseOrphan(one))
	println("push nobody asked for:", impl.UseUnheard(one))
}
