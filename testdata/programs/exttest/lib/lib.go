// Package lib has a test inside the package and one outside it, in the same folder.
package lib

//go:noinline
func Double(x int) int { return 2 * x }
