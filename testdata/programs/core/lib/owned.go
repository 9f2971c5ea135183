package lib

// The variables that main and handle reach for. Each function that uses one is kept out of line, so
// that it is lib's own code that refers to it.

var (
	counter  int            // shared
	head     *Node          // shared, a pointer
	small    [4]int         // main's declaration is smaller
	large    [1]int         // main's is larger
	limit    = 7            // main's initialiser is 0
	chosen   int            // main's initialiser wins
	computed int            // main's initialiser runs at start
	idle     int            // lib never uses it
	level    int            // behind handle.Level
	hoarded  = [2]int{1, 2} // nobody else has a directive
	version  = "lib"        // read through an inlined getter
	seen     int            // written through an inlined setter
	written  int32          // its value is in lib.s
)

// Node is what head points to.
type Node struct {
	Next  *Node
	Value int
}

// ExportedVariable can be used by anybody.
var ExportedVariable = 20

// ByItsName can be used by anybody, too.
var ByItsName = 30

//go:noinline
func Count() int { counter++; return counter }

//go:noinline
func Push(value int) { head = &Node{head, value} }

//go:noinline
func Small() int { return small[0] + small[1] + small[2] + small[3] }

//go:noinline
func FillSmall(x int) {
	for i := range small {
		small[i] = x
	}
}

//go:noinline
func Large() int { return large[0] }

//go:noinline
func Limit() int { return limit }

//go:noinline
func Chosen() int { return chosen }

//go:noinline
func Computed() int { return computed }

//go:noinline
func Level() int { return level }

//go:noinline
func ExportedVariables() int { return ExportedVariable + ByItsName }

//go:noinline
func Hoarded(i int) int { hoarded[i]++; return hoarded[i] }

// Written is what the DATA lines of lib.s say; the DATA symbol replaces the declared one.
//
//go:noinline
func Written() int { return int(written) }

func Version() string { return version }

func SetSeen(x int) { seen = x }

//go:noinline
func Seen() int { return seen + len(version) }
