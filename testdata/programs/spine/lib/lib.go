// Package lib owns most of the names that the other packages reach for.
package lib

// Box carries the method that main pulls.
type Box struct{ Side int }

//go:noinline
func (b *Box) area() int { return b.Side * b.Side }

//go:noinline
func called(x int) int { return x + 100 }

//go:noinline
func summed(a, b int) int { return a + b + 200 }

//go:noinline
func forDot(x int) int { return x + 210 }

//go:noinline
func dualTarget(x int) int { return x + 220 }

//go:noinline
func viaHandle(x int) int { return x + 230 }

//go:noinline
func forGrammar(x int) int { return x + 240 }

//go:noinline
func Exported(x int) int { return x + 250 }

// twice is assembly that Go code calls, asmOnly is assembly that assembly calls.
func twice(x int) int
func asmOnly(x int) int

//go:noinline
func valued(x int) int { return x + 300 }

// Done, Deferred and LoopDeferred tell main that a function without a result ran.
var (
	Done         = make(chan int)
	Deferred     int
	LoopDeferred int
)

//go:noinline
func started() { Done <- 310 }

//go:noinline
func deferred() { Deferred++ }

//go:noinline
func loopDeferred() { LoopDeferred++ }

// hook has no body here; impl pushes one.
func hook(x int) int

//go:noinline
func RunHook(x int) int { return hook(x) }

//go:noinline
func spacedTarget(x int) int { return x + 1 }

//go:noinline
func foldedTarget(x int) int { return x + 2 }

var counter int

//go:noinline
func Count() { counter++ }

//go:noinline
func hidden(x int) int { return x + 320 }

//go:noinline
func hiddenCalled(x int) int { return x + 330 }

func Get() func(int) int       { return hidden }
func GetCalled() func(int) int { return hiddenCalled }

// Doer can be satisfied outside lib only by embedding one of lib's types.
type Doer interface{ do() int }

// Inner is the type that main embeds.
type Inner struct{ N int }

//go:noinline
func (in *Inner) do() int { return in.N + 340 }

//go:noinline
func Run(d Doer) int { return d.do() }

// Spare runs so that spacedTarget and foldedTarget are in the binary.
//
//go:noinline
func Spare(x int) int { return spacedTarget(x) + foldedTarget(x) }
