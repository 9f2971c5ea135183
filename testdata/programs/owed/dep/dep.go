// Package dep is what package main reaches into.
package dep

import _ "unsafe"

// Thing has a method that is not exported.
type Thing struct{ n int }

//go:noinline
func (t *Thing) hidden() int { return t.n + 2 }

//go:noinline
func secret() int { return 1 }

//go:noinline
func held() int { return 3 }

//go:noinline
func started(done chan int) { done <- 4 }

//go:noinline
func never() int { return 5 }

//go:noinline
func Exported() int { return 6 }

//go:noinline
func wrong() int { return 7 }

//go:noinline
func touch(p *int) { *p++ }

// Provided by package main.
//
//gonym:owed in-effect/foreign-file
//go:linkname provided
func provided() int

var (
	counter int
	limit   int
	flag    bool
	stamp   string
)

//go:noinline
func function() int { return 8 }

// Zero is not known to be zero.
//
//go:noinline
func Zero() int { return len(stamp) / 100 }

func Provided() int { return provided() }

//go:noinline
func Counter() int { counter++; return counter }

//go:noinline
func Limit() int { return limit }

//go:noinline
func Flag() bool { return flag }

//go:noinline
func Function() int { return function() }

//go:noinline
func Stamp() string { return stamp }
