package main

import _ "unsafe"

//gonym:owed not-in-effect/not-a-directive +test-file
//go:linkname tested example.com/owed/dep.tested
