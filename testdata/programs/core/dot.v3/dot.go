// Package dot is spelt dot%2ev3 in symbol names and dot.v3 everywhere else.
package dot

import _ "unsafe"

//go:noinline
func secret(x int) int { return x + 1400 }

//gonym:expect example.com/core/dot%2ev3.fetch=example.com/core/lib.forDot in-effect/referenced shows ".Fetch calls example.com/core/lib.forDot"
//gonym:source pull func example.com/core/dot%2ev3.fetch=example.com/core/lib.forDot in-effect/referenced
//go:linkname fetch example.com/core/lib.forDot
func fetch(int) int

//go:noinline
func Fetch(x int) int { return fetch(x) + 1 }

var hoard = 1410

//go:noinline
func Hoard() int { hoard++; return hoard }
