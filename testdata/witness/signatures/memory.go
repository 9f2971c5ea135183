package main

import (
	"fmt"
	"go/types"
	"sort"
	"strings"
)

// A leaf is a word, or part of one, that a value of a type consists of.
type leaf struct {
	float   bool
	size    int64
	pointer byte // 'p', 'o' for one out of the heap, 0 for none
}

// What a type looks like in memory and in registers.
type memory struct {
	pointers map[int64]byte
	leaves   []leaf
	stack    bool // never in registers
}

const most = 1 << 16

func pointerText(pointers map[int64]byte) string {
	var at []int64
	for offset := range pointers {
		at = append(at, offset)
	}
	sort.Slice(at, func(i, j int) bool { return at[i] < at[j] })
	var text []string
	for _, offset := range at {
		mark := ""
		if pointers[offset] == 'o' {
			mark = "o"
		}
		text = append(text, fmt.Sprintf("%s%d", mark, offset))
	}
	return strings.Join(text, ",")
}

func (w *world) memory(t types.Type) (*memory, bool) {
	m := &memory{pointers: map[int64]byte{}}
	ok := w.fill(m, t, 0)
	return m, ok
}

func (w *world) isOffHeap(t types.Type, depth int) bool {
	if depth > 30 {
		return false
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		object := t.Obj()
		if object.Pkg() == nil {
			return false
		}
		path := object.Pkg().Path()
		if object.Name() == "NotInHeap" && strings.HasSuffix(path, "runtime/sys") || object.Name() == "NotInHeap" && path == "runtime/internal/sys" {
			return true
		}
		if p := w.packages[path]; p != nil && p.offHeap[object.Name()] {
			return true
		}
		return w.isOffHeap(t.Underlying(), depth+1)
	case *types.Array:
		return w.isOffHeap(t.Elem(), depth+1)
	case *types.Struct:
		for i := 0; i < t.NumFields(); i++ {
			if w.isOffHeap(t.Field(i).Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

func (w *world) words(m *memory, at int64, marks ...byte) bool {
	for i, mark := range marks {
		m.leaves = append(m.leaves, leaf{size: w.word, pointer: mark})
		if mark != 0 {
			m.pointers[at+int64(i)*w.word] = mark
		}
	}
	return len(m.pointers) <= most
}

func (w *world) fill(m *memory, t types.Type, at int64) bool {
	pointer := func(to types.Type) byte {
		if w.isOffHeap(to, 0) {
			return 'o'
		}
		return 'p'
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return w.basic(m, t, at)
	case *types.Pointer:
		return w.words(m, at, pointer(t.Elem()))
	case *types.Map, *types.Chan, *types.Signature:
		return w.words(m, at, 'p')
	case *types.Slice:
		return w.words(m, at, pointer(t.Elem()), 0, 0)
	case *types.Interface:
		return w.words(m, at, 'p', 'p')
	case *types.Array:
		m.stack = m.stack || t.Len() > 1
		if t.Len() == 0 {
			return true
		}
		one, ok := w.memory(t.Elem())
		m.stack = m.stack || one.stack
		if t.Len() == 1 {
			m.leaves = append(m.leaves, one.leaves...)
		}
		if !ok || int64(len(one.pointers))*t.Len() > most {
			return false
		}
		size := w.sizes.Sizeof(t.Elem())
		for i := int64(0); i < t.Len() && len(one.pointers) > 0; i++ {
			for offset, mark := range one.pointers {
				m.pointers[at+i*size+offset] = mark
			}
		}
		return len(m.pointers) <= most
	case *types.Struct:
		var fields []*types.Var
		for i := 0; i < t.NumFields(); i++ {
			fields = append(fields, t.Field(i))
		}
		offsets := w.sizes.Offsetsof(fields)
		for i, field := range fields {
			if !w.fill(m, field.Type(), at+offsets[i]) {
				return false
			}
		}
		return true
	}
	return false
}

func (w *world) basic(m *memory, t *types.Basic, at int64) bool {
	size := w.sizes.Sizeof(t)
	switch {
	case t.Kind() == types.String:
		return w.words(m, at, 'p', 0)
	case t.Kind() == types.UnsafePointer:
		return w.words(m, at, 'p')
	case t.Info()&types.IsComplex != 0:
		m.leaves = append(m.leaves, leaf{float: true, size: size / 2}, leaf{float: true, size: size / 2})
	case t.Info()&types.IsFloat != 0:
		m.leaves = append(m.leaves, leaf{float: true, size: size})
	case t.Kind() == types.Invalid:
		return false
	default:
		m.leaves = append(m.leaves, leaf{size: size})
	}
	return true
}

func (w *world) variables(ours, theirs types.Type) string {
	if types.Identical(ours, theirs) {
		return "identical"
	}
	if invalid(ours, 0) || invalid(theirs, 0) {
		return "invalid"
	}
	if w.sizes.Sizeof(ours) != w.sizes.Sizeof(theirs) {
		return "size"
	}
	a, okA := w.memory(ours)
	b, okB := w.memory(theirs)
	if !okA || !okB {
		return "unknown"
	}
	if clash(a.pointers, b.pointers) {
		return "pointer-map"
	}
	return "same-abi"
}

func clash(a, b map[int64]byte) bool {
	for at, mark := range a {
		if mark == 'p' && b[at] == 0 {
			return true
		}
	}
	for at, mark := range b {
		if mark == 'p' && a[at] == 0 {
			return true
		}
	}
	return false
}

// functions classes two signatures: the values are written as text, place by place.
func (w *world) functions(ours, theirs *types.Signature) string {
	if types.Identical(ours, theirs) {
		return "identical"
	}
	for _, tuple := range []*types.Tuple{ours.Params(), ours.Results(), theirs.Params(), theirs.Results()} {
		for i := 0; i < tuple.Len(); i++ {
			if invalid(tuple.At(i).Type(), 0) {
				return "invalid"
			}
		}
	}
	parameters := w.compare(w.assign(ours.Params()), w.assign(theirs.Params()))
	results := w.compare(w.assign(ours.Results()), w.assign(theirs.Results()))
	switch {
	case parameters == "places":
		return "parameters"
	case results == "places":
		return "results"
	case parameters == "pointer" || results == "pointer":
		return "pointer"
	}
	return "same-abi"
}

// Places are keyed by "i0", "f3" for registers and by the byte for the stack.
type place struct {
	size    int64
	pointer byte
}

func (w *world) assign(tuple *types.Tuple) map[string]place {
	places := map[string]place{}
	ints, floats, end := 0, 0, int64(0)
	for i := 0; i < tuple.Len(); i++ {
		t := tuple.At(i).Type()
		m, _ := w.memory(t)
		size := w.sizes.Sizeof(t)
		needInts, needFloats := 0, 0
		for _, l := range m.leaves {
			if l.float {
				needFloats++
			} else {
				needInts++
			}
		}
		if size > 0 && !m.stack && ints+needInts <= w.ints && floats+needFloats <= w.floats {
			for _, l := range m.leaves {
				if l.float {
					places[fmt.Sprintf("f%d", floats)] = place{l.size, l.pointer}
					floats++
				} else {
					places[fmt.Sprintf("i%d", ints)] = place{l.size, l.pointer}
					ints++
				}
			}
			continue
		}
		align := w.sizes.Alignof(t)
		end = (end + align - 1) / align * align
		for at := int64(0); at < size; at++ {
			places[fmt.Sprint(end+at)] = place{1, m.pointers[at]}
		}
		end += size
	}
	return places
}

func (w *world) compare(a, b map[string]place) string {
	answer := "equal"
	for key, x := range a {
		y, ok := b[key]
		if !ok || x.size != y.size {
			return "places"
		}
		if x.pointer != y.pointer && x.pointer != 'o' && y.pointer != 'o' {
			answer = "pointer"
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			return "places"
		}
	}
	return answer
}
