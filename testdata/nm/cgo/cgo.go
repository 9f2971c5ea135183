// Package cgo has a function and a variable of C: its archive has members that are no Go objects.
package cgo

// int cgodata = 5;
// void cgofunc(void) {}
import "C"

var Data = C.cgodata

func Call() { C.cgofunc() }
