// Package impl is what main reaches into.
package impl

var n = 7

//go:noinline
func secret() int { n++; return n }

//go:noinline
func held() int { n += 2; return n }

//go:noinline
func unused() int { n += 3; return n }

// Pushed is provided by main.
func Pushed() int

// Call keeps all of them in the program.
func Call() int { return secret() + held() + unused() + Pushed() }
