// Package plain has a symbol of each letter that a Go object can have. It imports nothing, so that one call of the
// compiler makes its object.
package plain

// Zeroed is B, Set is D.
var (
	Zeroed uint32
	Set    = 7
	handle = hidden
	words  = [...]string{"one", "two"}
)

type number int

func (n number) text() string { return words[n] }

type texter interface{ text() string }

// Call is T; the constant that it returns is R, and its closure and its types are symbols too.
func Call(n int) (func() int, texter, string) {
	return func() int { n += Set; return n }, number(n), "a constant string"
}

//go:noinline
func hidden(n int) int { Zeroed++; return n + Set }
