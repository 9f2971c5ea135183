// Package third uses some handles of hooks.
package third

import (
	own "example.com/disguised/hooks"
	"example.com/disguised/lib"
)

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
