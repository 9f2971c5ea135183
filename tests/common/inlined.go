// Inlined prints every inlined call that the DWARF of FILE holds:
// entry of the outer function, name of the inlined one, line of the call.
//
//	go run inlined.go FILE
package main

import (
	"bufio"
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"os"
)

func main() {
	file, err := elf.Open(os.Args[1])
	check(err)
	data, err := file.DWARF()
	check(err)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	name := names(data)
	var open []*dwarf.Entry // the subtree's entries that have children
	for reader := data.Reader(); ; {
		entry, err := reader.Next()
		check(err)
		if entry == nil {
			return
		}
		if entry.Tag == 0 {
			open = open[:len(open)-1]
			continue
		}
		if entry.Tag == dwarf.TagInlinedSubroutine {
			for _, outer := range open {
				if entryPC, ok := outer.Val(dwarf.AttrLowpc).(uint64); ok && outer.Tag == dwarf.TagSubprogram {
					fmt.Fprintf(out, "%x\t%d\t%s\n", entryPC, entry.Val(dwarf.AttrCallLine), name(entry))
				}
			}
		}
		if entry.Children {
			open = append(open, entry)
		}
	}
}

// names resolves the name of an entry through its abstract origin.
func names(data *dwarf.Data) func(*dwarf.Entry) string {
	known := map[dwarf.Offset]string{}
	reader := data.Reader()
	return func(entry *dwarf.Entry) string {
		origin, ok := entry.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
		if !ok {
			return "?"
		}
		if known[origin] == "" {
			reader.Seek(origin)
			abstract, err := reader.Next()
			check(err)
			known[origin], _ = abstract.Val(dwarf.AttrName).(string)
		}
		return known[origin]
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
