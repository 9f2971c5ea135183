//go:build missing

package main

import "C"

import _ "unsafe"

// Nobody provides it, and the C linker is left with its name (golang/go#81051). Linkers of shared
// libraries refuse it.
//
//go:linkname missing rumtime.nanotime
func missing() int64

//export Missing
func Missing() int64 { return missing() }
