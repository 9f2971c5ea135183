package lib

// hook has no body here; impl pushes one.
func hook(x int) int

//go:noinline
func target(x int) int { return x + 20 }

//go:noinline
func Run(x int) int { return hook(x) + target(x) }
