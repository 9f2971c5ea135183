package lib

import (
	"testing"
	_ "unsafe"
)

//gonym:expect example.com/exttest/lib.nano=runtime.nanotime in-effect/referenced shows "lib.TestInside calls runtime.nanotime"
//go:linkname nano runtime.nanotime
func nano() int64

func TestInside(t *testing.T) {
	if nano() == 0 || Double(2) != 4 {
		t.Fatal("runtime.nanotime did not run")
	}
}
