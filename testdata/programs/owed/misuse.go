package main

// What looks like a directive and is none: everything builds, and nothing says so.

//gonym:owed not-in-effect/not-a-directive +blank-before-word
// go:linkname spaced example.com/owed/dep.secret

//go:noinline
func spaced() int { return 21 }

//gonym:owed not-in-effect/not-a-directive +tab-after-word
//go:linkname	tabbed example.com/owed/dep.secret

//go:noinline
func tabbed() int { return 22 }

//gonym:owed not-in-effect/not-a-directive +wrong-case
//go:LinkName cased example.com/owed/dep.secret

//go:noinline
func cased() int { return 23 }

//gonym:owed not-in-effect/not-a-directive +unknown-word
//go:linknames worded example.com/owed/dep.secret

//go:noinline
func worded() int { return 24 }

//gonym:owed not-in-effect/not-a-directive +block-comment
/*go:linkname blocked example.com/owed/dep.secret*/

//go:noinline
func blocked() int { return 25 }

//gonym:owed mistake +bare-directive
//go:linkname

//go:noinline
func bare() int { return 26 }

//go:noinline
func excluded() int { return 27 }

//go:noinline
func tested() int { return 28 }
