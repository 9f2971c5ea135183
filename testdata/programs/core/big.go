//go:build big

package main

import (
	"bytes"
	"go/importer"
	"go/token"
	"go/types"
	"html/template"
	"net/http"
	"net/rpc"
	"os"
)

// With the tag, several MiB of the standard library lie between main and what it pulls, so that branches
// need trampolines where they do not reach so far. Templates call methods by name, which keeps them all.
func init() {
	if len(os.Args) < 1000 {
		return
	}
	var page bytes.Buffer
	parsed := template.Must(template.New("page").Parse(os.Args[1]))
	check("template", bit(parsed.Execute(&page, http.DefaultServeMux) == nil), 1)
	checked, err := (&types.Config{Importer: importer.Default()}).Check("p", token.NewFileSet(), nil, nil)
	check("types", bit(err == nil && checked != nil), 1)
	check("server", bit(http.ListenAndServeTLS(":0", "", "", nil) == nil), 0)
	rpc.HandleHTTP()
}
