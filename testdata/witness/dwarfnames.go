// Prints UNIT KIND NAME TYPE of every package-level variable and function of a binary's DWARF.
package main

import (
	"debug/dwarf"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"fmt"
	"os"
)

func data(path string) (*dwarf.Data, error) {
	if f, err := elf.Open(path); err == nil {
		return f.DWARF()
	}
	if f, err := macho.Open(path); err == nil {
		return f.DWARF()
	}
	f, err := pe.Open(path)
	if err != nil {
		return nil, err
	}
	return f.DWARF()
}

func main() {
	d, err := data(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	unit, r := "", d.Reader()
	for {
		e, err := r.Next()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if e == nil {
			return
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		switch e.Tag {
		case dwarf.TagCompileUnit:
			unit = name
			continue
		case dwarf.TagVariable, dwarf.TagSubprogram:
			typ := ""
			if off, ok := e.Val(dwarf.AttrType).(dwarf.Offset); ok {
				if t, err := d.Type(off); err == nil {
					typ = t.String()
				}
			}
			if name != "" {
				fmt.Printf("%s\t%s\t%s\t%s\n", unit, e.Tag, name, typ)
			}
		}
		r.SkipChildren()
	}
}
