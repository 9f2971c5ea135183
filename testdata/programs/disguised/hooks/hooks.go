// Package hooks has handles that others use, or seem to use.
package hooks

import _ "unsafe"

// Dummy makes main import the package.
var Dummy int

// Unused is linked to what third gets by way of its owner.
//
//gonym:owed unproven/ambiguous; unproven/no-names
//go:linkname Unused example.com/disguised/lib.unused
var Unused int

// Doubled is called by third where nothing is compiled; what is, calls that of again.
//
//gonym:owed unproven/ambiguous
//go:linkname Doubled example.com/disguised/lib.doubled
func Doubled() int

// Value is passed on by third.
//
//gonym:owed in-effect/funcval
//go:linkname Value example.com/disguised/lib.value
func Value() int

// Variable is read by third.
//
//gonym:owed in-effect/dwarf-owner; unproven/no-names
//go:linkname Variable example.com/disguised/lib.variable
var Variable int
