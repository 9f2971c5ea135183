// Command directives prints the linkname directives of the files named on its standard input, as
// Go's own parser sees them: one JSON object per directive of a function.
//
// A line of input is an import path, a tab, a minor version and a tab, then the path of a file.
package main

import (
	"bufio"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"strconv"
	"strings"
)

type directive struct {
	Package, File, Local, Remote string
	HasBody                      bool
}

// source is what one file says: its directives, and the functions that it declares.
type source struct {
	path       string
	directives [][]string
}

func main() {
	packages := map[string][]source{}
	bodies := map[string]map[string]bool{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		path, name := fields[0], fields[2]
		minor, err := strconv.Atoi(fields[1])
		check(err)
		// The toolchain's parser may refuse a newer syntax; it may not skip a file in silence.
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		check(err)
		if bodies[path] == nil {
			bodies[path] = map[string]bool{}
		}
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil {
				bodies[path][function.Name.Name] = function.Body != nil
			}
		}
		packages[path] = append(packages[path], source{name, linknames(file, minor)})
	}
	check(lines.Err())
	out := json.NewEncoder(os.Stdout)
	for path, sources := range packages {
		for _, source := range sources {
			for _, names := range source.directives {
				hasBody, isFunction := bodies[path][names[0]]
				if !isFunction {
					continue
				}
				one := directive{Package: path, File: source.path, Local: names[0], HasBody: hasBody}
				if len(names) == 2 {
					one.Remote = names[1]
				}
				check(out.Encode(one))
			}
		}
	}
}

func linknames(file *ast.File, minor int) (found [][]string) {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			rest, ok := strings.CutPrefix(comment.Text, "//go:linkname ")
			if !ok && minor >= 27 {
				rest, ok = strings.CutPrefix(comment.Text, "//go:linknamestd ")
			}
			if names := strings.Fields(rest); ok && (len(names) == 1 || len(names) == 2) {
				found = append(found, names)
			}
		}
	}
	return found
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
