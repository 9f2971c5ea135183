// Command marks prints what the compiler and the assembler wrote into object files: one line per
// symbol with its name, its ABI, T or D, a letter for where it comes from (g Go, w wrapper, s
// assembly), and one for the mark (- none, m linkname, s linknamestd).
//
// It reads the names of package archives from its standard input. cmd/internal/goobj is Go's own
// reader of that format and may only be imported below cmd, so this file is put there by an overlay.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"

	"cmd/internal/archive"
	"cmd/internal/goobj"
	"cmd/internal/objabi"
)

func main() {
	names := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for names.Scan() {
		if err := read(names.Text(), out); err != nil {
			log.Fatalf("%s: %v", names.Text(), err)
		}
	}
}

func read(name string, out *bufio.Writer) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	all, err := archive.Parse(file, false)
	if err != nil {
		return err
	}
	for _, entry := range all.Entries {
		if entry.Type != archive.EntryGoObj {
			continue
		}
		bytes := make([]byte, entry.Obj.Size)
		if _, err := file.ReadAt(bytes, entry.Obj.Offset); err != nil {
			return err
		}
		reader := goobj.NewReaderFromBytes(bytes, false)
		if reader == nil {
			return fmt.Errorf("not an object of this Go")
		}
		symbols(reader, out)
	}
	return nil
}

func symbols(reader *goobj.Reader, out *bufio.Writer) {
	named := reader.NSym() + reader.NHashed64def() + reader.NHasheddef()
	for at := 0; at < named+reader.NNonpkgdef(); at++ {
		if at >= reader.NSym() && at < named {
			continue // content-addressed: no name counts
		}
		symbol := reader.Sym(uint32(at))
		kind := objabi.SymKind(symbol.Type())
		letter := "D"
		switch {
		case kind == objabi.STEXT || kind.String() == "STEXTFIPS":
			letter = "T"
		case symbol.Siz() == 0 && kind == objabi.Sxxx:
			continue
		}
		fmt.Fprintln(out, symbol.Name(reader), symbol.ABI(), letter, origin(reader, symbol), mark(symbol))
	}
}

func origin(reader *goobj.Reader, symbol *goobj.Sym) string {
	switch {
	case reader.FromAssembly():
		return "s"
	case symbol.ABIWrapper():
		return "w"
	}
	return "g"
}

// mark asks by interfaces: IsLinkname came with go1.23, IsLinknameStd with go1.27.
func mark(symbol *goobj.Sym) string {
	if std, ok := any(symbol).(interface{ IsLinknameStd() bool }); ok && std.IsLinknameStd() {
		return "s"
	}
	if all, ok := any(symbol).(interface{ IsLinkname() bool }); ok && all.IsLinkname() {
		return "m"
	}
	return "-"
}
