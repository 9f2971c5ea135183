// Package asm has a function in assembly, or a twin of it in Go.
package asm

import _ "unsafe"

//gonym:owed no-trace/own-assembly,no-trace/permission-only
//go:linkname sum
func sum(a, b int) int

// Sum adds.
//
//go:noinline
func Sum(a, b int) int { return sum(a, b) }
