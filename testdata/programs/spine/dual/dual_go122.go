//go:build go1.22

package dual

func callsLocal(x int) int
