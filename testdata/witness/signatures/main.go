// Command signatures says what go/types says of the linknames, types and constants of a build.
//
// Usage: signatures GO FOLDER PATTERN... where GO is the go command whose packages are listed; GOOS,
// GOARCH and the rest come from the environment. It prints lines of fields between tabs:
//
//	R ints floats                              registers, as internal/abi of that GOROOT says
//	P path name folder files importmap         a package, dependencies first; "a|b" and "a=b|c=d"
//	T path name size align pointers            a declared type; "0,o8": o is a pointer out of the heap
//	D kind path local path target class text   a linkname: identical, same-abi, pointer, results, parameters, ...
//
// The layout of types is that of go/types; what go/types does not know (which words are pointers, which
// registers carry a value) is computed here from its types, apart from gonym.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

type listed struct {
	ImportPath, Name, Dir string
	GoFiles               []string
	ImportMap             map[string]string
}

type decl struct {
	object types.Object
	body   bool
	method *types.Signature
}

type directive struct {
	local, remote string
	oneArg        bool
	pkg           *pack
}

type pack struct {
	listed
	types   *types.Package
	bodies  map[string]bool
	offHeap map[string]bool
}

type world struct {
	fset       *token.FileSet
	packages   map[string]*pack
	order      []*pack
	directives []directive
	sizes      types.Sizes
	word       int64
	ints       int
	floats     int
	out        *bufio.Writer
}

func main() {
	w := &world{fset: token.NewFileSet(), packages: map[string]*pack{}, out: bufio.NewWriterSize(os.Stdout, 1<<20)}
	goarch := os.Getenv("GOARCH")
	w.sizes = types.SizesFor("gc", goarch)
	w.word = w.sizes.Sizeof(types.Typ[types.Uintptr])
	w.list(os.Args[1], os.Args[2], os.Args[3:])
	for _, p := range w.order {
		w.check(p)
	}
	if p := w.packages["internal/abi"]; p != nil {
		w.ints, w.floats = number(p, "IntArgRegs"), number(p, "FloatArgRegs")
		fmt.Fprintf(w.out, "R\t%d\t%d\n", w.ints, w.floats)
	}
	for _, p := range w.order {
		w.printPackage(p)
	}
	for _, p := range w.order {
		w.printTypes(p)
	}
	w.printDirectives()
	w.out.Flush()
}

func number(p *pack, name string) int {
	if c, ok := p.types.Scope().Lookup(name).(*types.Const); ok {
		n, _ := constant.Int64Val(c.Val())
		return int(n)
	}
	return 0
}

func (w *world) list(command, folder string, patterns []string) {
	cmd := exec.Command(command, append([]string{"list", "-e", "-deps", "-json"}, patterns...)...)
	cmd.Dir, cmd.Stderr = folder, os.Stderr
	pipe, err := cmd.StdoutPipe()
	fatal(err)
	fatal(cmd.Start())
	decoder := json.NewDecoder(bufio.NewReader(pipe))
	for {
		p := &pack{bodies: map[string]bool{}, offHeap: map[string]bool{}}
		if err := decoder.Decode(&p.listed); err == io.EOF {
			break
		} else {
			fatal(err)
		}
		// Copies that cmd/compile gets for itself, built with its profile.
		if !strings.Contains(p.ImportPath, " ") {
			w.packages[p.ImportPath] = p
			w.order = append(w.order, p)
		}
	}
	fatal(cmd.Wait())
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type importer struct {
	w *world
	p *pack
}

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if mapped, ok := i.p.ImportMap[path]; ok {
		path, _, _ = strings.Cut(mapped, " ")
	}
	if p := i.w.packages[path]; p != nil && p.types != nil {
		return p.types, nil
	}
	return nil, fmt.Errorf("no %s", path)
}

func (w *world) check(p *pack) {
	if p.ImportPath == "unsafe" {
		p.types = types.Unsafe
		return
	}
	var files []*ast.File
	for _, name := range p.GoFiles {
		file, _ := parser.ParseFile(w.fset, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if file != nil {
			files = append(files, file)
		}
	}
	conf := types.Config{
		IgnoreFuncBodies: true, Importer: importer{w, p}, Sizes: w.sizes, Error: func(error) {},
	}
	// This go/types knows align64 of the package's newer name only; until 1.22 the compiler knew this one.
	path := p.ImportPath
	if path == "runtime/internal/atomic" {
		path = "internal/runtime/atomic"
	}
	p.types, _ = conf.Check(path, w.fset, files, nil)
	for _, file := range files {
		w.scan(p, file)
	}
}

func (w *world) scan(p *pack, file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Body != nil {
				p.bodies[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						p.bodies[name.Name] = len(spec.Values) > 0
					}
				case *ast.TypeSpec:
					if pragma(d.Doc) || pragma(spec.Doc) {
						p.offHeap[spec.Name.Name] = true
					}
				}
			}
		}
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			rest, ok := strings.CutPrefix(comment.Text, "//go:linkname ")
			if !ok {
				rest, ok = strings.CutPrefix(comment.Text, "//go:linknamestd ")
			}
			fields := strings.Fields(rest)
			if !ok || len(fields) < 1 || len(fields) > 2 {
				continue
			}
			d := directive{local: fields[0], remote: symbol(p) + "." + fields[0], oneArg: true, pkg: p}
			if len(fields) == 2 {
				d.remote, d.oneArg = fields[1], false
			}
			w.directives = append(w.directives, d)
		}
	}
}

func pragma(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, comment := range doc.List {
		if comment.Text == "//go:notinheap" {
			return true
		}
	}
	return false
}

// symbol is the package's part of a symbol's name.
func symbol(p *pack) string {
	if p.Name == "main" {
		return "main"
	}
	slash := strings.LastIndex(p.ImportPath, "/")
	return p.ImportPath[:slash+1] + strings.ReplaceAll(p.ImportPath[slash+1:], ".", "%2e")
}

func (w *world) printPackage(p *pack) {
	var imports []string
	for from, to := range p.ImportMap {
		to, _, _ = strings.Cut(to, " ")
		imports = append(imports, from+"="+to)
	}
	fmt.Fprintf(w.out, "P\t%s\t%s\t%s\t%s\t%s\n", p.ImportPath, p.Name, p.Dir, strings.Join(p.GoFiles, "|"), strings.Join(imports, "|"))
}

func (w *world) printTypes(p *pack) {
	if p.types == nil {
		return
	}
	for _, name := range p.types.Scope().Names() {
		object, ok := p.types.Scope().Lookup(name).(*types.TypeName)
		if !ok || object.IsAlias() {
			continue
		}
		named, ok := object.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 || invalid(named, 0) {
			continue
		}
		if _, constraint := named.Underlying().(*types.Interface); constraint && !types.IsInterface(named) {
			continue
		}
		m, ok := w.memory(named)
		text := "-"
		if ok {
			text = pointerText(m.pointers)
		}
		fmt.Fprintf(w.out, "T\t%s\t%s\t%d\t%d\t%s\n", p.ImportPath, name, w.sizes.Sizeof(named), w.sizes.Alignof(named), text)
	}
}

// invalid says whether the memory of a type holds something that could not be checked.
func invalid(t types.Type, depth int) bool {
	if depth > 50 {
		return true
	}
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Named:
		return invalid(t.Underlying(), depth+1)
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Array:
		return t.Len() < 0 || invalid(t.Elem(), depth+1)
	case *types.Struct:
		for i := 0; i < t.NumFields(); i++ {
			if invalid(t.Field(i).Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

func (w *world) printDirectives() {
	natural, pushed := map[string]decl{}, map[string]decl{}
	owner := map[*types.Package]*pack{}
	for _, p := range w.order {
		if p.types == nil || p.types == types.Unsafe {
			continue
		}
		w.declarations(p, natural)
		owner[p.types] = p
	}
	for _, d := range w.directives {
		object := d.pkg.types.Scope().Lookup(d.local)
		_, isFunc := object.(*types.Func)
		if object != nil && !d.oneArg && isFunc && d.pkg.bodies[d.local] {
			pushed[d.remote] = decl{object: object, body: true}
		}
	}
	for _, d := range w.directives {
		object := d.pkg.types.Scope().Lookup(d.local)
		if object == nil || d.pkg.bodies[d.local] {
			continue
		}
		target, ok := pushed[d.remote]
		if !ok {
			target, ok = natural[d.remote]
		}
		if !ok || target.object == object {
			continue
		}
		w.printPair(d, object, target, owner[target.object.Pkg()])
	}
}

func (w *world) declarations(p *pack, natural map[string]decl) {
	prefix := symbol(p)
	for _, name := range p.types.Scope().Names() {
		object := p.types.Scope().Lookup(name)
		switch object := object.(type) {
		case *types.Func, *types.Var:
			natural[prefix+"."+name] = decl{object: object, body: p.bodies[name]}
		case *types.TypeName:
			named, ok := object.Type().(*types.Named)
			if !ok || object.IsAlias() || named.TypeParams().Len() > 0 {
				continue
			}
			for i := 0; i < named.NumMethods(); i++ {
				w.method(prefix, name, named.Method(i), natural)
			}
		}
	}
}

func (w *world) method(prefix, name string, method *types.Func, natural map[string]decl) {
	signature := method.Type().(*types.Signature)
	receiver := signature.Recv().Type()
	add := func(text string, receiver types.Type) {
		parameters := []*types.Var{types.NewVar(0, nil, "", receiver)}
		for i := 0; i < signature.Params().Len(); i++ {
			parameters = append(parameters, signature.Params().At(i))
		}
		whole := types.NewSignatureType(nil, nil, nil, types.NewTuple(parameters...), signature.Results(), signature.Variadic())
		natural[prefix+"."+text+"."+method.Name()] = decl{object: method, body: true, method: whole}
	}
	if _, pointer := receiver.(*types.Pointer); pointer {
		add("(*"+name+")", receiver)
		return
	}
	add(name, receiver)
	add("(*"+name+")", types.NewPointer(receiver))
}

func (w *world) printPair(d directive, object types.Object, target decl, owner *pack) {
	kind, class, text := "func", "", ""
	local, localFunc := object.(*types.Func)
	_, targetFunc := target.object.(*types.Func)
	switch {
	case localFunc && targetFunc:
		theirs := target.method
		if theirs == nil {
			theirs = target.object.Type().(*types.Signature)
		}
		ours := local.Type().(*types.Signature)
		class, text = w.functions(ours, theirs), ours.String()+" / "+theirs.String()
		if ours.TypeParams().Len() > 0 || theirs.TypeParams().Len() > 0 {
			class = "generic"
		}
	case !localFunc && !targetFunc:
		kind, class = "var", w.variables(object.Type(), target.object.Type())
		text = object.Type().String() + " / " + target.object.Type().String()
	default:
		class = "kind"
	}
	name := target.object.Name()
	if target.method != nil {
		name = d.remote[strings.LastIndex(d.remote, "/")+1:]
		name = name[strings.Index(name, ".")+1:]
	}
	fmt.Fprintf(w.out, "D\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", kind, d.pkg.ImportPath, d.local, owner.ImportPath, name, class, strings.ReplaceAll(text, "\n", " "))
}
