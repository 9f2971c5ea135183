package main

// Another file than the declaration's: the directive is looked up in the whole package.

import _ "unsafe"

//gonym:expect main.apart=example.com/core/lib.apart in-effect/referenced shows "main.calls calls example.com/core/lib.apart"
//gonym:source pull func main.apart=example.com/core/lib.apart in-effect/referenced

//go:linkname apart example.com/core/lib.apart
