package main

// What do the linker and the comments of one release say about linknames into the standard library?
// The list of blocked names, the calls that are resolved by index and so escape the check, and the
// "hall of shame": the packages that a comment names as users of a symbol.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// blockedNames reads cmd/link/internal/loader/loader.go; there is no such list before go1.23.
func blockedNames(goroot string) (map[string][]string, error) {
	path := filepath.Join(goroot, "src/cmd/link/internal/loader/loader.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "blockedLinknames" {
			return true
		}
		for _, element := range spec.Values[0].(*ast.CompositeLit).Elts {
			pair := element.(*ast.KeyValueExpr)
			name := unquote(pair.Key)
			out[name] = []string{}
			for _, pkg := range pair.Value.(*ast.CompositeLit).Elts {
				out[name] = append(out[name], unquote(pkg))
			}
			sort.Strings(out[name])
		}
		return false
	})
	return out, nil
}

func unquote(expr ast.Expr) string {
	text, err := strconv.Unquote(expr.(*ast.BasicLit).Value)
	if err != nil {
		panic(err)
	}
	return text
}

var builtinRow = regexp.MustCompile(`(?m)^\s*\{"([^"]+)", 1\},`)

// uncheckedBuiltins lists the functions to which every package refers by index, also where it
// pulls them. From go1.24 on a pull is by name (cmd/internal/obj/sym.go).
func uncheckedBuiltins(goroot string) (map[string]bool, error) {
	out := map[string]bool{}
	writer, err := os.ReadFile(filepath.Join(goroot, "src/cmd/internal/obj/sym.go"))
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(writer), "i != -1 && !rs.IsLinkname()") {
		return out, nil
	}
	if !strings.Contains(string(writer), "goobj.BuiltinIdx(rs.Name, int(rs.ABI())); i != -1 {") {
		return nil, fmt.Errorf("%s: sym.go refers to builtins in an unknown way", goroot)
	}
	list, err := os.ReadFile(filepath.Join(goroot, "src/cmd/internal/goobj/builtinlist.go"))
	for _, found := range builtinRow.FindAllSubmatch(list, -1) {
		out[string(found[1])] = true
	}
	return out, err
}

var memberLine = regexp.MustCompile(`^//\s+- (\S+)`)

// shameful is what one release's comments say: symbol to members.
type shameful map[string]map[string]bool

func (s shameful) add(symbol string, members []string) {
	if s[symbol] == nil {
		s[symbol] = map[string]bool{}
	}
	for _, member := range members {
		s[symbol][member] = true
	}
}

func shame(goroot string, packages map[string][]*source) (shameful, error) {
	remotes := map[string]bool{}
	for _, files := range packages {
		for _, file := range files {
			for _, directive := range file.directives {
				remotes[directive.remote] = true
			}
		}
	}
	out := shameful{}
	root := filepath.Join(goroot, "src")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == filepath.Join(root, "cmd") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		return shameOf(filepath.ToSlash(folder), file, remotes, out)
	})
	return out, err
}

// shameOf takes the members of a comment for the directives of the same comment, else of the next
// one, else for the declaration below it where some directive names that as its remote.
func shameOf(pkg string, file *ast.File, remotes map[string]bool, out shameful) error {
	var forFile []string
	for at, group := range file.Comments {
		symbols := directivesOf(pkg, group)
		switch members := membersOf(group); {
		case len(members) == 0:
			for _, symbol := range symbols {
				if len(forFile) > 0 && out[symbol] == nil {
					out.add(symbol, forFile)
				}
			}
			continue
		case strings.Contains(textOf(group), "access these symbols using linkname"):
			forFile = members
			fallthrough
		default:
			if len(symbols) == 0 && at+1 < len(file.Comments) && len(membersOf(file.Comments[at+1])) == 0 {
				symbols = directivesOf(pkg, file.Comments[at+1])
			}
			if declared := declaredBelow(pkg, file, group); len(symbols) == 0 && remotes[declared] {
				symbols = []string{declared}
			}
			for _, symbol := range symbols {
				out.add(symbol, members)
			}
			if len(symbols) == 0 && len(forFile) == 0 {
				fmt.Fprintf(os.Stderr, "%s: a comment names %v and no symbol\n", pkg, members)
			}
		}
	}
	return nil
}

func textOf(group *ast.CommentGroup) string {
	var lines []string
	for _, comment := range group.List {
		lines = append(lines, strings.TrimSpace(strings.TrimPrefix(comment.Text, "//")))
	}
	return strings.Join(lines, " ")
}

func membersOf(group *ast.CommentGroup) []string {
	text := textOf(group)
	if !strings.Contains(text, "hall of shame include") && !strings.Contains(text, "using linkname, most notably:") {
		return nil
	}
	var out []string
	for _, comment := range group.List {
		if found := memberLine.FindStringSubmatch(comment.Text); found != nil {
			out = append(out, found[1])
		}
	}
	return out
}

func directivesOf(pkg string, group *ast.CommentGroup) []string {
	var out []string
	for _, comment := range group.List {
		for _, directive := range linkname(comment.Text) {
			switch {
			case directive.remote == "":
				out = append(out, pkg+"."+directive.local)
			default:
				out = append(out, directive.remote)
			}
		}
	}
	return out
}

func declaredBelow(pkg string, file *ast.File, group *ast.CommentGroup) string {
	for _, decl := range file.Decls {
		if function, ok := decl.(*ast.FuncDecl); ok && function.Doc == group {
			if function.Recv != nil {
				return pkg + "." + method(function)
			}
			return pkg + "." + function.Name.Name
		}
	}
	return ""
}
