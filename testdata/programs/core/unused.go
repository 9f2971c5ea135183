package main

import (
	"example.com/core/lib"
	_ "unsafe"
)

// Nothing that runs reaches these handles, so that even misspelt and vanished targets link.

//gonym:expect func:main.misspelt=rumtime.nanotime unused/absent
//gonym:expect func:main.misspelt=rumtime.nanotime unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//gonym:expect main.misspelt=rumtime.nanotime unused/absent;unused/absent;unproven/no-names
//gonym:source pull func main.misspelt=rumtime.nanotime unused/absent
//gonym:source pull func main.misspelt=rumtime.nanotime unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//go:linkname misspelt rumtime.nanotime
func misspelt() int64

//gonym:expect func:main.vanished=example.com/core/lib.vanished unused/absent
//gonym:expect func:main.vanished=example.com/core/lib.vanished unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//gonym:source pull func main.vanished=example.com/core/lib.vanished unused/absent
//gonym:source pull func main.vanished=example.com/core/lib.vanished unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//go:linkname vanished example.com/core/lib.vanished
func vanished() int64

// The target is there and others call it.
//
//gonym:expect main.idle=example.com/core/lib.busy unused/not-called
//gonym:source pull func main.idle=example.com/core/lib.busy unused/not-called
//go:linkname idle example.com/core/lib.busy
func idle(int) int

// Called only by a function that is itself dead.
//
//gonym:expect main.behindDead=example.com/core/lib.busyToo unused/not-called
//gonym:source pull func main.behindDead=example.com/core/lib.busyToo unused/not-called
//go:linkname behindDead example.com/core/lib.busyToo
func behindDead(int) int

//go:noinline
func dead(x int) int { return behindDead(x) }

//gonym:refute func:main.noSuch=example.com/core/lib.noSuch unused/absent
//gonym:refute func:main.noSuch=example.com/core/lib.noSuch unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//gonym:refute main.noSuch=example.com/core/lib.noSuch unused/absent;unused/absent;unproven/no-names
//gonym:refute var:main.noSuch=example.com/core/lib.noSuch unused/absent;unused/absent;unproven/no-names
//gonym:refute main.busy=example.com/core/lib.busy unused/not-called
//go:noinline
func unusedHandles() {
	check("called by others only", lib.RunBusy(one), 723)
}
