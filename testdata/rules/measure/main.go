// Measure lists the direct calls and jumps of linux executables that go from the
// code of one package to an unexported function of another, and that no
// //go:linkname in GOROOT explains.
//
//	measure GOROOT EXECUTABLE...
//
// It prints target, calling package, example. It knows nothing of the harvested
// table: that is what makes it a check of it.
package main

import (
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/arch/x86/x86asm"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: measure GOROOT EXECUTABLE...")
		os.Exit(2)
	}
	known := directives(filepath.Join(os.Args[1], "src"))
	for _, name := range os.Args[2:] {
		if err := measure(name, known); err != nil {
			fmt.Fprintf(os.Stderr, "measure: %s: %v\n", name, err)
			os.Exit(1)
		}
	}
}

var directive = regexp.MustCompile(`(?m)^\s*//go:linkname(?:std)? +(\S+)(?: +(\S+))?[ \t]*(?://.*)?$`)

// directives maps each package folder to the remotes that its files name.
type directiveSet struct {
	of       map[string]map[string]bool
	exported map[string]bool // remotes behind an exported local: any package may call those
}

func directives(src string) directiveSet {
	set := directiveSet{map[string]map[string]bool{}, map[string]bool{}}
	filepath.WalkDir(src, func(file string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		folder, _ := filepath.Rel(src, filepath.Dir(file))
		for _, found := range directive.FindAllStringSubmatch(string(text), -1) {
			if set.of[folder] == nil {
				set.of[folder] = map[string]bool{}
			}
			remote := found[2]
			if remote == "" {
				remote = folder + "." + found[1]
			} else if unicode.IsUpper(rune(found[1][0])) {
				set.exported[remote] = true
			}
			set.of[folder][remote] = true
		}
		return nil
	})
	return set
}

// image is one executable: its functions by entry, and who owns a file.
type image struct {
	table   *gosym.Table
	entry   map[uint64]*gosym.Func
	goroot  string
	mainDir string
}

func measure(name string, known directiveSet) error {
	file, err := elf.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	text, lines := file.Section(".text"), file.Section(".gopclntab")
	if text == nil || lines == nil {
		return fmt.Errorf("no .text or .gopclntab")
	}
	code, err := text.Data()
	if err != nil {
		return err
	}
	pclntab, err := lines.Data()
	if err != nil {
		return err
	}
	start := text.Addr
	if symbols, err := file.Symbols(); err == nil {
		for _, symbol := range symbols {
			if symbol.Name == "runtime.text" {
				start = symbol.Value // C code comes first under external link
			}
		}
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(pclntab, start))
	if err != nil {
		return err
	}
	img := &image{table: table, entry: map[uint64]*gosym.Func{}}
	for i := range table.Funcs {
		img.entry[table.Funcs[i].Entry] = &table.Funcs[i]
	}
	if fn := table.LookupFunc("runtime.main"); fn != nil {
		img.goroot = strings.TrimSuffix(path.Dir(img.fileOf(fn.Entry)), "runtime")
	}
	if fn := table.LookupFunc("main.main"); fn != nil {
		img.mainDir = img.owner(img.fileOf(fn.Entry))
	}

	rows := map[string]bool{}
	for i := range table.Funcs {
		fn := &table.Funcs[i]
		if fn.Entry < text.Addr || fn.End > text.Addr+uint64(len(code)) {
			continue
		}
		body := code[fn.Entry-text.Addr : fn.End-text.Addr]
		branches(file.Machine, fn.Entry, body, func(pc, target uint64) {
			if row := img.unexplained(pc, fn, img.callee(target, fn), known); row != "" {
				rows[row] = true
			}
		})
	}
	sorted := make([]string, 0, len(rows))
	for row := range rows {
		sorted = append(sorted, row)
	}
	sort.Strings(sorted)
	for _, row := range sorted {
		fmt.Println(row)
	}
	return nil
}

// branches reports every direct call and jump that leaves the function.
func branches(machine elf.Machine, entry uint64, body []byte, report func(pc, target uint64)) {
	end := entry + uint64(len(body))
	out := func(pc, target uint64) {
		if target < entry || target >= end {
			report(pc, target)
		}
	}
	switch machine {
	case elf.EM_X86_64, elf.EM_386:
		mode, mask := 64, ^uint64(0)
		if machine == elf.EM_386 {
			mode, mask = 32, 0xffffffff
		}
		for at := 0; at < len(body); {
			inst, err := x86asm.Decode(body[at:], mode)
			if err != nil || inst.Len == 0 {
				at++
				continue
			}
			pc := entry + uint64(at)
			at += inst.Len
			if offset, ok := inst.Args[0].(x86asm.Rel); ok {
				out(pc, (entry+uint64(at)+uint64(int64(offset)))&mask)
			}
		}
	case elf.EM_AARCH64:
		for at := 0; at+4 <= len(body); at += 4 {
			word, pc := binary.LittleEndian.Uint32(body[at:]), entry+uint64(at)
			if word>>26 == 0x25 || word>>26 == 0x05 { // BL, B
				out(pc, pc+uint64(int64(int32(word<<6)>>6)*4))
			}
		}
	case elf.EM_ARM:
		// Literal pools stand between the code and read as branches now and then; only
		// the unconditional form is taken, which left 2 false ones in 2 executables.
		for at := 0; at+4 <= len(body); at += 4 {
			word, pc := binary.LittleEndian.Uint32(body[at:]), entry+uint64(at)
			if word>>25 == 0xe<<3|5 {
				out(pc, uint64(uint32(int64(pc)+8+int64(int32(word<<8)>>8)*4)))
			}
		}
	}
}

// callee is the function that a branch enters. duffzero and duffcopy are entered
// in the middle; any other such branch is none.
func (img *image) callee(target uint64, from *gosym.Func) *gosym.Func {
	if fn := img.entry[target]; fn != nil {
		return fn
	}
	if fn := img.table.PCToFunc(target); fn != nil && fn != from && strings.HasPrefix(fn.Name, "runtime.duff") {
		return fn
	}
	return nil
}

var compiled = regexp.MustCompile(`\.(func\d+|gowrap\d+|deferwrap\d+|init(\.\d+)*)([.-]|$)|-fm$|-range\d+|\.\d+$`)

func (img *image) unexplained(pc uint64, from, to *gosym.Func, known directiveSet) string {
	if to == nil || to == from {
		return ""
	}
	name := strings.TrimSuffix(to.Name, ".abi0")
	owner := packageOf(name)
	if owner == "" || strings.HasPrefix(name, "type:") || strings.HasPrefix(name, "type..") ||
		strings.HasPrefix(name, "go:") || strings.Contains(name, "[") || compiled.MatchString(name) {
		return ""
	}
	base := name[strings.LastIndexByte(name, '.')+1:]
	if base == "" || unicode.IsUpper(rune(base[0])) {
		return ""
	}
	file, line, _ := img.table.PCToLine(pc)
	caller := img.owner(file)
	switch {
	case strings.HasSuffix(file, ".s"):
		return ""
	case path.Base(file) == "_cgo_gotypes.go" || cgoNames[name]:
		return "" // cmd/cgo writes linknames of its own
	case file == "<autogenerated>" || file == "?":
		// A wrapper of a method promoted from an embedded field bears the method's name.
		if caller = packageOf(from.Name); strings.HasSuffix(from.Name, "."+base) {
			return ""
		}
	case packageOf(from.Name) == owner, img.owner(img.fileOf(to.Entry)) == caller:
		return "" // inlined into its owner; pushed by the caller's own package
	}
	if caller == owner || caller == img.mainDir && owner == "main" ||
		known.of[caller][name] || known.exported[name] {
		return ""
	}
	return fmt.Sprintf("%s\t%s\t%s:%d in %s", name, caller, path.Base(file), line, from.Name)
}

// cgoNames are called from rewritten lines of the cgo file itself.
var cgoNames = map[string]bool{"runtime.cgoCheckPointer": true, "runtime.cgoCheckResult": true}

func (img *image) fileOf(pc uint64) string {
	file, _, _ := img.table.PCToLine(pc)
	return file
}

func (img *image) owner(file string) string {
	return strings.TrimPrefix(path.Dir(file), img.goroot)
}

func packageOf(name string) string {
	if cut := strings.IndexByte(name, '['); cut >= 0 {
		name = name[:cut]
	}
	slash := strings.LastIndexByte(name, '/')
	dot := strings.IndexByte(name[slash+1:], '.')
	if dot < 0 {
		return ""
	}
	return strings.ReplaceAll(name[:slash+1+dot], "%2e", ".")
}
