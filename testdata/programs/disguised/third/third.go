// Package third uses some handles of hooks.
package third

import (
	"example.com/disguised/again"
	own "example.com/disguised/hooks"
	"example.com/disguised/lib"
)

const never = false

//go:noinline
func Twice() int {
	if never {
		return own.Doubled()
	}
	return again.Doubled()
}

//go:noinline
func Getter() int {
	return lib.Unused()
}

//go:noinline
func Value() func() int {
	return own.Value
}

//go:noinline
func Variable() int {
	return own.Variable
}
