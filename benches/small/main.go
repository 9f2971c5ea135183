// A program of some 70 packages, two directives among its own: what `gonym check` costs in a usual module.
package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"time"

	"example.com/small/lib"
)

func main() {
	address, _ := url.Parse("http://localhost/path")
	text, _ := json.Marshal(map[string]any{"running": lib.Now() > 0, "path": address.Path, "for": time.Second})
	fmt.Fprintln(os.Stdout, string(text), regexp.MustCompile("a+"))
}
