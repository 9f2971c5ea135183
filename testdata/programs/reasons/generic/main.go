// Command generic calls through type parameters, tables, closures, method values and reflection.
package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
)

type number interface{ ~int | ~float64 }

//go:noinline
func sum[T number](all []T) (total T) {
	for _, one := range all {
		total += one
	}
	return total
}

type stack[T any] struct{ all []T }

//go:noinline
func (s *stack[T]) Push(one T) { s.all = append(s.all, one) }

//go:noinline
func (s *stack[T]) Len() int { return len(s.all) }

type sized interface{ Len() int }

type command struct {
	name string
	run  func(words []string) int
}

//go:noinline
func count(words []string) int { return len(words) }

//go:noinline
func longest(words []string) int {
	most := 0
	for _, word := range words {
		most = max(most, len(word))
	}
	return most
}

//go:noinline
func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}

var commands = []command{{"count", count}, {"longest", longest}}

var byName = map[string]func([]string) int{"c": count, "l": longest}

type Reflected struct{ word string }

// Shout is called by its name alone.
func (r Reflected) Shout() string { return strings.ToUpper(r.word) }

//go:noinline
func deferred(done func()) { defer done() }

var created = fmt.Sprint("made by an initialiser")

func init() { created += strings.Repeat("!", len(os.Args)) }

func main() {
	words := append([]string{"one", "three"}, os.Args[1:]...)
	for _, one := range commands {
		fmt.Println(one.name, one.run(words))
	}
	fmt.Println(byName["c"](words), sum([]int{1, 2}), sum([]float64{1, 2}))
	var anything sized = &stack[string]{}
	anything.(*stack[string]).Push(words[0])
	fmt.Println(anything.Len())
	shout := reflect.ValueOf(Reflected{words[0]}).MethodByName(os.Getenv("METHOD") + "Shout")
	fmt.Println(shout.Call(nil)[0], created)
	total := 0
	deferred(func() { total = longest(words) })
	sort.Slice(words, func(a, b int) bool { return words[a] < words[b] })
	print := strings.NewReplacer("a", "b").Replace
	fmt.Println(print(words[0]), total)
}
