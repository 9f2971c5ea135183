package main

// Which names does one Go release's linker define by itself? Knows the linker's
// syntax trees and what the packages declare; the tables are main.go's.

import (
	"go/ast"
	"strings"
)

// The linker's functions that make a symbol of the name they are given
// (cmd/link/internal/ld/lib.go, cmd/link/internal/loader/loader.go, go1.18..go1.27).
var makers = map[string]bool{
	"xdefine":            true,
	"defineInternal":     true,
	"CreateSymForUpdate": true,
	"LookupOrCreateSym":  true,
}

// definedOnlyByLinker finds the symbols that the linker makes in a package's name
// and that neither Go nor assembly of that package declares: what somebody pulls
// under such a name is the linker's. A symbol that source declares and the linker
// only fills (runtime.firstmoduledata) is an ordinary variable.
func definedOnlyByLinker(packages map[string][]*ast.File, declared func(pkg string) map[string]bool) map[string]inserter {
	found := map[string]inserter{}
	for _, files := range packages {
		for _, file := range files {
			for _, decl := range file.Decls {
				fn, _ := decl.(*ast.FuncDecl)
				ast.Inspect(decl, func(node ast.Node) bool {
					call, ok := node.(*ast.CallExpr)
					if !ok || !makers[calleeName(call)] || len(call.Args) == 0 {
						return true
					}
					_, exact := call.Args[0].(*ast.BasicLit)
					for _, name := range values(call.Args[0], fn) {
						// The package of runtime.text.12 is runtime.
						pkg, local, ok := strings.Cut(name, ".")
						// A gap is code that the linker writes for C (runtime.elf_savegpr0); runtime.gcmask.*
						// is spelt so.
						if !ok || pkg != "runtime" || !exact && strings.Contains(local, "*") {
							continue
						}
						if _, ok := declared(pkg)[local]; !ok {
							found[name] = linker
						}
					}
					return true
				})
			}
		}
	}
	return found
}
