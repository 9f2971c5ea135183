package main

import _ "unsafe"

// Nothing that runs reaches these handles, so their misspelt and vanished targets link.

//gonym:expect func:main.misspelt=rumtime.nanotime unused/absent
//gonym:expect main.misspelt=rumtime.nanotime unused/absent when names=symtab
//gonym:expect main.misspelt=rumtime.nanotime unproven/no-names when names=pclntab
//go:linkname misspelt rumtime.nanotime
func misspelt() int64

//gonym:expect func:main.vanished=example.com/spine/lib.vanished unused/absent
//gonym:expect main.vanished=example.com/spine/lib.vanished unused/absent when names=symtab
//gonym:expect main.vanished=example.com/spine/lib.vanished unproven/no-names when names=pclntab
//go:linkname vanished example.com/spine/lib.vanished
func vanished() int64

// A package that is not in the binary has no code that could refer to anything.
//
//gonym:refute example.com/spine/nobody.called=example.com/spine/lib.called unproven/package-absent
