// Package dual pulls a name that its own assembly defines as well.
package dual

import _ "unsafe"

// Go callers reach lib, although the binary holds a dual.local elsewhere.
//
//gonym:expect example.com/spine/dual.local=example.com/spine/lib.dualTarget in-effect/referenced shows ".Local calls example.com/spine/lib.dualTarget"
//go:linkname local example.com/spine/lib.dualTarget
func local(int) int

//go:noinline
func Local(x int) int { return local(x) + callsLocal(x) }
