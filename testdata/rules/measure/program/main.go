// Command plain links most of std and has no linkname of its own: whatever it calls of another
// package's unexported functions, it calls because compiler or linker say so.
package main

import (
	_ "archive/tar"
	_ "archive/zip"
	_ "compress/bzip2"
	_ "compress/lzw"
	"crypto/tls"
	_ "database/sql"
	_ "debug/buildinfo"
	_ "debug/dwarf"
	_ "debug/pe"
	_ "encoding/asn1"
	_ "encoding/csv"
	_ "encoding/gob"
	"encoding/json"
	"encoding/xml"
	_ "expvar"
	"flag"
	_ "go/build"
	_ "go/format"
	_ "go/types"
	"html/template"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	_ "index/suffixarray"
	"log"
	"math/big"
	"math/rand"
	_ "mime/multipart"
	"net/http"
	_ "net/http/httptest"
	_ "net/http/pprof"
	"net/rpc"
	_ "net/smtp"
	"os"
	"os/exec"
	_ "plugin"
	"reflect"
	"regexp"
	"runtime/debug"
	_ "runtime/metrics"
	_ "runtime/trace"
	"sort"
	_ "testing"
	_ "testing/fstest"
	"text/tabwriter"
	"time"

	"gonym.test/plain/lib"
)

func main() {
	n := len(os.Args)
	flag.Parse()
	lib.Maps("", 1, 2, nil, lib.Key{}, [200]int{}, n)
	lib.Slices(n, nil, nil, nil, int64(n), nil)
	lib.Strings("", "", "", "", "", "", nil, 'x')
	lib.Ifaces(n, lib.Sq{}, nil, nil)
	lib.Chans(nil, nil, nil, 3)
	lib.Defers(n, func() {})
	lib.Nums(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	lib.Atomics(nil, n)
	lib.Alloc(n)
	lib.Gen(map[string]int{}, "a", 1)
	lib.Gen(map[int]any{}, 1, nil)
	log.Println(http.ListenAndServe("", nil), reflect.ValueOf(tls.Config{}), rand.Int(), big.NewInt(1), time.Now(), regexp.MustCompile("a"))
}

func init() {
	b, _ := json.Marshal(map[string]any{"a": 1})
	_ = json.Unmarshal(b, new(any))
	c, _ := xml.Marshal(struct{ A int }{})
	template.Must(template.New("x").Parse(string(c))).Execute(os.Stdout, nil)
	sort.Slice(c, func(i, j int) bool { return c[i] < c[j] })
	_ = image.Black
	rpc.HandleHTTP()
	exec.Command("x").Run()
	debug.PrintStack()
	tabwriter.NewWriter(os.Stdout, 1, 1, 1, ' ', 0).Flush()
}
