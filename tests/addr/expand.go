// Prints the frames of each address on standard input, as this program's own runtime expands them.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	_ "runtime/pprof"
	"sort"
	"strconv"
	"strings"
	"text/template"
	_ "unsafe"
)

// Since 1.21 CallersFrames gives one frame for each pc, and whoever collects pcs expands them before.
//
//go:linkname expand runtime/pprof.runtime_expandFinalInlineFrame
func expand(stk []uintptr) []uintptr

type number int

func (n number) Less(m number) bool { return n < m }

type ordered interface{ Less(number) bool }

// Generic and inlined code, wrappers, closures.
func sorted(words []string) []string {
	sort.Slice(words, func(i, j int) bool { return words[i] < words[j] })
	return words
}

func main() {
	var o ordered = number(len(os.Args))
	less := o.Less
	if less(0) {
		_ = template.Must(template.New("x").Parse("{{.}}")).Execute(os.Stdout, sorted(os.Args))
		_ = json.NewEncoder(os.Stdout).Encode(os.Args)
	}
	in := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		pc, err := strconv.ParseUint(strings.TrimSpace(in.Text()), 16, 64)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "%x", pc)
		// Every pc is taken for a return address, whose call ends one byte before.
		frames := runtime.CallersFrames(expand([]uintptr{uintptr(pc) + 1}))
		for {
			frame, more := frames.Next()
			if frame.PC != 0 {
				fmt.Fprintf(out, "\t%s %s:%d", frame.Function, frame.File, frame.Line)
			}
			if !more {
				break
			}
		}
		fmt.Fprintln(out)
	}
}
