// Package again has a handle of the name and the target of one in hooks.
package again

import _ "unsafe"

// Doubled is called by third.
//
//gonym:owed in-effect/referenced
//go:linkname Doubled example.com/disguised/lib.doubled
func Doubled() int
