// What debug/dwarf reads in an executable, as lines that tests/dwarf.rs compares with gonym's.
//
//	U <name> <language> <producer> <has entries>
//	E <unit> <offset> <kind> <name> <address> <line> <file> <type> <size>
//	P <name> <type> <size> <is result>    (parameters of the E above)
//
// Fields are separated by tabs; what is not told is "-"; in strings \, tab and newline are escaped.
package main

import (
	"bufio"
	"debug/dwarf"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"
)

var escape = strings.NewReplacer("\\", "\\\\", "\t", "\\t", "\n", "\\n")

type file struct {
	data  *dwarf.Data
	addr  []byte // .debug_addr
	order binary.ByteOrder
	out   *bufio.Writer
	unit  int
	base  uint64 // of the unit's addresses in addr
	size  int    // of an address
	units []*dwarf.Entry
	names map[*dwarf.Entry][]*dwarf.LineFile
}

func open(path string) (*file, error) {
	f := &file{out: bufio.NewWriter(os.Stdout), unit: -1, names: map[*dwarf.Entry][]*dwarf.LineFile{}}
	if x, err := elf.Open(path); err == nil {
		f.order = x.ByteOrder
		if s := x.Section(".debug_addr"); s != nil {
			f.addr, _ = s.Data()
		}
		f.data, err = x.DWARF()
		return f, err
	}
	if x, err := macho.Open(path); err == nil {
		f.order = x.ByteOrder
		f.data, err = x.DWARF()
		return f, err
	}
	x, err := pe.Open(path)
	if err != nil {
		return nil, err
	}
	f.order = binary.LittleEndian
	if s := x.Section(".debug_addr"); s != nil {
		f.addr, _ = s.Data()
	}
	f.data, err = x.DWARF()
	return f, err
}

func main() {
	f, err := open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	// First the units alone: entries refer to later ones too.
	for r := f.data.Reader(); ; r.SkipChildren() {
		e, err := r.Next()
		if err != nil {
			log.Fatal(err)
		}
		if e == nil {
			break
		}
		f.units = append(f.units, e)
	}
	r := f.data.Reader()
	for {
		e, err := r.Next()
		if err != nil {
			log.Fatal(err)
		}
		if e == nil {
			break
		}
		if e.Tag == dwarf.TagCompileUnit {
			f.enter(e, r)
			continue
		}
		if e.Tag == dwarf.TagVariable || e.Tag == dwarf.TagSubprogram {
			f.entry(e)
		}
		if e.Tag != 0 {
			r.SkipChildren()
		}
	}
	f.out.Flush()
}

func (f *file) enter(e *dwarf.Entry, r *dwarf.Reader) {
	f.unit++
	f.size, f.base = r.AddressSize(), 0
	if base, ok := e.Val(dwarf.AttrAddrBase).(int64); ok {
		f.base = uint64(base)
	}
	language, _ := e.Val(dwarf.AttrLanguage).(int64)
	name, _ := e.Val(dwarf.AttrName).(string)
	producer, _ := e.Val(dwarf.AttrProducer).(string)
	child := f.data.Reader()
	child.Seek(e.Offset)
	child.Next()
	first, _ := child.Next()
	fmt.Fprintf(f.out, "U\t%s\t%d\t%s\t%v\n", escape.Replace(name), language, escape.Replace(producer), e.Children && first != nil && first.Tag != 0)
}

// value looks at the entries that e refers to as well.
func (f *file) value(e *dwarf.Entry, attr dwarf.Attr) any {
	for steps := 0; e != nil && steps < 4; steps++ {
		if v := e.Val(attr); v != nil {
			return v
		}
		e = f.origin(e)
	}
	return nil
}

func (f *file) origin(e *dwarf.Entry) *dwarf.Entry {
	offset, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
	if !ok {
		if offset, ok = e.Val(dwarf.AttrSpecification).(dwarf.Offset); !ok {
			return nil
		}
	}
	return f.at(offset)
}

func (f *file) at(offset dwarf.Offset) *dwarf.Entry {
	r := f.data.Reader()
	r.Seek(offset)
	e, err := r.Next()
	if err != nil {
		log.Fatal(err)
	}
	return e
}

func (f *file) entry(e *dwarf.Entry) {
	name, ok := f.value(e, dwarf.AttrName).(string)
	if !ok {
		return
	}
	kind := map[dwarf.Tag]string{dwarf.TagVariable: "variable", dwarf.TagSubprogram: "subprogram"}[e.Tag]
	line := "-"
	if v, ok := f.value(e, dwarf.AttrDeclLine).(int64); ok {
		line = fmt.Sprint(v)
	}
	fmt.Fprintf(f.out, "E\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", f.unit, e.Offset, kind, escape.Replace(name), f.address(e), line, f.file(e), f.typ(e))
	if e.Tag == dwarf.TagSubprogram {
		f.parameters(e)
	}
}

func (f *file) address(e *dwarf.Entry) string {
	if low, ok := e.Val(dwarf.AttrLowpc).(uint64); ok {
		return fmt.Sprintf("%#x", low)
	}
	// A C function with a cold part has several ranges; it begins with the first.
	if e.Tag == dwarf.TagSubprogram && e.Val(dwarf.AttrRanges) != nil {
		if ranges, err := f.data.Ranges(e); err == nil && len(ranges) > 0 {
			return fmt.Sprintf("%#x", ranges[0][0])
		}
	}
	location, _ := e.Val(dwarf.AttrLocation).([]byte)
	if len(location) == 0 {
		return "-"
	}
	word := func(b []byte) uint64 {
		if f.size == 4 {
			return uint64(f.order.Uint32(b))
		}
		return f.order.Uint64(b)
	}
	switch {
	case location[0] == 0x03 && len(location) == 1+f.size: // DW_OP_addr
		return fmt.Sprintf("%#x", word(location[1:]))
	case location[0] == 0xa1: // DW_OP_addrx
		index, n := binary.Uvarint(location[1:])
		if n == len(location)-1 {
			return fmt.Sprintf("%#x", word(f.addr[f.base+index*uint64(f.size):]))
		}
	}
	return "-"
}

func (f *file) file(e *dwarf.Entry) string {
	for e != nil && e.Val(dwarf.AttrDeclFile) == nil {
		e = f.origin(e)
	}
	if e == nil {
		return "-"
	}
	index, _ := e.Val(dwarf.AttrDeclFile).(int64)
	unit := f.unitOf(e.Offset)
	names, ok := f.names[unit]
	if !ok {
		if r, err := f.data.LineReader(unit); err == nil && r != nil {
			names = r.Files()
		}
		f.names[unit] = names
	}
	if index >= int64(len(names)) || names[index] == nil {
		return "-"
	}
	return escape.Replace(names[index].Name)
}

func (f *file) unitOf(offset dwarf.Offset) *dwarf.Entry {
	behind := sort.Search(len(f.units), func(i int) bool { return f.units[i].Offset > offset })
	return f.units[behind-1]
}

func (f *file) typ(e *dwarf.Entry) string {
	offset, ok := f.value(e, dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return "-\t-"
	}
	name, size := "-", "-"
	if v, ok := f.at(offset).Val(dwarf.AttrName).(string); ok {
		name = escape.Replace(v)
	}
	if t, err := f.data.Type(offset); err == nil && t.Size() >= 0 {
		size = fmt.Sprint(t.Size())
	}
	return name + "\t" + size
}

func (f *file) parameters(e *dwarf.Entry) {
	for o := f.origin(e); o != nil && o.Children; o = f.origin(o) {
		e = o
	}
	if !e.Children {
		return
	}
	r := f.data.Reader()
	r.Seek(e.Offset)
	r.Next()
	for {
		p, err := r.Next()
		if err != nil {
			log.Fatal(err)
		}
		if p == nil || p.Tag == 0 {
			return
		}
		if p.Tag == dwarf.TagFormalParameter {
			name, _ := f.value(p, dwarf.AttrName).(string)
			result, _ := f.value(p, dwarf.AttrVarParam).(bool)
			fmt.Fprintf(f.out, "P\t%s\t%s\t%v\n", escape.Replace(name), f.typ(p), result)
		}
		r.SkipChildren()
	}
}
