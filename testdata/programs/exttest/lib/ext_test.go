package lib_test

import (
	"testing"

	"example.com/exttest/lib"
)

// lib_test is a package of its own in lib's folder: neither its functions nor its calls are lib's.
//
//gonym:refute example.com/exttest/lib.helper=example.com/exttest/lib_test.helper unproven/ambiguous|unused/not-called
//gonym:refute example.com/exttest/lib.check=example.com/exttest/lib_test.check unproven/ambiguous|unused/not-called
//go:noinline
func helper(x int) int { return lib.Double(x) + 1 }

//go:noinline
func check(t *testing.T, got, want int) {
	if got != want {
		t.Fatal(got)
	}
}

func TestOutside(t *testing.T) { check(t, helper(2), 5) }
