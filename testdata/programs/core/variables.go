package main

import (
	"example.com/core/dot.v3"
	"example.com/core/handle"
	"example.com/core/lib"
	"example.com/core/withc"
	_ "unsafe"
)

// A variable that its owner defines is in effect; but an inlined getter leaves the bytes of any use.

//gonym:expect main.counter=example.com/core/lib.counter unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:expect var:main.counter=example.com/core/lib.counter unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:source pull var main.counter=example.com/core/lib.counter in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names
//gonym:refute func:main.counter=example.com/core/lib.counter not-in-effect/kind-mismatch;not-in-effect/kind-mismatch;unused/absent
//gonym:refute func:main.counter=example.com/core/lib.counter unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//go:linkname counter example.com/core/lib.counter
var counter int

//gonym:expect main.head=example.com/core/lib.head unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:source pull var main.head=example.com/core/lib.head in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names
//go:linkname head example.com/core/lib.head
var head *lib.Node

// lib never uses idle: without DWARF nothing tells it from a private variable of that name.
//
// Under asan lib's own code names it, to register it with the library that watches it.
//
//gonym:expect main.idleVariable=example.com/core/lib.idle unproven/ambiguous;unproven/no-dwarf;unproven/no-names
//gonym:source pull var main.idleVariable=example.com/core/lib.idle in-effect/dwarf-owner;unproven/no-dwarf;unproven/no-names
//gonym:expect main.idleVariable=example.com/core/lib.idle unproven/ambiguous;unproven/ambiguous;unproven/no-names when mode=asan
//gonym:source pull var main.idleVariable=example.com/core/lib.idle in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names when mode=asan
//go:linkname idleVariable example.com/core/lib.idle
var idleVariable int

//gonym:expect main.exportedVariable=example.com/core/lib.ExportedVariable unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:source pull var main.exportedVariable=example.com/core/lib.ExportedVariable in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names
//go:linkname exportedVariable example.com/core/lib.ExportedVariable
var exportedVariable int

// Whether cgo is linked, as the runtime sees it. Since 1.23 the runtime's own declaration has a directive, too
// (for others to pull it), and of two declarations with directives the linker keeps main's. Where cgo is
// linked, runtime/cgo's initialiser is the definition, and the unit is neither the runtime's nor main's.
//
//gonym:expect main.iscgo=runtime.iscgo in-effect/local-definition;unproven/ambiguous;unproven/no-names when cgo=no
//gonym:expect main.iscgo=runtime.iscgo unproven/ambiguous;unproven/ambiguous;unproven/no-names when cgo=no,go<=1.22
//gonym:expect main.iscgo=runtime.iscgo unproven/ambiguous;unproven/ambiguous;unproven/no-names when cgo=yes
//gonym:source pull var main.iscgo=runtime.iscgo in-effect/local-definition;in-effect/owner-refers;unproven/no-names when cgo=no
//gonym:source pull var main.iscgo=runtime.iscgo in-effect/dwarf-owner;in-effect/owner-refers;unproven/no-names when cgo=no,go<=1.22
//gonym:source pull var main.iscgo=runtime.iscgo in-effect/owner-refers;in-effect/owner-refers;unproven/no-names when cgo=yes
//gonym:expect runtime/cgo._iscgo=runtime.iscgo in-effect/local-definition|unproven/ambiguous|unused/not-called;unproven/ambiguous|unused/not-called;unproven/no-names when cgo=yes
//gonym:refute runtime/cgo._iscgo=runtime.iscgo unproven/package-absent;unproven/package-absent;unproven/package-absent|unproven/no-names when cgo=no
//go:linkname iscgo runtime.iscgo
var iscgo bool

// Written by DATA lines: no DIE speaks of it, lib's code uses it.
//
//gonym:expect main.written=example.com/core/lib.written unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:source pull var main.written=example.com/core/lib.written in-effect/owner-refers;in-effect/owner-refers;unproven/no-names
//go:linkname written example.com/core/lib.written
var written int32

//go:noinline
func shared() {
	lib.Count()
	counter += 40
	check("variable", lib.Count(), 42)
	lib.Push(50)
	check("pointer", head.Value, 50)
	idleVariable++
	check("variable that its owner does not use", idleVariable, 1)
	exportedVariable++
	check("exported variable", lib.ExportedVariables(), 51)
	check("variable of the runtime", bit(iscgo), withc.Linked)
	check("variable written by assembly", int(written)+lib.Written(), 2*1701)
	written++
	check("variable written by assembly, changed", lib.Written(), 1702)
	handle.Level++
	check("exported handle of a variable", lib.Level(), 1)
}

// Of a variable that main's code uses, nobody can say that it was not inlined into main from another package.
//
// Ordinary variables and ordinary uses. An inlined getter's reference is lib's where a line says so, and
// main's where the compiler keeps only the line of the use.
//
//gonym:refute main.version=example.com/core/lib.version unproven/ambiguous|unused/not-called;unproven/ambiguous|unused/not-called|unproven/no-dwarf;unproven/no-names
//gonym:refute main.seen=example.com/core/lib.seen unproven/ambiguous|unused/not-called;unproven/ambiguous|unused/not-called;unproven/no-names
//gonym:refute main.byItsName=example.com/core/lib.ByItsName unproven/ambiguous;unproven/ambiguous;unproven/no-names
//gonym:refute main.hoarded=example.com/core/lib.hoarded unused/not-called;unused/not-called;unproven/no-names
//gonym:refute var:main.hoarded=example.com/core/lib.hoarded unused/not-called;unused/not-called;unproven/no-names
//gonym:refute func:main.hoarded=example.com/core/lib.hoarded not-in-effect/kind-mismatch;not-in-effect/kind-mismatch;unused/absent
//gonym:refute func:main.hoarded=example.com/core/lib.hoarded unproven/no-names when names=pclntab,mode=external|pie-external|static-pie|c-shared|race|asan
//gonym:refute main.hoard=example.com/core/dot%2ev3.hoard unused/not-called;unused/not-called;unproven/no-names
//gonym:refute example.com/core/impl.counter=example.com/core/lib.counter unused/not-called|unproven/ambiguous;unused/not-called|unproven/ambiguous;unproven/no-names
//gonym:refute example.com/core/handle.counter=example.com/core/lib.counter unused/not-called|unproven/ambiguous;unused/not-called|unproven/ambiguous;unproven/no-names
//gonym:refute example.com/core/nobody.counter=example.com/core/lib.counter unproven/package-absent;unproven/package-absent;unproven/package-absent|unproven/no-names
//gonym:refute main.noSuchVariable=example.com/core/lib.noSuchVariable unused/absent;unused/absent;unproven/no-names
//gonym:refute main.barrier=runtime.writeBarrier unproven/ambiguous;unproven/ambiguous;unproven/no-names
//go:noinline
func ordinaryVariables() {
	check("getter of a variable", len(lib.Version()), 3)
	lib.SetSeen(one)
	check("setter of a variable", lib.Seen(), 4)
	check("exported variable by its name", lib.ByItsName, 30)
	check("owner's own", lib.Hoarded(one)+dot.Hoard(), 1414)
}
