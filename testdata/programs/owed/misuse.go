package main

// What looks like a directive and is none: everything builds, and nothing says so.

//gonym:owed not-in-effect/not-a-directive +directive-with-space
// go:linkname spaced example.com/owed/dep.secret

//go:noinline
func spaced() int { return 21 }

//gonym:owed not-in-effect/not-a-directive +directive-with-tab
//go:linkname	tabbed example.com/owed/dep.secret

//go:noinline
func tabbed() int { return 22 }

//gonym:owed not-in-effect/not-a-directive +directive-wrong-case
//go:LinkName cased example.com/owed/dep.secret

//go:noinline
func cased() int { return 23 }

//gonym:owed not-in-effect/not-a-directive +directive-unknown-word
//go:linknames worded example.com/owed/dep.secret

//go:noinline
func worded() int { return 24 }

//gonym:owed not-in-effect/not-a-directive +directive-in-block-comment
/*go:linkname blocked example.com/owed/dep.secret*/

//go:noinline
func blocked() int { return 25 }

//gonym:owed not-in-effect/not-a-directive +directive-without-names
//go:linkname

//go:noinline
func bare() int { return 26 }

//go:noinline
func excluded() int { return 27 }

//go:noinline
func tested() int { return 28 }
