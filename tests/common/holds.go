// Command holds says what executables hold, by Go's own readers: one line for each file named on its
// standard input, with tabs between the version that wrote it, `symtab` where the symbol table names
// the program's functions and `pclntab` where not, and `full` or `none` for DWARF.
//
// Of an archive the member go.o is read; an object has no build information that Go would read, so
// its version is the one spelled in its bytes.
package main

import (
	"bufio"
	"bytes"
	"debug/buildinfo"
	"debug/dwarf"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"fmt"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		data, err := os.ReadFile(lines.Text())
		if err != nil {
			log.Fatal(err)
		}
		version := ""
		if member := archived(data); member != nil {
			data = member
			version = string(regexp.MustCompile(`go1\.[0-9]+\.[0-9]+`).Find(data))
		} else if info, err := buildinfo.Read(bytes.NewReader(data)); err == nil {
			version = info.GoVersion
		}
		names, debug := read(data)
		fmt.Printf("%s\t%s\t%s\n", version, pick(names, "symtab", "pclntab"), pick(debug, "full", "none"))
	}
}

func pick(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// archived gives the member go.o of a System V archive, and nil where there is none.
func archived(data []byte) []byte {
	const magic, header = "!<arch>\n", 60
	if !bytes.HasPrefix(data, []byte(magic)) {
		return nil
	}
	for at := len(magic); at+header <= len(data); {
		size, err := strconv.Atoi(strings.TrimSpace(string(data[at+48 : at+58])))
		if err != nil {
			log.Fatal(err)
		}
		body := data[at+header : at+header+size]
		if strings.HasPrefix(string(data[at:at+16]), "go.o") {
			return body
		}
		at += header + size + size%2
	}
	return nil
}

// read says whether the program's own functions have names in the symbol table, and whether there is
// DWARF for Go code.
func read(data []byte) (names, debug bool) {
	reader := bytes.NewReader(data)
	own := func(name string) bool {
		name = strings.TrimPrefix(name, "_")
		return strings.HasPrefix(name, "main.") || strings.HasPrefix(name, "example.com/") || strings.HasPrefix(name, "runtime.main")
	}
	if file, err := elf.NewFile(reader); err == nil {
		symbols, _ := file.Symbols()
		for _, symbol := range symbols {
			names = names || own(symbol.Name)
		}
		return names, speaksOfGo(file.DWARF())
	}
	if file, err := macho.NewFile(reader); err == nil {
		for _, symbol := range file.Symtab.Syms {
			names = names || own(symbol.Name)
		}
		return names, speaksOfGo(file.DWARF())
	}
	if file, err := pe.NewFile(reader); err == nil {
		for _, symbol := range file.Symbols {
			names = names || own(symbol.Name)
		}
		return names, speaksOfGo(file.DWARF())
	}
	log.Fatal("neither ELF nor Mach-O nor PE")
	return false, false
}

// speaksOfGo says whether a compilation unit is Go's: C code keeps its DWARF under -w.
func speaksOfGo(data *dwarf.Data, err error) bool {
	const languageGo = 0x16
	if err != nil {
		return false
	}
	units := data.Reader()
	for unit, err := units.Next(); unit != nil && err == nil; unit, err = units.Next() {
		if language, _ := unit.Val(dwarf.AttrLanguage).(int64); language == languageGo {
			return true
		}
		units.SkipChildren()
	}
	return false
}
