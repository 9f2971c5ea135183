//go:build neverset

package main

import _ "unsafe"

//go:linkname excluded example.com/core/lib.spacedTarget
func excluded(int) int
