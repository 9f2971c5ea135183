package lib

import "strings"

var Sink []string

func wanted(int) int

func Run(x int) int { return wanted(x) }

//go:noinline
func hidden(x int) int {
	Sink = append(Sink, strings.Repeat("x", x))
	return x * 2
}

func leaf(x int) int { return x*3 + 1 }

func Inl(x int) int { return leaf(x) + leaf(x+1) }

func Mid(x int) int { return Inl(x) + hidden(x) }
