// The pprof that comes with Go, without the binary reader that `go tool pprof` puts in the place of tools.
// `raw FROM TO` drops the symbols of a profile, `told FILE` prints those of each address.
package main

import (
	"fmt"
	"os"
	"sort"

	"github.com/google/pprof/driver"
	"github.com/google/pprof/profile"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parsed(name string) *profile.Profile {
	file, err := os.Open(name)
	check(err)
	p, err := profile.Parse(file)
	check(err)
	return p
}

func raw(from, to string) {
	p := parsed(from)
	for _, location := range p.Location {
		location.Line = nil
	}
	p.Function = nil
	for _, mapping := range p.Mapping {
		mapping.HasFunctions, mapping.HasFilenames, mapping.HasLineNumbers, mapping.HasInlineFrames = false, false, false, false
	}
	file, err := os.Create(to)
	check(err)
	check(p.Write(file))
	check(file.Close())
}

func told(name string) {
	var lines []string
	for _, location := range parsed(name).Location {
		text := fmt.Sprintf("%x", location.Address)
		for _, line := range location.Line {
			text += fmt.Sprintf("\t%s %s:%d", line.Function.Name, line.Function.Filename, line.Line)
		}
		lines = append(lines, text)
	}
	sort.Strings(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
}

func main() {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "raw":
		raw(os.Args[2], os.Args[3])
	case len(os.Args) == 3 && os.Args[1] == "told":
		told(os.Args[2])
	default:
		check(driver.PProf(&driver.Options{}))
	}
}
