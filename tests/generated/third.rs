//! The package that takes callbacks: inlinable, generic, with a type of its own, and one that keeps them.

pub const THIRD: &str = r#"// Apply is inlined.
func Apply(f func(int) int, n int) int { return f(n) }

//go:noinline
func Hold(f func(int) int, n int) int { return f(n) }

// Ignore is inlined and leaves nothing of f.
func Ignore(f func(int) int, n int) int { return n }

func Each[T any](x []T, f func(T) T) T {
	var last T
	for _, e := range x {
		last = f(e)
	}
	return last
}

type Box struct {
	F func(int) int
	N int
}

func (b Box) Do(n int) int { return b.F(n) }

type Func func(int) int

func (f Func) Do(n int) int { return f(n) }

type Doer interface{ Do(int) int }

//go:noinline
func Run(d Doer, n int) int { return d.Do(n) }

//go:noinline
func Thunk(f func() int) int { return f() }

// Load is inlined.
func Load(p *int) int { return *p }

//go:noinline
func Keep(p *int) int { return *p }

//go:noinline
func Last(x []int) int { return x[len(x)-1] }

//go:noinline
func Seven() int { return 7 }
"#;
