// Command purego calls C without cgo: purego brings a runtime/cgo of its own, made of pushes.
package main

import (
	"fmt"

	"github.com/ebitengine/purego"
)

func main() {
	library, err := purego.Dlopen("libc.so.6", purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		fmt.Println(err)
		return
	}
	var absolute func(int32) int32
	purego.RegisterLibFunc(&absolute, library, "abs")
	fmt.Println(absolute(-7))
}
