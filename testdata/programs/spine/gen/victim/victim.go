// Package victim has no directive; gen's //line comments point into this folder.
package victim

//go:noinline
func Kept(x int) int { return x + 1 }
