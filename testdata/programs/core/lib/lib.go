// Package lib owns most of the functions that the other packages reach for.
package lib

import _ "unsafe"

// Box carries the methods that main pulls.
type Box struct{ Side int }

//go:noinline
func (b *Box) area() int { return b.Side * b.Side }

//go:noinline
func (b Box) half() int { return b.Side / 2 }

//go:noinline
func called(x int) int { return x + 100 }

//go:noinline
func apart(x int) int { return x + 102 }

//go:noinline
func summed(a, b int) int { return a + b + 200 }

//go:noinline
func forDot(x int) int { return x + 210 }

//go:noinline
func viaHandle(x int) int { return x + 230 }

//go:noinline
func Exported(x int) int { return x + 250 }

//go:noinline
func valued(x int) int { return x + 300 }

//go:noinline
func tabled(x int) int { return x + 340 }

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

// Nobody can import main, but its names can be pulled.
//
//gonym:expect example.com/core/lib.mainsHidden=main.hiddenInMain in-effect/referenced shows "lib.AskMain calls main.hiddenInMain"
//gonym:source pull func example.com/core/lib.mainsHidden=main.hiddenInMain in-effect/referenced
//go:linkname mainsHidden main.hiddenInMain
func mainsHidden(x int) int

//go:noinline
func AskMain(x int) int { return mainsHidden(x) + 1 }

//go:noinline
func busy(x int) int { return x + 360 }

//go:noinline
func busyToo(x int) int { return x + 361 }

//go:noinline
func RunBusy(x int) int { return busy(x) + busyToo(x) }

// hook has no body here; impl pushes one.
func hook(x int) int

//go:noinline
func RunHook(x int) int { return hook(x) }

//go:noinline
func spacedTarget(x int) int { return x + 1 }

//go:noinline
func foldedTarget(x int) int { return x + 2 }

//go:noinline
func tabbedTarget(x int) int { return x + 3 }

// Spare keeps the targets of things that are no directives in the binary.
//
//go:noinline
func Spare(x int) int { return spacedTarget(x) + foldedTarget(x) + tabbedTarget(x) }

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
func (i *Inner) do() int { return i.N + 600 }

//go:noinline
func Run(d Doer) int { return d.do() }

// bothKinds is a function here; winners.go declares a variable of that name.
//
//go:noinline
func bothKinds(x int) int { return x + 370 }

//go:noinline
func RunBothKinds(x int) int { return bothKinds(x) }
