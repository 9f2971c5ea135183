// Ends in the way that its first argument names.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"sync"
	"syscall"
	"time"
	_ "unsafe"
)

type square struct{ side int }

func (s *square) area() int { return s.side * s.side }

type shaped interface{ area() int }

type pair[K comparable, V any] struct {
	key K
	val *V
}

//go:noinline
func (p *pair[K, V]) get() V { return *p.val }

func inner(p *int) int { return *p + 1 }

func middle(p *int) int { return inner(p) + 1 }

//go:noinline
func outer(p *int) int { return middle(p) + 1 }

//go:noinline
func deep(n int, p *int) int {
	if n == 0 {
		return *p
	}
	return deep(n-1, p) + n
}

//go:noinline
func deferring() {
	defer func() {
		if r := recover(); r != nil {
			panic(fmt.Sprint("again: ", r))
		}
	}()
	outer(nil)
}

func fail(text string) { panic(text) }

//go:linkname pushed example.com/elsewhere.Hook
//go:noinline
func pushed(p *int) int { return middle(p) }

type embedding struct{ *square }

func main() {
	var nothing *int
	switch os.Args[1] {
	case "nil":
		outer(nothing)
	case "closure":
		func() { func() { outer(nothing) }() }()
	case "generic":
		p := &pair[string, int]{key: "x"}
		p.get()
	case "receiver":
		var s *square
		fmt.Println(s.area())
	case "wrapper":
		var s shaped = embedding{}
		s.area()
	case "deep":
		deep(300, nothing)
	case "defer":
		deferring()
	case "sort":
		sort.Slice([]int{1, 2, 3}, func(i, j int) bool { fail("sorting"); return false })
	case "once":
		var once sync.Once
		once.Do(func() { fail("once") })
	case "index":
		words := os.Args
		fmt.Println(words[len(words)+3])
	case "map":
		var m map[string]int
		m["x"] = 1
	case "pushed":
		pushed(nothing)
	case "goroutine":
		done := make(chan bool)
		go func() {
			func() { go outer(nothing); time.Sleep(time.Minute) }()
			done <- true
		}()
		<-done
	case "asleep":
		var lock sync.Mutex
		lock.Lock()
		lock.Lock()
	case "stack":
		func() { debug.PrintStack() }()
	case "all":
		go func() { select {} }()
		runtime.Gosched()
		time.Sleep(10 * time.Millisecond)
		fail("all")
	case "quit":
		go func() { syscall.Kill(os.Getpid(), syscall.SIGQUIT) }()
		time.Sleep(time.Minute)
	case "value":
		f := fail
		if len(os.Args) > 7 {
			f = nil
		}
		f("value")
	}
}
