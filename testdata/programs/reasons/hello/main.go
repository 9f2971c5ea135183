package main

import (
	"fmt"
	"os"
)

type shape interface{ area() int }
type square struct{ side int }

func (s square) area() int { return helper(s.side) }

//go:noinline
func helper(n int) int { return n * n }

//go:noinline
func onlyValue() { println("v") }

var table = []func(){onlyValue}

func run(s shape) int { return s.area() }

func main() {
	fmt.Fprintln(os.Stdout, "hi", run(square{len(os.Args)}))
	for _, f := range table {
		f()
	}
}
