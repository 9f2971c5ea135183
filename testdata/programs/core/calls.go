package main

import (
	"example.com/core/dot.v3"
	"example.com/core/handle"
	"example.com/core/lib"
	"example.com/core/wrap"
	_ "unsafe"
)

//gonym:expect main.called=example.com/core/lib.called in-effect/referenced shows "main.calls calls example.com/core/lib.called"
//gonym:expect func:main.called=example.com/core/lib.called in-effect/referenced
//gonym:source pull func main.called=example.com/core/lib.called in-effect/referenced
//gonym:refute var:main.called=example.com/core/lib.called not-in-effect/kind-mismatch;not-in-effect/kind-mismatch;not-in-effect/kind-mismatch|unproven/no-names
// Where everything goes by the stack, functions and variables have one kind of symbol.
//gonym:refute var:main.called=example.com/core/lib.called unproven/ambiguous when arch=386|arm|mips|mipsle|mips64|mips64le
//gonym:refute var:main.called=example.com/core/lib.called unproven/ambiguous when arch=s390x,go<=1.25
//gonym:refute var:main.called=example.com/core/lib.called unproven/ambiguous when arch=loong64,go<=1.21
//gonym:refute var:main.called=example.com/core/lib.called unproven/ambiguous when arch=riscv64,go<=1.18
//go:linkname called example.com/core/lib.called
func called(int) int

// The directive stands apart from what it is about; only the file has to import unsafe.
func apart(int) int

//gonym:expect main.boxArea=example.com/core/lib.(*Box).area in-effect/referenced shows "main.calls calls example.com/core/lib.(*Box).area"
//gonym:source pull func main.boxArea=example.com/core/lib.(*Box).area in-effect/referenced
//go:linkname boxArea example.com/core/lib.(*Box).area
func boxArea(*lib.Box) int

//gonym:expect main.boxHalf=example.com/core/lib.Box.half in-effect/referenced shows "main.calls calls example.com/core/lib.Box.half"
//gonym:source pull func main.boxHalf=example.com/core/lib.Box.half in-effect/referenced
//go:linkname boxHalf example.com/core/lib.Box.half
func boxHalf(lib.Box) int

// The call goes to the wrapper that the compiler writes around assembly, where there is one.
//
//gonym:expect main.asmTarget=example.com/core/lib.asmTarget in-effect/referenced shows "main.calls calls example.com/core/lib.asmTarget"
//gonym:source pull func main.asmTarget=example.com/core/lib.asmTarget in-effect/referenced
//go:linkname asmTarget example.com/core/lib.asmTarget
func asmTarget()

//gonym:expect main.dotted=example.com/core/dot%2ev3.secret in-effect/referenced shows "main.calls calls example.com/core/dot"
//gonym:source pull func main.dotted=example.com/core/dot%2ev3.secret in-effect/referenced
//go:linkname dotted example.com/core/dot%2ev3.secret
func dotted(int) int

// An exported target might have been called by its own name: the bytes are the same.
//
//gonym:expect main.exported=example.com/core/lib.Exported unproven/ambiguous
//gonym:source pull func main.exported=example.com/core/lib.Exported in-effect/referenced
//go:linkname exported example.com/core/lib.Exported
func exported(int) int

// Inside one package a pull looks like any call of the target by its own name.
//
//gonym:expect main.alias=main.aliased unproven/ambiguous
//gonym:source pull func main.alias=main.aliased in-effect/referenced
//gonym:refute main.twin=main.aliased unproven/ambiguous
//go:linkname alias main.aliased
func alias(int) int

//go:noinline
func aliased(x int) int { return x + 800 }

//go:noinline
func twin(x int) int { return x + 900 }

//go:noinline
func hiddenInMain(x int) int { return x + 110 }

// Sum is inlined here: the call sits in main.calls but belongs to wrap. Fetch is not: its pull is dot's.
//
//gonym:refute main.sum=example.com/core/lib.summed unused/not-called
//gonym:refute main.fetch=example.com/core/lib.forDot unused/not-called
//gonym:refute example.com/core/impl.called=example.com/core/lib.called unused/not-called
//gonym:refute example.com/core/dot%2ev3.called=example.com/core/lib.called unused/not-called
//gonym:refute example.com/core/handle.called=example.com/core/lib.called unused/not-called
//gonym:refute example.com/core/impl.sum=example.com/core/lib.summed unused/not-called
//gonym:refute example.com/core/impl.fetch=example.com/core/lib.forDot unused/not-called
//gonym:refute example.com/core/handle.fetch=example.com/core/lib.forDot unused/not-called
//gonym:refute example.com/core/impl.busy=example.com/core/lib.busy unused/not-called
//gonym:refute example.com/core/nobody.called=example.com/core/lib.called unproven/package-absent
//gonym:refute main.hidden2=main.hiddenInMain unused/not-called
//gonym:refute example.com/core/handle.hidden=main.hiddenInMain unused/not-called
//go:noinline
func calls() {
	check("called", called(one), 101)
	check("directive apart", apart(one), 103)
	check("method", boxArea(&lib.Box{Side: one + 2}), 9)
	check("value method", boxHalf(lib.Box{Side: one + 3}), 2)
	asmTarget()
	check("assembly target", lib.Bumped, 1)
	check("escaped package", dotted(one), 1401)
	check("out of an escaped package", dot.Fetch(one), 212)
	check("exported target", exported(one), 251)
	check("same package", alias(one)+twin(one), 1702)
	check("inlined wrapper", wrap.Sum(one, 2)+wrap.Kept(one), 208)
	check("exported handle", handle.Handle(one)+handle.Kept(one), 233)
	check("into main", lib.AskMain(one), 112)
}
