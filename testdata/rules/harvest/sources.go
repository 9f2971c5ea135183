package main

// What does each file of the standard library declare, and for which builds? Knows Go's syntax and
// build constraints; what a platform makes of it is symbols.go's.

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// source is one file: when it is compiled, and what it says.
type source struct {
	constraint constraint.Expr // nil: always
	suffix     []string        // GOOS and GOARCH of the file's name
	cgo        bool            // imports "C"

	functions   map[string]bool // whether it has a body
	wasmImports []string        // functions for which the compiler writes one on wasm
	methods     []string        // spelt as the linker does: T.m, (*T).m
	variables   map[string]bool // whether it has an initialiser
	assembly    map[string]bool // full names; true for TEXT, false for GLOBL
	directives  []directive
}

type directive struct {
	std           bool
	local, remote string // remote is empty in the form with one argument
}

// Names that a file suffix can have (internal/syslist, go1.27, and windows/arm's past).
var (
	knownOS  = set("aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos")
	unixOS   = set("aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris")
	knownCPU = set("386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm")
)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.Fields(words) {
		out[word] = true
	}
	return out
}

// standardLibrary reads every package below src but the commands.
func standardLibrary(goroot string) (map[string][]*source, error) {
	packages := map[string][]*source{}
	root := filepath.Join(goroot, "src")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path == filepath.Join(root, "cmd") || name == "testdata" || name != "." && strings.HasPrefix(name, "_") {
				return filepath.SkipDir
			}
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(folder)
		if pkg == "." || pkg == "builtin" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			return nil
		}
		var file *source
		switch {
		case strings.HasSuffix(name, "_test.go"):
		case strings.HasSuffix(name, ".go"):
			file, err = goSource(path)
		case strings.HasSuffix(name, ".s"):
			file, err = assemblySource(path, pkg)
		}
		if file != nil {
			file.suffix = suffix(name)
			packages[pkg] = append(packages[pkg], file)
		}
		return err
	})
	return packages, err
}

// suffix gives the last parts of a file's name that are a GOOS, a GOARCH or both.
func suffix(name string) []string {
	name, _, _ = strings.Cut(name, ".")
	parts := strings.Split(name, "_")[1:]
	n := len(parts)
	switch {
	case n >= 2 && knownOS[parts[n-2]] && knownCPU[parts[n-1]]:
		return parts[n-2:]
	case n >= 1 && (knownOS[parts[n-1]] || knownCPU[parts[n-1]]):
		return parts[n-1:]
	}
	return nil
}

func goSource(path string) (*source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if file.Name.Name == "documentation" {
		return nil, nil
	}
	out := &source{functions: map[string]bool{}, variables: map[string]bool{}, constraint: goBuild(text)}
	for _, spec := range file.Imports {
		out.cgo = out.cgo || spec.Path.Value == `"C"`
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			out.directives = append(out.directives, linkname(comment.Text)...)
		}
	}
	for _, decl := range file.Decls {
		out.declare(decl)
	}
	return out, nil
}

func linkname(text string) []directive {
	rest, ok := strings.CutPrefix(text, "//go:linkname ")
	std := false
	if !ok {
		rest, std = strings.CutPrefix(text, "//go:linknamestd ")
	}
	fields := strings.Fields(rest)
	switch {
	case !ok && !std || len(fields) == 0 || len(fields) > 2:
		return nil
	case len(fields) == 1:
		return []directive{{std: std, local: fields[0]}}
	}
	return []directive{{std: std, local: fields[0], remote: fields[1]}}
}

func (s *source) declare(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Type.TypeParams != nil || decl.Name.Name == "_" || decl.Name.Name == "init" && decl.Recv == nil {
			return
		}
		if decl.Recv != nil {
			if name := method(decl); name != "" {
				s.methods = append(s.methods, name)
			}
			return
		}
		s.functions[decl.Name.Name] = decl.Body != nil
		if hasWasmImport(decl) {
			s.wasmImports = append(s.wasmImports, decl.Name.Name)
		}
	case *ast.GenDecl:
		if decl.Tok != token.VAR {
			return
		}
		for _, spec := range decl.Specs {
			spec := spec.(*ast.ValueSpec)
			for _, name := range spec.Names {
				if name.Name != "_" {
					s.variables[name.Name] = len(spec.Values) > 0
				}
			}
		}
	}
}

func hasWasmImport(decl *ast.FuncDecl) bool {
	if decl.Doc == nil {
		return false
	}
	for _, comment := range decl.Doc.List {
		if strings.HasPrefix(comment.Text, "//go:wasmimport ") {
			return true
		}
	}
	return false
}

// method spells a method as the linker does; one of a generic type has no single symbol.
func method(decl *ast.FuncDecl) string {
	switch receiver := decl.Recv.List[0].Type.(type) {
	case *ast.Ident:
		return receiver.Name + "." + decl.Name.Name
	case *ast.StarExpr:
		if name, ok := receiver.X.(*ast.Ident); ok {
			return "(*" + name.Name + ")." + decl.Name.Name
		}
	}
	return ""
}

// goBuild reads the line; the standard library has had no other form since go1.18.
func goBuild(text []byte) constraint.Expr {
	for _, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "package ") {
			break
		}
		if constraint.IsGoBuild(line) {
			if expr, err := constraint.Parse(line); err == nil {
				return expr
			}
		}
	}
	return nil
}

// A macro of the runtime writes TEXT for each of its call frames (asm_*.s: CALLFN).
var asmText = regexp.MustCompile(`(?m)^\s*(?:TEXT\s+|CALLFN\()([\pL\pN_·∕]+)(?:<ABIInternal>)?(?:\+0)?(?:\(SB\)|,)`)
var asmData = regexp.MustCompile(`(?m)^\s*GLOBL\s+([\pL\pN_·∕]+)(?:\+0)?\(SB\)`)

func assemblySource(path, pkg string) (*source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := &source{assembly: map[string]bool{}, constraint: goBuild(text)}
	take := func(found [][]byte, isFunction bool) {
		name := strings.NewReplacer("·", ".", "∕", "/").Replace(string(found[1]))
		if name == "NAME" {
			return // the parameter of the macro
		}
		if strings.HasPrefix(name, ".") {
			name = pkg + name
		}
		out.assembly[name] = isFunction
	}
	for _, found := range asmData.FindAllSubmatch(text, -1) {
		take(found, false)
	}
	for _, found := range asmText.FindAllSubmatch(text, -1) {
		take(found, true)
	}
	return out, nil
}

// build is one way to compile the standard library.
type build struct {
	goos, goarch string
	minor        int
	cgo          bool
	tags         map[string]bool
	sanitizer    bool
}

func (b build) holds(tag string) bool {
	switch tag {
	case "cgo":
		return b.cgo
	case "unix":
		return unixOS[b.goos]
	case "gc", b.goos, b.goarch:
		return true
	case "linux":
		return b.goos == "android"
	case "solaris":
		return b.goos == "illumos"
	case "darwin":
		return b.goos == "ios"
	}
	if minor, ok := strings.CutPrefix(tag, "go1."); ok {
		n, err := strconv.Atoi(minor)
		return err == nil && n <= b.minor
	}
	return b.tags[tag]
}

func (b build) compiles(file *source) bool {
	for _, part := range file.suffix {
		if !b.holds(part) {
			return false
		}
	}
	return (b.cgo || !file.cgo) && (file.constraint == nil || file.constraint.Eval(b.holds))
}
