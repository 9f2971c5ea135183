// Command carchive is a library for C programs: pulls that are called and that are held as values, and a
// push.
package main

/*
static int add(int a, int b) { return a + b; }
*/
import "C"

import (
	"fmt"
	_ "unsafe"

	"example.com/carchive/impl"
)

//go:linkname nanotime runtime.nanotime
func nanotime() int64

//go:linkname secret example.com/carchive/impl.secret
func secret() int

//go:linkname held example.com/carchive/impl.held
func held() int

//go:linkname unused example.com/carchive/impl.unused
func unused() int

//go:linkname pushed example.com/carchive/impl.Pushed
func pushed() int { return 42 }

var table = []func() int{held}

//export Entry
func Entry() int {
	fmt.Println(C.add(1, 2), nanotime() > 0, table[0](), impl.Call())
	return secret()
}

func main() {}
