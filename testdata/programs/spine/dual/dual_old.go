//go:build !go1.22

package dual

// Go 1.19's linker panics on the assembly ("bad carrier sym"), so these builds do without it.
func callsLocal(x int) int { return x + 9000 }
