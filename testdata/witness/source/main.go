// Command source prints what the compiler's own scanner takes for a linkname directive, and what Go's own
// parser sees declared, in the files whose names it reads from standard input, one a line.
//
// It imports cmd/compile/internal/syntax, which only commands of Go itself may: tests/source_truth.rs builds it as
// cmd/compile/gonymwitness by an overlay, with each Go version. One line of output is one fact, its fields parted by tabs:
//
//	file NAME                                              what follows is said by this file
//	directive LINE COLUMN BLANK FIELD,FIELD,…              a pragma of the compiler; fields in hexadecimal digits
//	noescape LINE COLUMN                                   the function named there carries //go:noescape
//	unread                                                 no package clause: the compiler reads nothing of it
//	refused                                                go/parser finds an error, and nothing below is said
//	package NAME
//	import LINE NAME PATH                                  PATH in hexadecimal digits
//	declared KIND NAME LINE COLUMN BODY GENERIC SIGNATURE VALUE INDEX POSITION
package main

import (
	"bufio"
	"bytes"
	"cmd/compile/internal/syntax"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"strconv"
	"strings"
)

var out = bufio.NewWriterSize(os.Stdout, 1<<20)

// marks are the pragmas of one function.
type marks struct{ noescape bool }

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		text, err := os.ReadFile(lines.Text())
		check(err)
		fmt.Fprintf(out, "file\t%s\n", lines.Text())
		askCompiler(text)
		askParser(text)
	}
	check(lines.Err())
	check(out.Flush())
}

func askCompiler(text []byte) {
	pragma := func(pos syntax.Pos, blank bool, text string, current syntax.Pragma) syntax.Pragma {
		if text == "" {
			return nil
		}
		if strings.HasPrefix(text, "go:linkname ") || strings.HasPrefix(text, "go:linknamestd ") {
			var fields []string
			for _, field := range strings.Fields(text) {
				fields = append(fields, fmt.Sprintf("%x", field))
			}
			fmt.Fprintf(out, "directive\t%d\t%d\t%t\t%s\n", pos.Line(), pos.Col()-2, blank, strings.Join(fields, ","))
		}
		var found marks
		if current, ok := current.(*marks); ok {
			found = *current
		}
		verb := strings.SplitN(text, " ", 2)[0]
		found.noescape = found.noescape || verb == "go:noescape"
		return &found
	}
	ignore := func(error) {}
	file, _ := syntax.Parse(syntax.NewFileBase("x.go"), bytes.NewReader(text), ignore, pragma, 0)
	if file == nil {
		fmt.Fprintln(out, "unread")
		return
	}
	for _, declaration := range file.DeclList {
		function, ok := declaration.(*syntax.FuncDecl)
		if !ok {
			continue
		}
		if found, ok := function.Pragma.(*marks); ok && found.noescape {
			pos := function.Name.Pos()
			fmt.Fprintf(out, "noescape\t%d\t%d\n", pos.Line(), pos.Col())
		}
	}
}

func askParser(text []byte) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "x.go", text, parser.SkipObjectResolution)
	if err != nil {
		fmt.Fprintln(out, "refused")
		return
	}
	fmt.Fprintf(out, "package\t%s\n", file.Name.Name)
	// What is asked is where things stand in the file, not where a //line comment says that they stand.
	start := func(pos token.Pos) token.Position { return set.PositionFor(pos, false) }
	span := func(from, to token.Pos) string {
		if !from.IsValid() {
			return "-"
		}
		return fmt.Sprintf("%d-%d", start(from).Offset, start(to).Offset)
	}
	declared := func(kind string, name *ast.Ident, body, generic bool, signature, value string, index, position int) {
		at := start(name.Pos())
		fmt.Fprintf(out, "declared\t%s\t%s\t%d\t%d\t%t\t%t\t%s\t%s\t%d\t%d\n",
			kind, name.Name, at.Line, at.Column, body, generic, signature, value, index, position)
	}
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			function(declaration, span, declared)
		case *ast.GenDecl:
			for index, spec := range declaration.Specs {
				switch spec := spec.(type) {
				case *ast.ImportSpec:
					path, err := strconv.Unquote(spec.Path.Value)
					check(err)
					name := "-"
					if spec.Name != nil {
						name = spec.Name.Name
					}
					fmt.Fprintf(out, "import\t%d\t%s\t%x\n", start(spec.Path.Pos()).Line, name, path)
				case *ast.TypeSpec:
					kind := "type"
					if spec.Assign.IsValid() {
						kind = "alias"
					}
					signature := span(spec.Type.Pos(), spec.Type.End())
					declared(kind, spec.Name, false, spec.TypeParams != nil, signature, "-", index, 0)
				case *ast.ValueSpec:
					values(declaration.Tok.String(), index, spec, span, declared)
				}
			}
		}
	}
}

type declarer func(kind string, name *ast.Ident, body, generic bool, signature, value string, index, position int)

func function(found *ast.FuncDecl, span func(from, to token.Pos) string, declared declarer) {
	kind, generic := "func", found.Type.TypeParams != nil
	if found.Recv != nil && len(found.Recv.List) == 0 {
		// No Go, but go/parser reads it.
		kind = "method "
	} else if found.Recv != nil {
		receiver := found.Recv.List[len(found.Recv.List)-1].Type
		pointer := ""
		for {
			switch inner := receiver.(type) {
			case *ast.ParenExpr:
				receiver = inner.X
				continue
			case *ast.StarExpr:
				pointer, receiver = "*", inner.X
				continue
			case *ast.IndexExpr:
				generic, receiver = true, inner.X
				continue
			case *ast.IndexListExpr:
				generic, receiver = true, inner.X
				continue
			}
			break
		}
		name, ok := receiver.(*ast.Ident)
		if !ok {
			// No type that may have methods; go/types refuses it.
			name = &ast.Ident{Name: "?"}
		}
		kind = "method " + pointer + name.Name
	}
	body := "-"
	if found.Body != nil {
		body = span(found.Body.Pos(), found.Body.End())
	}
	signature := span(found.Type.Params.Pos(), found.Type.End())
	declared(kind, found.Name, found.Body != nil, generic, signature, body, 0, 0)
}

func values(kind string, index int, spec *ast.ValueSpec, span func(from, to token.Pos) string, declared declarer) {
	signature, value := "-", "-"
	// A constant with a type and without a value is no Go, though go/parser reads it.
	if spec.Type != nil && (kind == "var" || spec.Values != nil) {
		signature = span(spec.Type.Pos(), spec.Type.End())
	}
	if len(spec.Values) != 0 {
		value = span(spec.Values[0].Pos(), spec.Values[len(spec.Values)-1].End())
	}
	for position, name := range spec.Names {
		declared(kind, name, spec.Values != nil, false, signature, value, index, position)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
