// Harvest writes the tables of src/rules: inserted_table.rs, the names that each
// Go release's compiler, assembler back ends and linker refer to on their own
// account, defined_table.rs, the names that only its linker defines, and those of
// tables.go: which symbols there are, and who may pull them.
//
//	harvest [--check] FOLDER MINOR=GOROOT...
//
// Several GOROOTs of one minor are united; for the tables of tables.go the last
// one of each minor counts, because a permission is either there or not. With
// --check the tables are compared and nothing is written.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

type inserter byte

const (
	linker   inserter = 'L'
	compiler inserter = 'C'
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "harvest:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	check := len(args) > 0 && args[0] == "--check"
	if check {
		args = args[1:]
	}
	if len(args) < 2 {
		return fmt.Errorf("usage: harvest [--check] FOLDER MINOR=GOROOT")
	}
	inserted, defined := perMinor{}, perMinor{}
	permissions, err := newPermissions(args[len(args)-1])
	if err != nil {
		return err
	}
	for at, arg := range args[1:] {
		text, goroot, _ := strings.Cut(arg, "=")
		minor, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		insertedHere, definedHere, err := harvest(goroot)
		if err != nil {
			return err
		}
		inserted.unite(minor, insertedHere)
		defined.unite(minor, definedHere)
		fmt.Fprintf(os.Stderr, "%s: %d inserted, %d defined by the linker\n", filepath.Base(goroot), len(insertedHere), len(definedHere))
		if at+2 < len(args) && strings.HasPrefix(args[at+2], text+"=") {
			continue
		}
		if err := permissions.read(minor, goroot); err != nil {
			return err
		}
	}
	for name, table := range map[string][]byte{
		"inserted_table.rs":    insertedTable(inserted),
		"defined_table.rs":     definedTable(defined),
		"permissions_table.rs": permissions.rules(),
		"shame_table.rs":       permissions.shameTable(),
		"symbols.txt":          permissions.symbolsTable(),
	} {
		if err := writeOrCompare(filepath.Join(args[0], name), table, check); err != nil {
			return err
		}
	}
	return nil
}

func writeOrCompare(path string, table []byte, check bool) error {
	if !check {
		return os.WriteFile(path, table, 0o644)
	}
	have, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, table) {
		return fmt.Errorf("%s is not what the toolchains give: run regenerate.sh", path)
	}
	return nil
}

// perMinor holds the names of each minor.
type perMinor map[int]map[string]inserter

func (p perMinor) unite(minor int, names map[string]inserter) {
	if p[minor] == nil {
		p[minor] = map[string]inserter{}
	}
	for name, by := range names {
		p[minor][name] = stronger(p[minor][name], by)
	}
}

// stronger: a name that both insert is the compiler's, whose calls are the many.
func stronger(a, b inserter) inserter {
	if a == compiler || b == compiler {
		return compiler
	}
	return b
}

// harvest gives the names that one release inserts, and those that only its
// linker defines.
func harvest(goroot string) (map[string]inserter, map[string]inserter, error) {
	out := map[string]inserter{}
	known := map[string]map[string]bool{}
	names := func(pkg string) map[string]bool {
		if known[pkg] == nil {
			known[pkg] = declared(goroot, pkg)
		}
		return known[pkg]
	}
	add := func(pkg, name string, by inserter) {
		for _, match := range resolve(name, names(pkg)) {
			key := pkg + "." + match
			out[key] = stronger(out[key], by)
		}
	}

	// The compiler's own declarations; taken as they stand, because runtime may
	// leave a body to another package (mapaccess1_fast64, go1.24).
	for _, folder := range []string{"builtin", "_builtin"} {
		for file, pkg := range map[string]string{"runtime.go": "runtime", "coverage.go": "runtime/coverage"} {
			own := map[string]bool{}
			goNames(filepath.Join(goroot, "src/cmd/compile/internal/typecheck", folder, file), own)
			for name := range own {
				out[pkg+"."+name] = compiler
			}
		}
	}

	back, err := loadFiles(goroot, "cmd/compile", "cmd/internal/obj", "cmd/internal/goobj")
	if err != nil {
		return nil, nil, err
	}
	looked, lost := lookups(back)
	if len(lost) > 0 {
		return nil, nil, fmt.Errorf("%s: names not followed, teach lookups.go: %s", filepath.Base(goroot), strings.Join(sorted(lost), ", "))
	}
	for name := range looked {
		add("runtime", strings.TrimSuffix(name, "·f"), compiler)
	}
	for name := range qualified(back, nil) {
		pkg, local := split(name)
		add(pkg, local, compiler)
	}
	for name := range symLiterals(back) {
		pkg, local := split(name)
		add(pkg, local, compiler)
	}

	// The linker also writes variables (runtime.buildVersion) and defines them
	// (runtime.text): neither is a reference from a package's code, so of its
	// names only functions count, and not those of its list of forbidden pulls.
	link, err := loadFiles(goroot, "cmd/link")
	if err != nil {
		return nil, nil, err
	}
	for name := range qualified(link, map[string]bool{"blockedLinknames": true}) {
		pkg, local := split(name)
		if names(pkg)[local] {
			add(pkg, local, linker)
		}
	}
	for name := range onlyRead {
		delete(out, name)
	}
	// cmd/internal/obj/plist.go (go1.22 and later) only exempts it from a check of
	// FUNCDATA; its caller is go:link.addmoduledata, which the linker writes.
	if out["runtime.addmoduledata"] != 0 {
		out["runtime.addmoduledata"] = linker
	}
	for name := range out {
		if stem := strings.TrimRight(name, "0123456789"); stem != name && out[stem+"#"] != 0 {
			delete(out, name)
		}
	}
	return out, definedOnlyByLinker(link, names), nil
}

// onlyRead are literals that pass every test and are no insertion. Reviewed by
// hand; each with the place that reads it.
var onlyRead = map[string]bool{
	"internal/cpu.X86":           true, // recognises loads that the source wrote (ssa/cpufeatures.go, go1.27)
	"strings.EqualFold":          true, // recognises the source's call, then calls libfuzzerHookEqualFold (walk/expr.go)
	"runtime.MemProfile":         true, // asks whether it is reachable (cmd/link/internal/ld/lib.go)
	"runtime.memProfileInternal": true, // the same, go1.23 and later
	"runtime.rt0_go":             true, // an address for the XCOFF loader section (cmd/link/internal/ld/xcoff.go)
}

// resolve keeps what the package declares; `name*` stands for every declared
// name with that beginning, and `#` stays a pattern where anything fits it.
func resolve(name string, declared map[string]bool) []string {
	if _, ok := declared[name]; ok {
		return []string{name}
	}
	stem, digits := strings.CutSuffix(name, "#")
	stem, prefix := strings.CutSuffix(stem, "*")
	if stem == "" || !digits && !prefix {
		return nil
	}
	var out []string
	for candidate := range declared {
		rest, ok := strings.CutPrefix(candidate, stem)
		if ok && (prefix || rest != "" && strings.Trim(rest, "0123456789") == "") {
			out = append(out, candidate)
		}
	}
	if digits && len(out) > 0 {
		return []string{name}
	}
	return out
}

var qualifiedName = regexp.MustCompile(`^((?:[a-z][a-z0-9]*/)*[a-z][a-z0-9]*)\.([A-Za-z_][A-Za-z0-9_]*)$`)

// qualified collects the literals that read as pkg.name, outside the variables
// named in skip. One that another string is added to, or that HasPrefix asks for,
// is a beginning and gets a `*`.
func qualified(packages map[string][]*ast.File, skip map[string]bool) map[string]bool {
	found := map[string]bool{}
	take := func(expr ast.Expr, suffix string) {
		lit, ok := expr.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		text, err := strconv.Unquote(lit.Value)
		if err == nil && qualifiedName.MatchString(text) && !strings.HasPrefix(text, "unsafe.") {
			found[text+suffix] = true
		}
	}
	for _, files := range packages {
		for _, file := range files {
			ast.Inspect(file, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.ValueSpec:
					for _, name := range node.Names {
						if skip[name.Name] {
							return false
						}
					}
				case *ast.BinaryExpr:
					if node.Op == token.ADD {
						take(node.X, "*")
					}
				case *ast.CallExpr:
					if calleeName(node) == "HasPrefix" && len(node.Args) == 2 {
						take(node.Args[1], "*")
					}
				case *ast.BasicLit:
					take(node, "")
				}
				return true
			})
		}
	}
	return found
}

// symLiterals finds types.Sym{Pkg: types.NewPkg("path", …), Name: "x"}
// (math_MulUintptr, cmd/compile/internal/walk/builtin.go).
func symLiterals(packages map[string][]*ast.File) map[string]bool {
	found := map[string]bool{}
	for _, files := range packages {
		for _, file := range files {
			ast.Inspect(file, func(node ast.Node) bool {
				lit, ok := node.(*ast.CompositeLit)
				if !ok {
					return true
				}
				var pkg, name string
				for _, element := range lit.Elts {
					pair, ok := element.(*ast.KeyValueExpr)
					if !ok {
						continue
					}
					key, _ := pair.Key.(*ast.Ident)
					call, isCall := pair.Value.(*ast.CallExpr)
					switch {
					case key == nil:
					case key.Name == "Pkg" && isCall && calleeName(call) == "NewPkg":
						if list := values(call.Args[0], nil); len(list) == 1 {
							pkg = list[0]
						}
					case key.Name == "Name":
						if list := values(pair.Value, nil); len(list) == 1 {
							name = list[0]
						}
					}
				}
				if pkg != "" && name != "" {
					found[pkg+"."+name] = true
				}
				return true
			})
		}
	}
	return found
}

func split(name string) (string, string) {
	at := strings.LastIndexByte(name, '.')
	return name[:at], name[at+1:]
}

func sorted(list []string) []string {
	set := map[string]bool{}
	for _, text := range list {
		set[text] = true
	}
	out := make([]string, 0, len(set))
	for text := range set {
		out = append(out, text)
	}
	sort.Strings(out)
	return out
}

const rowsNote = "A name that comes and goes\n/// has several rows, oldest first.\n#[rustfmt::skip]\n"

func insertedTable(names perMinor) []byte {
	var out bytes.Buffer
	out.WriteString("//! Which names does each Go minor insert? Generated by testdata/rules/regenerate.sh, which\n" +
		"//! fails on a difference with `--check`; read only by `inserted`. `#` stands for digits.\n\n" +
		"use super::inserter::Inserter::{self, Compiler as C, Linker as L};\n\n" +
		"/// Sorted rows: name, first minor, last minor, who inserts it. " + rowsNote +
		"pub(super) static INSERTED: &[(&str, u8, u8, Inserter)] = &[\n")
	rows(names, func(name string, first, last int, by inserter) {
		fmt.Fprintf(&out, "    (%q, %d, %d, %c),\n", name, first, last, by)
	})
	out.WriteString("];\n")
	return out.Bytes()
}

func definedTable(names perMinor) []byte {
	var out bytes.Buffer
	out.WriteString("//! Which names does each Go minor's linker define, and no source? Generated by\n" +
		"//! testdata/rules/regenerate.sh, which fails on a difference with `--check`; read only by\n" +
		"//! `defined`. `#` stands for digits.\n\n" +
		"/// Sorted rows: name, first minor, last minor. " + rowsNote +
		"pub(super) static DEFINED: &[(&str, u8, u8)] = &[\n")
	rows(names, func(name string, first, last int, _ inserter) {
		fmt.Fprintf(&out, "    (%q, %d, %d),\n", name, first, last)
	})
	out.WriteString("];\n")
	return out.Bytes()
}

// rows gives one row per name and unbroken run of minors with the same inserter.
func rows(perMinor perMinor, row func(name string, first, last int, by inserter)) {
	var minors []int
	all := map[string]bool{}
	for minor, names := range perMinor {
		minors = append(minors, minor)
		for name := range names {
			all[name] = true
		}
	}
	sort.Ints(minors)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for at := 0; at < len(minors); at++ {
			by := perMinor[minors[at]][name]
			if by == 0 {
				continue
			}
			first := minors[at]
			for at+1 < len(minors) && perMinor[minors[at+1]][name] == by {
				at++
			}
			row(name, first, minors[at], by)
		}
	}
}
