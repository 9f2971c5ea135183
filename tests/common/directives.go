// Command directives prints the linkname directives of the files named on its standard input, as
// Go's own parser sees them: one JSON object per directive, whatever its local name is.
//
// A line of input is an import path, a tab, a minor version and a tab, then the path of a file.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"strconv"
	"strings"
)

type directive struct {
	Package, File, Word, Local, Remote string
	Line                               int
	// The symbol of the local name: what one argument stands for.
	Symbol string
	// func, var, or unknown for everything else, declared or not.
	Kind string
	// A body, or a value.
	HasBody bool
}

// declared is a function or variable of package scope.
type declared struct {
	kind    string
	hasBody bool
}

func main() {
	written := map[string][]directive{}
	scopes := map[string]map[string]declared{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		path, name := fields[0], fields[2]
		minor, err := strconv.Atoi(fields[1])
		check(err)
		files := token.NewFileSet()
		// The toolchain's parser may refuse a newer syntax; it may not skip a file in silence.
		file, err := parser.ParseFile(files, name, nil, parser.ParseComments)
		check(err)
		if scopes[path] == nil {
			scopes[path] = map[string]declared{}
		}
		declare(file, scopes[path])
		for _, one := range linknames(files, file, minor) {
			one.Package, one.File = path, name
			written[path] = append(written[path], one)
		}
	}
	check(lines.Err())
	out := json.NewEncoder(os.Stdout)
	for path, directives := range written {
		for _, one := range directives {
			one.Kind, one.Symbol = "unknown", prefix(path)+"."+one.Local
			if found, ok := scopes[path][one.Local]; ok {
				one.Kind, one.HasBody = found.kind, found.hasBody
			}
			check(out.Encode(one))
		}
	}
}

func declare(file *ast.File, scope map[string]declared) {
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			// Neither is a name of the package's scope.
			name := declaration.Name.Name
			if declaration.Recv == nil && name != "init" && name != "_" {
				scope[name] = declared{"func", declaration.Body != nil}
			}
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				values, ok := spec.(*ast.ValueSpec)
				if !ok || declaration.Tok != token.VAR {
					continue
				}
				for _, name := range values.Names {
					scope[name.Name] = declared{"var", len(values.Values) > 0}
				}
			}
		}
	}
}

func linknames(files *token.FileSet, file *ast.File, minor int) (found []directive) {
	words := []string{"linkname"}
	if minor >= 27 {
		words = append(words, "linknamestd")
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			for _, word := range words {
				rest, ok := strings.CutPrefix(comment.Text, "//go:"+word+" ")
				names := strings.Fields(rest)
				if !ok || len(names) < 1 || len(names) > 2 {
					continue
				}
				line := files.PositionFor(comment.Pos(), false).Line
				one := directive{Word: word, Local: names[0], Line: line}
				if len(names) == 2 {
					one.Remote = names[1]
				}
				found = append(found, one)
			}
		}
	}
	return found
}

// prefix is the import path as symbols have it (cmd/internal/objabi): from the last slash on, dots and
// everything that is no plain letter are written as %xx.
func prefix(path string) string {
	last := strings.LastIndexByte(path, '/')
	var out strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c <= ' ' || c == '%' || c == '"' || c >= 0x7f || (c == '.' && i > last) {
			fmt.Fprintf(&out, "%%%02x", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
