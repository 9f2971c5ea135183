// Command dynlink is built as a plugin, and against the standard library as a shared object: its own
// packages hold every directive, because libstd.so holds the other side of those on the standard library.
package main

import (
	"example.com/dynlink/impl"
	"example.com/dynlink/lib"
	"os"
	_ "unsafe"
)

var one = 1

// A plugin's package main goes by its import path, which 1.19 and 1.20 record nowhere.
//
//gonym:expect main.called=example.com/dynlink/lib.called in-effect/referenced
//gonym:expect main.called=example.com/dynlink/lib.called unproven/package-absent when go<=1.20,mode=plugin
//gonym:source pull func main.called=example.com/dynlink/lib.called in-effect/referenced
//gonym:source pull func main.called=example.com/dynlink/lib.called unproven/package-absent when go<=1.20,mode=plugin
//gonym:refute example.com/dynlink/impl.called=example.com/dynlink/lib.called unused/not-called
//gonym:refute main.ordinary=example.com/dynlink/lib.ordinary unused/not-called
//gonym:refute main.ordinary=example.com/dynlink/lib.ordinary unproven/package-absent when go<=1.20,mode=plugin
//gonym:refute main.provide=example.com/dynlink/lib.hook unused/not-called
//gonym:refute main.provide=example.com/dynlink/lib.hook unproven/package-absent when go<=1.20,mode=plugin
//gonym:refute func:main.noSuch=example.com/dynlink/lib.noSuch unused/absent
//gonym:refute func:main.noSuch=example.com/dynlink/lib.noSuch unproven/no-names when names=pclntab,mode=plugin|linkshared
//go:linkname called example.com/dynlink/lib.called
func called(int) int

//gonym:expect main.idle=example.com/dynlink/lib.busy unused/not-called
//gonym:expect main.idle=example.com/dynlink/lib.busy unproven/package-absent when go<=1.20,mode=plugin
//gonym:source pull func main.idle=example.com/dynlink/lib.busy unused/not-called
//gonym:source pull func main.idle=example.com/dynlink/lib.busy unproven/package-absent when go<=1.20,mode=plugin
//go:linkname idle example.com/dynlink/lib.busy
func idle(int) int

//go:noinline
func own(x int) int { return lib.Run(x) + 5 }

func main() {
	impl.Use()
	println("dynlink", called(one), own(one), lib.Hook(one))
	if called(one) != 101 || own(one) != 406 || lib.Hook(one) != 501 {
		os.Exit(1)
	}
}
