//go:build cgo

// Package withc says whether the build has C code, and brings some.
package withc

import "C"

// Linked is 1 where runtime/cgo is linked.
const Linked = 1
