// Package lib uses every construct the compiler lowers into runtime calls, and has no linkname.
package lib

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

type Key struct {
	A string
	B int32
	C interface{}
	D [3]float64
	E complex128
	F fmt.Stringer
}
type Small struct{ a, b int8 }
type Big struct {
	P [64]*int
	S string
}
type Huge struct{ X [4096]int64 }
type Noscan struct{ X [40]int64 }
type Pair[K comparable, V any] struct {
	k K
	v V
}

var Sink interface{}
var PB *Big
var GM = map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "j": 10, "k": 11, "l": 12, "m": 13, "n": 14, "o": 15, "p": 16, "q": 17, "r": 18, "s": 19, "t": 20, "u": 21, "v": 22, "w": 23, "x": 24, "y": 25, "z": 26}

//go:noinline
func Maps(s string, i32 int32, i64 int64, p *int, k Key, big [200]int, n int) int {
	a := map[string]Big{}
	b := map[int32]string{}
	c := map[int64]*int{}
	d := map[*int]*int{}
	e := map[Key]Key{}
	f := make(map[[200]int]Huge, n)
	g := map[interface{}]int{}
	h := map[float64]float32{}
	i := map[complex64]Small{}
	var u map[uint32]*int = make(map[uint32]*int)
	a[s] = Big{}
	b[i32] = s
	c[i64] = p
	d[p] = p
	e[k] = k
	f[big] = Huge{}
	g[k] = 1
	g[s]++
	h[1.5]++
	i[2i] = Small{}
	u[3] = p
	x := a[s]
	_, ok := b[i32]
	_ = c[i64]
	_, ok2 := d[p]
	y := e[k]
	z, ok3 := f[big]
	Sink = []interface{}{x, y, z, ok, ok2, ok3, h[2], i[1i], u[9]}
	delete(a, s)
	delete(b, i32)
	delete(c, i64)
	delete(d, p)
	delete(e, k)
	delete(u, 3)
	for k, v := range a {
		Sink = k
		Sink = v
	}
	for k := range e {
		delete(e, k)
	}
	for k := range g {
		Sink = k
	}
	return len(a) + len(b)
}

//go:noinline
func Slices(n int, s []byte, p []*int, r []rune, n64 int64, arr *[10]int) int {
	x := make([]int, n)
	y := make([]*int, n64, n64+1)
	x = append(x, 1, 2, 3)
	y = append(y, p...)
	z := append([]byte(nil), s...)
	s = append(s, make([]byte, n)...)
	copy(y, p)
	copy(z, s)
	var bb []Big
	bb = append(bb, Big{}, *PB)
	copy(bb, bb[1:])
	for i := range bb {
		bb[i] = Big{}
	}
	for i := range z {
		z[i] = 0
	}
	t := x[n : n+3 : n+5]
	q := (*[4]int)(t)
	u := unsafe.Slice(&x[0], n)
	v := unsafe.Slice((*Huge)(unsafe.Pointer(&x[0])), n64)
	ar := arr[n:]
	Sink = v
	return x[n] + q[1] + u[n] + len(y) + ar[n] + len(string(r)) + len(bb[n].S[n:]) + len(v)
}

//go:noinline
func Strings(a, b, c, d, e, f string, bs []byte, r rune) string {
	s := a + b
	s += a + b + c
	s += a + b + c + d
	s += a + b + c + d + e
	s += a + b + c + d + e + f
	s += string(bs) + string(r) + string([]rune(s)) + string([]byte(s))
	if a < b || string(bs) == c {
		s += "x"
	}
	for i, r := range s {
		Sink = i
		if r == 'x' {
			break
		}
	}
	switch s {
	case "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota":
		return d
	}
	m := map[string]int{}
	m[string(bs)]++
	return s[len(a):len(b)] + strings.ToUpper(s) + fmt.Sprint(len([]rune(s)), m)
}

type Shape interface{ Area() float64 }
type Named interface {
	Shape
	Name() string
}
type Sq struct{ s float64 }

func (s Sq) Area() float64  { return s.s }
func (s Sq) Name() string   { return "sq" }
func (s *Sq) Set(f float64) { s.s = f }

type Emb struct {
	*Sq
	sync.Mutex
}

//go:noinline
func Ifaces(x interface{}, s Shape, e error, y interface{}) (r float64) {
	if n, ok := x.(Named); ok {
		r += n.Area()
	}
	n := s.(Named)
	r += n.Area() + float64(len(n.Name()))
	r += x.(Sq).s
	switch v := x.(type) {
	case int:
		r += float64(v)
	case fmt.Stringer:
		Sink = v.String()
	case error:
		Sink = v.Error()
	case *Sq:
		v.Set(1)
	case []int:
		r++
	}
	if x == y || e == os.ErrNotExist || errors.Is(e, os.ErrClosed) {
		r++
	}
	Sink = r
	Sink = int8(r)
	Sink = uint16(r)
	Sink = []int{int(r)}
	Sink = "s" + fmt.Sprint(r)
	Sink = Huge{}
	Sink = Noscan{}
	f := s.Area
	go f()
	return
}

//go:noinline
func Chans(c chan int, d chan *Big, e chan struct{}, n int64) int {
	f := make(chan string, n)
	g := make(chan Huge)
	select {
	case c <- 1:
	default:
	}
	select {
	case v := <-c:
		return v
	default:
	}
	select {
	case v, ok := <-d:
		_, _ = v, ok
	case c <- 2:
	case <-e:
	case f <- "s":
	}
	go func() { g <- Huge{} }()
	h := <-g
	_, ok := <-g
	for v := range c {
		Sink = v
	}
	close(c)
	if ok {
		select {}
	}
	return int(h.X[0]) + len(c) + cap(d)
}

//go:noinline
func Defers(n int, f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	for i := 0; i < n; i++ {
		defer f()
	}
	defer f()
	go f()
	if n == 3 {
		panic(n)
	}
	if n == 4 {
		runtime.Goexit()
	}
	println("x", n, 1.5, uint(3), true, 'x', 2i, err == nil, f == nil, &n, []int{1}, Sink, any(nil))
	return nil
}

//go:noinline
func Nums(a, b int64, c, d uint64, e float64, f float32, u uint32, x, y complex128, sh uint) float64 {
	r := float64(a/b) + float64(a%b) + float64(c/d) + float64(c%d)
	r += float64(uint64(e)) + float64(int64(e)) + float64(uint32(f)) + float64(int64(f)) + float64(uint64(f))
	r += float64(u) + float64(float32(c)) + float64(float32(a))
	z := x / y
	r += real(z) + imag(z)
	r += float64(a<<sh) + float64(c>>sh) + float64(u>>sh)
	r += float64(bits.OnesCount64(c)) + math.FMA(e, e, e) + math.Floor(e) + math.RoundToEven(e) + math.Trunc(e)
	hi, lo := bits.Mul64(c, d)
	q, rem := bits.Div64(hi, lo, d)
	s, cc := bits.Add64(q, rem, 0)
	return r + float64(s+cc) + float64(bits.LeadingZeros32(u)) + math.Sqrt(r) + float64(int32(a)/int32(b)) + float64(u%uint32(b)) + float64(int8(a)/int8(b)) + math.Copysign(e, r) + math.Abs(e)
}

var ai64 int64
var au32 uint32
var ap unsafe.Pointer
var av atomic.Value

//go:noinline
func Atomics(p unsafe.Pointer, v interface{}) int64 {
	atomic.AddInt64(&ai64, 1)
	atomic.CompareAndSwapInt64(&ai64, 1, 2)
	atomic.StorePointer(&ap, p)
	atomic.SwapPointer(&ap, p)
	atomic.CompareAndSwapPointer(&ap, p, nil)
	atomic.AddUint32(&au32, 3)
	atomic.SwapUint32(&au32, 3)
	atomic.StoreInt64(&ai64, 9)
	atomic.CompareAndSwapUint32(&au32, 3, 4)
	av.Store(v)
	return atomic.LoadInt64(&ai64) + int64(atomic.LoadUint32(&au32))
}

func Gen[K comparable, V any](m map[K]V, k K, v V) (Pair[K, V], bool) {
	m[k] = v
	w, ok := m[k]
	var x any = w
	_, ok2 := x.(V)
	s := make([]Pair[K, V], 0)
	s = append(s, Pair[K, V]{k, w})
	eq := s[0].k == k
	return s[0], ok && ok2 && eq
}

//go:noinline
func Alloc(n int) {
	Sink = new(int8)
	Sink = new([2]int8)
	Sink = new(int64)
	Sink = new(Small)
	Sink = new(Big)
	Sink = new(Huge)
	Sink = new(Noscan)
	Sink = new(Key)
	Sink = new(struct{})
	Sink = &Pair[string, *int]{}
	Sink = &struct {
		a, b, c *int
		d       [10]int
	}{}
	Sink = &struct{ a [100]int8 }{}
	Sink = &struct{ a [20]*int }{}
	h := &Huge{}
	*h = Huge{}
	x := *h
	Sink = x
	*PB = Big{S: "x"}
	PB = &Big{}
	PB.P[n] = &n
	var k1, k2 Key
	if k1 == k2 {
		Sink = k1
	}
	var h1, h2 [50]string
	h1[n] = "x"
	if h1 == h2 {
		Sink = h1
	}
	e := Emb{}
	e.Lock()
	Sink = &e
	Sink = [3]interface{}{1, "x", 2.5}
	Sink = func() int { return n }
	var fs [3]func()
	for i := range fs {
		fs[i] = func() { println(i) }
	}
	Sink = fs
}
