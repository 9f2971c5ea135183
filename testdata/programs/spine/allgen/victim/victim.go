// Package victim has no directive; allgen's //line comments point into this folder.
package victim

//go:noinline
func Kept(x int) int { return x + 1 }
