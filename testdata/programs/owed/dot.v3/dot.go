// Package dot has a path whose last element has a dot.
package dot

var value int

//go:noinline
func Value() int { return value }
