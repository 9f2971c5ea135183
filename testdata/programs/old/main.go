package main

import (
	"fmt"
	"os"
	"old/lib"
	_ "unsafe"
)

//go:linkname hidden old/lib.hidden
func hidden(int) int

//go:linkname nanotime runtime.nanotime
func nanotime() int64

//go:linkname provide old/lib.wanted
func provide(x int) int { fmt.Sprintln(x); return x + 41 }

func main() {
	fmt.Println(hidden(len(os.Args)), nanotime() > 0, lib.Run(1), lib.Inl(3), lib.Mid(4))
}
