// Which names of a file stand for a function or variable of its package, and which lines may a compiler record for
// them? As go/parser and go/types see it; what is imported stays unknown. Reads folders, one a line.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

type nothing struct{}

func (nothing) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	p := types.NewPackage(path, filepath.Base(path))
	p.MarkComplete()
	return p, nil
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		folder(out, in.Text())
	}
}

func folder(out *bufio.Writer, dir string) {
	found, err := build.ImportDir(dir, 0)
	if err != nil {
		return
	}
	set := token.NewFileSet()
	var files []*ast.File
	var names []string
	for _, name := range found.GoFiles {
		file, err := parser.ParseFile(set, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		files, names = append(files, file), append(names, filepath.Join(dir, name))
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: nothing{}, Error: func(error) {}, FakeImportC: true}
	pkg, _ := config.Check(found.ImportPath, set, files, info)
	for i, file := range files {
		fmt.Fprintf(out, "file\t%s\n", names[i])
		w := &walk{out: out, set: set, info: info, scope: pkg.Scope()}
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				w.above = w.above[:len(w.above)-1]
				return true
			}
			w.above = append(w.above, n)
			if ident, ok := n.(*ast.Ident); ok {
				w.ident(ident)
			}
			return true
		})
	}
}

type walk struct {
	out   *bufio.Writer
	set   *token.FileSet
	info  *types.Info
	scope *types.Scope
	above []ast.Node
}

func (w *walk) line(at token.Pos) int { return w.set.PositionFor(at, false).Line }

func (w *walk) ident(ident *ast.Ident) {
	object := w.info.Uses[ident]
	if object == nil {
		object = w.info.Defs[ident]
	}
	what := "plain"
	if object == nil {
		// A key of a literal of an unknown type is nobody's.
		if w.scope.Lookup(ident.Name) == nil {
			return
		}
		if in := w.above[len(w.above)-2]; selected(in, ident) {
			return
		}
		what = "unknown"
	} else if object.Parent() != w.scope {
		return
	}
	switch w.scope.Lookup(ident.Name).(type) {
	case *types.Func, *types.Var:
	default:
		return
	}
	if w.info.Defs[ident] != nil {
		what = "own"
	} else if w.constant() {
		what = "constant"
	}
	fmt.Fprintf(w.out, "%d\t%s\t%s\t%s\n", w.line(ident.Pos()), ident.Name, what, w.place())
}

func selected(in ast.Node, ident *ast.Ident) bool {
	s, ok := in.(*ast.SelectorExpr)
	return ok && s.Sel == ident
}

func (w *walk) constant() bool {
	for _, n := range w.above {
		if _, ok := n.(*ast.FuncLit); ok {
			continue
		}
		if e, ok := n.(ast.Expr); ok && w.info.Types[e].Value != nil {
			return true
		}
	}
	return false
}

// place is the lines of the element or statement around the last node.
func (w *walk) place() string {
	lines := map[int]bool{}
	add := func(from, to token.Pos, in ast.Node) {
		inside := map[int]bool{}
		ast.Inspect(in, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncLit); ok && f != nil {
				if f.Body.Lbrace > from {
					for l := w.line(f.Body.Lbrace) + 1; l < w.line(f.Body.Rbrace); l++ {
						inside[l] = true
					}
				}
			}
			return true
		})
		for l := w.line(from); l <= w.line(to); l++ {
			if !inside[l] {
				lines[l] = true
			}
		}
	}
	var brace token.Pos
	for i := len(w.above) - 2; i >= 0; i-- {
		n, child := w.above[i], w.above[i+1]
		done := func(from, to token.Pos) string {
			if brace.IsValid() {
				to = brace
			}
			add(from, to, n)
			return show(lines)
		}
		switch n := n.(type) {
		case *ast.CompositeLit:
			if child != n.Type {
				to := child.End() - 1
				if brace.IsValid() {
					to = brace
				}
				add(child.Pos(), to, child)
				brace = n.Lbrace
			}
		case *ast.IfStmt:
			if child != ast.Node(n.Body) && child != n.Else {
				return done(n.Pos(), n.Body.Lbrace)
			}
		case *ast.ForStmt:
			return done(n.Pos(), n.Body.Lbrace)
		case *ast.RangeStmt:
			return done(n.Pos(), n.Body.Lbrace)
		case *ast.SwitchStmt:
			return done(n.Pos(), n.Body.Lbrace)
		case *ast.TypeSwitchStmt:
			return done(n.Pos(), n.Body.Lbrace)
		case *ast.CaseClause:
			return done(n.Pos(), n.Colon)
		case *ast.CommClause:
			return done(n.Pos(), n.Colon)
		case *ast.AssignStmt, *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt:
			header := false
			switch up := w.above[i-1].(type) {
			case *ast.IfStmt:
				header = true
			case *ast.ForStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
				header = true
			case *ast.CommClause:
				header = up.Comm == n
			}
			if !header {
				return done(n.Pos(), n.End()-1)
			}
		case *ast.GoStmt, *ast.DeferStmt, *ast.ReturnStmt, *ast.ValueSpec:
			return done(n.Pos(), n.End()-1)
		case *ast.FuncLit, *ast.FuncDecl:
			return ""
		}
	}
	return ""
}

func show(lines map[int]bool) string {
	var all []int
	for l := range lines {
		all = append(all, l)
	}
	sort.Ints(all)
	var text []string
	for _, l := range all {
		text = append(text, fmt.Sprint(l))
	}
	return strings.Join(text, ",")
}
