package main

// throughAsm is assembly and calls lib.asmOnly; assembly may call any name without a directive.
//
//gonym:refute main.asmOnly=example.com/spine/lib.asmOnly unproven/ambiguous
func throughAsm(x int) int

//go:noinline
func assembly() {
	println("from assembly:", throughAsm(one))
}
