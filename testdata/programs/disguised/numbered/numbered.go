// Package numbered has a line that is not where it says.
package numbered

import (
	_ "unsafe"

	"example.com/disguised/lib"
)

// The position of its use is said to be the line below, where the directive's name stands.
//
//gonym:owed unproven/ambiguous
//go:linkname numbered example.com/disguised/lib.numbered
func numbered() int

//go:noinline
func Counted() int {
//line :14:1
	return lib.Numbered()()
}
