package lib

import _ "unsafe"

// With a body, one argument only permits others to pull; the call in main proves main's directive, not this one.
//
//gonym:expect example.com/core/lib.permitted=example.com/core/lib.permitted no-trace/permission-only
//gonym:source one-arg func example.com/core/lib.permitted=example.com/core/lib.permitted no-trace/permission-only
//gonym:refute example.com/core/lib.called=example.com/core/lib.called no-trace/permission-only
//go:linkname permitted
//go:noinline
func permitted(x int) int { return x + 350 }

// Without one, another package must provide it. The same bytes come of a declaration without any directive.
//
//gonym:expect example.com/core/lib.declared=example.com/core/lib.declared unproven/ambiguous
//gonym:source one-arg func example.com/core/lib.declared=example.com/core/lib.declared in-effect/foreign-file
//gonym:refute example.com/core/lib.hook=example.com/core/lib.hook unproven/ambiguous
//go:linkname declared
func declared(x int) int

//go:noinline
func RunDeclared(x int) int { return declared(x) }

// The package's own assembly provides it; own.go has the directive.
//
//gonym:refute example.com/core/lib.ownAssembly=example.com/core/lib.ownAssembly no-trace/own-assembly when go<=1.21
//gonym:refute example.com/core/lib.asmTarget=example.com/core/lib.asmTarget no-trace/own-assembly
func ownAssembly()

//go:noinline
func RunOwnAssembly() { ownAssembly() }

// asmTarget is pulled by main's Go code, fromAssembly is called by main's assembly.
func asmTarget()
func fromAssembly()

// Bumped is counted by assembly.
var Bumped int

func bump() { Bumped++ }

// byAssembly is defined by impl's assembly.
func byAssembly()

//go:noinline
func RunByAssembly() { byAssembly() }

//go:noinline
func RunFromAssembly() { fromAssembly() }
