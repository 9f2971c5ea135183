// Package algo takes functions of others, in bodies small enough to be inlined.
package algo

func First[T any](xs []T, ok func(T) bool) int {
	for i := range xs {
		if ok(xs[i]) {
			return i
		}
	}
	return -1
}

func Call(f func(int) int, x int) int {
	y := x + 1
	y += f(y)
	return y
}

// Meter is what Twice reads.
type Meter interface{ Read() int }

func Twice(m Meter) int {
	v := m.Read()
	v += v
	return v
}

func Lazy(f func() int) func() int {
	return func() int { return f() + 1 }
}

//go:noinline
func Kept(x int) int { return x + 1 }
