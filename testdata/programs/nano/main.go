// Command nano reads the runtime's own clock, which no exported API hands out.
package main

import _ "unsafe" // the compiler accepts go:linkname only where unsafe is imported

//gonym:expect main.runtimeNano=runtime.nanotime in-effect/referenced shows "main.main calls runtime.nanotime" shows "main.go:14"
//gonym:expect main.runtimeNano=runtime.nanotime in-effect/same-address when fixture=nano-go1.27-linux-amd64-alias

//go:linkname runtimeNano runtime.nanotime
func runtimeNano() int64

func main() {
	for start, last := runtimeNano(), int64(0); last <= start; {
		last = runtimeNano()
	}
	println("runtime.nanotime moved on")
}
