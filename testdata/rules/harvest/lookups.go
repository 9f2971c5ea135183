package main

// Which names does one Go release's compiler look up in packages that the
// compiled program never wrote down? Knows syntax trees only; the table and the
// releases are main.go's.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// The functions through which cmd/compile turns a string into a symbol of
// runtime (cmd/compile/internal/typecheck/syms.go, go1.18..go1.27). LookupRuntime
// and LookupCoverage are not here: they find only what the compiler's own
// declarations hold, and those are taken whole.
var seedLookups = []string{"LookupRuntimeFunc", "LookupRuntimeVar", "LookupRuntimeABI"}

// helper is a function and the position of the parameter that reaches a lookup.
type helper struct {
	name  string
	index int
}

// loadFiles parses every non-test Go file under the folders of one GOROOT.
func loadFiles(goroot string, folders ...string) (map[string][]*ast.File, error) {
	packages := map[string][]*ast.File{}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(goroot, "src", folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() {
				if entry.Name() == "testdata" || entry.Name() == "_gen" || entry.Name() == "gen" {
					return filepath.SkipDir
				}
				return nil
			}
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return packages, nil
}

// declared lists what one std package declares for any GOOS and GOARCH, in Go
// and in assembly: true for functions, false for variables.
func declared(goroot, pkg string) map[string]bool {
	names := map[string]bool{}
	dir := filepath.Join(goroot, "src", filepath.FromSlash(pkg))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return names
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		switch {
		case strings.HasSuffix(path, "_test.go"):
		case strings.HasSuffix(path, ".go"):
			goNames(path, names)
		case strings.HasSuffix(path, ".s"):
			assemblyNames(path, pkg, names)
		}
	}
	return names
}

func goNames(path string, names map[string]bool) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				names[decl.Name.Name] = true
			}
		case *ast.GenDecl:
			if decl.Tok != token.VAR {
				continue
			}
			for _, spec := range decl.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					names[name.Name] = false
				}
			}
		}
	}
}

var asmDefinition = regexp.MustCompile(`(?m)^\s*(TEXT|GLOBL)\s+([\pL\pN_·∕]+)(?:<ABIInternal>)?(?:\+0)?\(SB\)`)

func assemblyNames(path, pkg string, names map[string]bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	for _, found := range asmDefinition.FindAllStringSubmatch(string(text), -1) {
		name := strings.NewReplacer("·", ".", "∕", "/").Replace(found[2])
		name = strings.TrimPrefix(strings.TrimPrefix(name, pkg), ".")
		names[name] = found[1] == "TEXT"
	}
}

// values is what a string expression can be: exact, or with gaps. A gap is
// written `*`; digits put in by a format are `#`.
func values(expr ast.Expr, in *ast.FuncDecl) []string {
	switch expr := expr.(type) {
	case *ast.ParenExpr:
		return values(expr.X, in)
	case *ast.BasicLit:
		if expr.Kind != token.STRING {
			return nil
		}
		text, err := strconv.Unquote(expr.Value)
		if err != nil {
			return nil
		}
		return []string{text}
	case *ast.BinaryExpr:
		if expr.Op != token.ADD {
			return nil
		}
		return join(orGap(values(expr.X, in)), orGap(values(expr.Y, in)))
	case *ast.CallExpr:
		if name := calleeName(expr); name == "Sprintf" && len(expr.Args) > 0 {
			var out []string
			for _, format := range values(expr.Args[0], in) {
				out = append(out, strings.NewReplacer("%d", "#", "%s", "*", "%v", "*").Replace(format))
			}
			return out
		}
		return literalsIn(expr, in)
	case *ast.Ident:
		return assigned(expr.Name, in)
	}
	return nil
}

func orGap(list []string) []string {
	if len(list) == 0 {
		return []string{"*"}
	}
	return list
}

func join(left, right []string) []string {
	var out []string
	for _, l := range left {
		for _, r := range right {
			out = append(out, strings.ReplaceAll(l+r, "**", "*"))
		}
	}
	return out
}

// assigned collects every value that a local variable is given in the function.
func assigned(name string, in *ast.FuncDecl) []string {
	var out []string
	if in == nil || in.Body == nil {
		return nil
	}
	ast.Inspect(in.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			for i, left := range node.Lhs {
				ident, ok := left.(*ast.Ident)
				if !ok || ident.Name != name || i >= len(node.Rhs) {
					continue
				}
				if self, ok := node.Rhs[i].(*ast.Ident); ok && self.Name == name {
					continue
				}
				if mentions(node.Rhs[i], name) {
					continue
				}
				more := values(node.Rhs[i], in)
				if node.Tok == token.ADD_ASSIGN {
					for _, text := range more {
						out = append(out, "*"+text)
					}
					continue
				}
				out = append(out, more...)
			}
		case *ast.ValueSpec:
			for i, ident := range node.Names {
				if ident.Name == name && i < len(node.Values) {
					out = append(out, values(node.Values[i], in)...)
				}
			}
		}
		return true
	})
	return out
}

func mentions(expr ast.Expr, name string) bool {
	found := false
	ast.Inspect(expr, func(node ast.Node) bool {
		if ident, ok := node.(*ast.Ident); ok && ident.Name == name {
			found = true
		}
		return !found
	})
	return found
}

func literalsIn(node ast.Node, in *ast.FuncDecl) []string {
	var out []string
	ast.Inspect(node, func(node ast.Node) bool {
		if lit, ok := node.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			out = append(out, values(lit, in)...)
		}
		return true
	})
	return out
}

func calleeName(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// parameter is the position of a name among a function's parameters, or -1.
func parameter(decl *ast.FuncDecl, name string) int {
	at := 0
	if decl == nil {
		return -1
	}
	for _, field := range decl.Type.Params.List {
		for _, ident := range field.Names {
			if ident.Name == name {
				return at
			}
			at++
		}
	}
	return -1
}

// lookups walks the compiler's packages until no further helper passes one of
// its parameters on to a lookup, and returns every name a lookup can be given.
// The second result names the places whose name the walk could not follow.
func lookups(packages map[string][]*ast.File) (map[string]bool, []string) {
	helpers := map[helper]bool{}
	for _, name := range seedLookups {
		helpers[helper{name, 0}] = true
	}
	found := map[string]bool{}
	for {
		before := len(helpers)
		found = map[string]bool{}
		var lost []string
		for dir, files := range packages {
			for _, file := range files {
				for _, decl := range file.Decls {
					fn, _ := decl.(*ast.FuncDecl)
					ast.Inspect(decl, func(node ast.Node) bool {
						call, ok := node.(*ast.CallExpr)
						if !ok {
							return true
						}
						name := calleeName(call)
						for i, arg := range call.Args {
							if !helpers[helper{name, i}] {
								continue
							}
							passed := false
							if ident, ok := base(arg).(*ast.Ident); ok {
								if at := parameter(fn, ident.Name); at >= 0 {
									helpers[helper{fn.Name.Name, at}] = true
									passed = true
								}
							}
							list := values(arg, fn)
							if len(list) == 0 && !passed {
								lost = append(lost, filepath.Base(dir)+"."+declName(fn)+" -> "+name)
							}
							for _, text := range list {
								if !strings.Contains(text, "*") {
									found[text] = true
								} else if !passed {
									lost = append(lost, filepath.Base(dir)+"."+declName(fn)+" -> "+name+" "+text)
								}
							}
						}
						return true
					})
				}
			}
		}
		if len(helpers) == before {
			return found, lost
		}
	}
}

// base strips the fixed part of `name + "·f"`.
func base(expr ast.Expr) ast.Expr {
	if sum, ok := expr.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		return base(sum.X)
	}
	return expr
}

func declName(fn *ast.FuncDecl) string {
	if fn == nil {
		return "(package level)"
	}
	return fn.Name.Name
}
