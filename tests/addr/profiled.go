// Writes profiles of itself: folder in the first argument.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
)

type pair[K comparable, V any] struct {
	Key K
	Val V
}

func made[K comparable, V any](k K, v V) *pair[K, V] { return &pair[K, V]{k, v} }

type tree struct{ left, right *tree }

func grown(depth int) *tree {
	if depth == 0 {
		return nil
	}
	return &tree{grown(depth - 1), grown(depth - 1)}
}

func joined(n int) string { return strings.Repeat("x", n) + fmt.Sprint(n) }

func main() {
	runtime.MemProfileRate = 1
	var kept []any
	each := func(n int) {
		kept = append(kept, made(n, joined(n)), grown(4))
		text, _ := json.Marshal(map[string]any{"n": n, "list": []string{joined(n), joined(n + 1)}})
		var back map[string]any
		_ = json.Unmarshal(text, &back)
		kept = append(kept, back)
	}
	for n := 0; n < 200; n++ {
		each(n)
	}
	sort.Slice(kept, func(i, j int) bool { return fmt.Sprint(kept[i]) < fmt.Sprint(kept[j]) })
	file, err := os.Create(filepath.Join(os.Args[1], "symbolized.pb.gz"))
	if err != nil {
		panic(err)
	}
	if err := pprof.Lookup("allocs").WriteTo(file, 0); err != nil {
		panic(err)
	}
	file.Close()
	runtime.KeepAlive(kept)
}
