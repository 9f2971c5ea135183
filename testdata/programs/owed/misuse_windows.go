package main

import _ "unsafe"

//gonym:owed not-in-effect/not-a-directive +excluded-file
//go:linkname excluded example.com/owed/dep.excluded
