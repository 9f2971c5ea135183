package main

import (
	"example.com/spine/allgen"
	allvictim "example.com/spine/allgen/victim"
	"example.com/spine/gen"
	"example.com/spine/gen/victim"
)

//go:noinline
func generated() {
	println("behind //line:", gen.Run(one), victim.Kept(one), allgen.Run(one), allvictim.Kept(one))
}
