// Package algo calls back; default.pgo says whom.
package algo

//go:noinline
func Sum[T any](xs []T, f func(T) int) int {
	total := 0
	for i := range xs {
		total += f(xs[i])
	}
	return total
}
