//! Does every class of agreement come out of small sources, without Go?
//!
//! What is expected of the pairs was recorded from go/types and from what the functions do when they are
//! called; `tests/signatures.rs` holds the same code against go/types live.

use std::collections::BTreeMap;

use gonym::dwarf::Parameter;
use gonym::finding::Code;
use gonym::linkname::signature::{Class, Comparison, Side, TargetSide, Universe, compare};
use gonym::source::file::GoFile;
use gonym::source::types::{Declared, ParsedPackage, Resolver};
use gonym::types::layout::Layout;
use gonym::types::machine::Machine;
use gonym::types::{Name, Type};

struct Packages(BTreeMap<String, ParsedPackage>);

impl Declared for Packages {
    fn package(&self, import_path: &str) -> Option<&ParsedPackage> {
        self.0.get(import_path)
    }
}

impl Packages {
    fn new(packages: &[(&str, &[&str])]) -> Self {
        let parsed = packages.iter().map(|(path, files)| {
            let files = files.iter().map(|text| GoFile::parse(text.as_bytes().to_vec())).collect();
            ((*path).to_owned(), ParsedPackage::new(path, files))
        });
        Self(parsed.collect())
    }
}

const RUNTIME: &str = "package runtime
import \"unsafe\"
import \"internal/abi\"
type _type = abi.Type
type g struct { stack [2]uintptr; m *m }
type m struct { g0 *g }
type hiter struct { key, elem unsafe.Pointer; t *_type }
type slice struct { array unsafe.Pointer; len, cap int }
type writeBarrier struct { enabled bool; pad [3]byte; alignme uint64 }
func nanotime() int64 { return 0 }
func mapiternext(it *hiter) {}
func goready(gp *g, traceskip int) {}
func typedslicecopy(t *_type, dst, src slice) int { return 0 }
func ifaceE2I(t *_type, e eface) {}
func printsp(a ...any) {}
func sum(a float32, b, c int32, d [2]int32) (int, error) { return 0, nil }
type eface struct { _type *_type; data unsafe.Pointer }
func (g *g) id(n int) uint64 { return 0 }
func (g g) copy() bool { return false }
func generic[T any](t T) {}
var ncpu int32
var barrier writeBarrier
var names = [...]string{2: \"a\", \"b\"}
var heads [PtrBits / 8]*g
const ( PtrBits = 8 * PtrSize; PtrSize = 4 << (^uintptr(0) >> 63) )
";
const ABI: &str = "package abi
type Type struct { Size_ uintptr; Kind_ uint8 }
";

/// The other end, declared in package `p` with `local`.
fn class(declaration: &str, local: &str, target: &str) -> Comparison {
    class_on("amd64", declaration, local, target)
}

fn packages(declaration: &str) -> Packages {
    let file = format!("package p\nimport (\"unsafe\"; \"internal/abi\"; \"C\")\n{declaration}\n");
    Packages::new(&[("runtime", &[RUNTIME]), ("internal/abi", &[ABI]), ("x/p", &[&file])])
}

fn class_on(goarch: &str, declaration: &str, local: &str, target: &str) -> Comparison {
    let packages = packages(declaration);
    let machine = Machine::of(goarch, 27).expect("a known port");
    let universe = Universe { declared: &packages, machine };
    let local = Side { package: "x/p".to_owned(), name: local.to_owned() };
    let target = Side::of_symbol(target).expect("a symbol");
    compare(&local, &TargetSide::Source(&target), &universe)
}

/// Go declaration of `f`, target, class.
const FUNCTIONS: &[(&str, &str, Class)] = &[
    ("func f() int64", "runtime.nanotime", Class::Identical),
    ("type Time = int64; func f() Time", "runtime.nanotime", Class::Identical),
    ("type Time int64; func f() Time", "runtime.nanotime", Class::SameAbi),
    ("func f() uint64", "runtime.nanotime", Class::SameAbi),
    ("func f() int32", "runtime.nanotime", Class::Results),
    ("func f() float64", "runtime.nanotime", Class::Results),
    ("func f() string", "runtime.nanotime", Class::Results),
    ("func f()", "runtime.nanotime", Class::Results),
    ("func f(int) int64", "runtime.nanotime", Class::Parameters),
    ("func f() C.long", "runtime.nanotime", Class::Unknown),
    ("func f(C.int) string", "runtime.nanotime", Class::Results),
    // ugorji/go/codec 1.2.8
    ("func f(it unsafe.Pointer) (key unsafe.Pointer)", "runtime.mapiternext", Class::Results),
    ("func f(it unsafe.Pointer)", "runtime.mapiternext", Class::SameAbi),
    ("type hiter struct{}; func f(it *hiter)", "runtime.mapiternext", Class::SameAbi),
    // gvisor
    ("func f(gp uintptr, skip int)", "runtime.goready", Class::Pointer),
    ("func f(gp unsafe.Pointer, skip int32)", "runtime.goready", Class::Parameters),
    (
        "type s struct { p unsafe.Pointer; l, c int }; func f(t *abi.Type, dst, src s) int",
        "runtime.typedslicecopy",
        Class::SameAbi,
    ),
    ("func f(t *abi.Type, dst, src []byte) int", "runtime.typedslicecopy", Class::SameAbi),
    ("func f(t *abi.Type, dst, src string) int", "runtime.typedslicecopy", Class::Parameters),
    ("func f(t *abi.Type, e any)", "runtime.ifaceE2I", Class::SameAbi),
    ("func f(...interface{})", "runtime.printsp", Class::Identical),
    ("func f([]any)", "runtime.printsp", Class::SameAbi),
    ("func f(a float32, b, c int32, d [2]int32) (int, error)", "runtime.sum", Class::Identical),
    ("func f(a float32, b, c rune, d [1 + 1]int32) (int, error)", "runtime.sum", Class::Identical),
    ("func f(a float32, b, c, d int32) (int, error)", "runtime.sum", Class::Parameters),
    ("func f(a float32, b, c int32, d int64) (int, error)", "runtime.sum", Class::Parameters),
    ("func f(a float32, b, c int32, d [N]int32) (int, error)", "runtime.sum", Class::Unknown),
    ("func f(unsafe.Pointer, int) uint64", "runtime.(*g).id", Class::SameAbi),
    ("func f(unsafe.Pointer) bool", "runtime.(*g).copy", Class::SameAbi),
    ("func f(unsafe.Pointer) bool", "runtime.g.copy", Class::Parameters),
    ("func f(int)", "runtime.generic", Class::Unknown),
    ("func f(int)", "runtime.generic[int]", Class::Unknown),
    ("func f()", "runtime.gone", Class::Unknown),
    ("func f()", "unknown/package.gone", Class::Unknown),
    ("func f()", "runtime.ncpu", Class::Kind),
];

#[test]
fn functions_are_classed() {
    for (declaration, target, wanted) in FUNCTIONS {
        let found = class(declaration, "f", target);
        assert_eq!(found.class, *wanted, "{declaration} -> {target}: {}", found.detail);
    }
}

#[test]
fn what_differs_is_said_in_one_line() {
    let said = |declaration, target| class(declaration, "f", target).detail;
    assert_eq!(
        said("func f(it unsafe.Pointer) (key unsafe.Pointer)", "runtime.mapiternext"),
        "results: local has (unsafe.Pointer), runtime.mapiternext returns nothing"
    );
    assert_eq!(
        said("func f(gp uintptr, skip int)", "runtime.goready"),
        "parameter 1: local has uintptr, runtime.goready has *runtime.g: the collector sees a pointer on one side only"
    );
    assert_eq!(
        said("func f() string", "runtime.nanotime"),
        "result: local has string, runtime.nanotime has int64 (16 bytes against 8)"
    );
    assert_eq!(
        said("type hiter struct{}; func f(it *hiter)", "runtime.mapiternext"),
        "parameter: local has *x/p.hiter, runtime.mapiternext has *runtime.hiter (pointee of a mirror struct not verified)"
    );
}

/// On a port without registers values are split as memory is; floats and integers are the same bytes.
#[test]
fn ports_without_registers_compare_memory() {
    let declaration = "func f(a float32, b, c int32, d int64) (int, error)";
    assert_eq!(class_on("386", declaration, "f", "runtime.sum").class, Class::SameAbi);
    assert_eq!(class_on("arm64", declaration, "f", "runtime.sum").class, Class::Parameters);
    assert_eq!(class_on("386", "func f() float64", "f", "runtime.nanotime").class, Class::SameAbi);
    assert_eq!(class_on("386", "func f() int", "f", "runtime.nanotime").class, Class::Results);
}

#[test]
fn variables_are_classed() {
    for (declaration, target, wanted) in [
        ("var v int32", "runtime.ncpu", Class::Identical),
        ("var v uint32", "runtime.ncpu", Class::SameAbi),
        ("var v int", "runtime.ncpu", Class::Size),
        ("var v bool", "runtime.ncpu", Class::Size),
        ("var v [2]uintptr", "runtime.barrier", Class::SameAbi),
        ("var v uintptr", "runtime.barrier", Class::Size),
        ("var v string", "runtime.barrier", Class::PointerMap),
        ("var v [4]string", "runtime.names", Class::Identical),
        ("var v [8]unsafe.Pointer", "runtime.heads", Class::SameAbi),
        ("var v [8]uintptr", "runtime.heads", Class::PointerMap),
        ("var v = f()", "runtime.heads", Class::Unknown),
        ("var v func()", "runtime.nanotime", Class::Kind),
    ] {
        let found = class(declaration, "v", target);
        assert_eq!(found.class, wanted, "{declaration} -> {target}: {}", found.detail);
    }
}

fn parameter(name: &str, type_name: &str, size: u64, is_result: bool) -> Parameter {
    Parameter {
        name: name.as_bytes().to_vec(),
        type_name: Some(type_name.as_bytes().to_vec()),
        size: Some(size),
        is_result,
    }
}

/// Lists as debug/dwarf printed them of gofmt and of a program with an optimised-away parameter.
#[test]
fn dwarf_is_held_against_source_and_doubted() {
    let packages = packages(
        "func nano() int64; func next(unsafe.Pointer) unsafe.Pointer; func wrong(string) string; func two(a, b int)",
    );
    let machine = Machine::of("amd64", 27).expect("a known port");
    let universe = Universe { declared: &packages, machine };
    let against = |local: &str, parameters: &[Parameter]| {
        let side = Side { package: "x/p".to_owned(), name: local.to_owned() };
        compare(&side, &TargetSide::Function { name: "r.t", parameters }, &universe).class
    };
    let it = parameter("it", "*runtime.hiter", 8, false);
    let result = parameter("~r0", "int64", 8, true);
    let mean = [parameter("mean", "int", 8, false), parameter("~r0", "int32", 4, true)];
    assert_eq!(against("nano", std::slice::from_ref(&result)), Class::Identical);
    assert_eq!(against("wrong", &mean), Class::Parameters);
    assert_eq!(against("nano", &mean), Class::Parameters);
    // Results that an inlinable function lost, values that are listed twice, nothing of assembly.
    assert_eq!(against("next", &[it]), Class::Unknown);
    assert_eq!(against("nano", &[result.clone(), result]), Class::Unknown);
    assert_eq!(against("two", &[]), Class::Unknown);
    let struct_ = parameter("s", "struct { a int; b int }", 16, false);
    assert_eq!(against("two", std::slice::from_ref(&struct_)), Class::Unknown);
    assert_eq!(against("next", &[struct_, parameter("~r0", "*int", 8, true)]), Class::Parameters);
}

/// A source of another version than the binary must not make a mismatch.
#[test]
fn fault_f_a_type_whose_size_is_another_in_dwarf_is_unknown() {
    let packages = packages("func f(m abi.Type)\nvar v [2]uintptr");
    let machine = Machine::of("amd64", 27).expect("a known port");
    let universe = Universe { declared: &packages, machine };
    let side = |name: &str| Side { package: "x/p".to_owned(), name: name.to_owned() };
    let moved = [parameter("m", "internal/abi.Type", 24, false)];
    let target = TargetSide::Function { name: "r.t", parameters: &moved };
    assert_eq!(compare(&side("f"), &target, &universe).class, Class::Parameters);
    let same = [parameter("m", "internal/abi.Type", 16, false)];
    let target = TargetSide::Function { name: "r.t", parameters: &same };
    assert_eq!(compare(&side("f"), &target, &universe).class, Class::Identical);
    let type_name = Some(&b"struct { x int; y int }"[..]);
    let target = TargetSide::Variable { name: "r.v", type_name, size: Some(16) };
    assert_eq!(compare(&side("v"), &target, &universe).class, Class::Unknown);
    let target = TargetSide::Variable { name: "r.v", type_name, size: Some(8) };
    assert_eq!(compare(&side("v"), &target, &universe).class, Class::Size);
}

/// Declaration of `f`, Go declarations of the target `g` beside it, class. What the first three pairs do when
/// they are called was seen: 1.22.12 and 1.27.4 crash, or print another value.
const MEANINGS: &[(&str, &str, Class)] = &[
    ("func f(v any)", "func g(v error) {}", Class::Interface),
    ("func f() error", "func g() any { return nil }", Class::Interface),
    ("func f(v interface{ M() })", "func g(v any) {}", Class::Interface),
    ("func f(v interface{ error })", "func g(v any) {}", Class::Interface),
    ("func f(v []any)", "func g(v []error) {}", Class::Interface),
    (
        "type s struct { n int; v any }; func f(v s)",
        "type t struct { n int; v error }; func g(v t) {}",
        Class::Interface,
    ),
    ("func f(v interface{ error })", "func g(v error) {}", Class::SameAbi),
    ("func f(v interface{ A() })", "func g(v interface{ B() }) {}", Class::Other),
    ("func f(v interface{ A(); B() })", "func g(v interface{ B() }) {}", Class::Other),
    ("func f(v interface{ Unknown })", "func g(v any) {}", Class::SameAbi),
    ("func f(m map[string]int)", "func g(m map[int]string) {}", Class::Other),
    ("func f(m map[string]int)", "func g(m map[string]uint) {}", Class::SameAbi),
    ("type k string; func f(m map[k]int)", "func g(m map[string]int) {}", Class::SameAbi),
    ("func f(p *int)", "func g(p func()) {}", Class::Other),
    ("func f(m map[int]int)", "func g(c chan int) {}", Class::Other),
    ("func f(c chan int)", "func g(c <-chan int) {}", Class::SameAbi),
    ("func f(c chan int)", "func g(c chan string) {}", Class::Other),
    ("func f(c func(int, string))", "func g(c func(string, int)) {}", Class::Other),
    ("func f(c func(int) int)", "func g(c func(uint) int) {}", Class::SameAbi),
    ("func f(c func(any))", "func g(c func(error)) {}", Class::Other),
    ("func f(v [2]any)", "func g(v [2]error) {}", Class::Interface),
    ("func f(v ...any)", "func g(v ...error) {}", Class::Interface),
    ("func f(m map[[3]int]bool)", "func g(m map[[2]int]bool) {}", Class::Other),
    ("func f(c func() (string, int))", "type t func() (int, string); func g(c t) {}", Class::Other),
    // Mirrors and mere addresses are meant.
    ("type hmap struct { n int }; func f(m *hmap)", "func g(m map[int]int) {}", Class::SameAbi),
    ("type hmap struct{}; func f(m *hmap)", "func g(m map[int]int) {}", Class::SameAbi),
    ("func f(m unsafe.Pointer)", "func g(m map[int]int) {}", Class::SameAbi),
    ("func f(m *byte)", "func g(m chan int) {}", Class::SameAbi),
    ("func f(m *C.long)", "func g(m chan int) {}", Class::SameAbi),
    // Pointees.
    (
        "type it struct { a, b int }; func f(p *it)",
        "type t struct { a [4]int }; func g(p *t) {}",
        Class::Pointee,
    ),
    ("func f(p *int32)", "func g(p *int64) {}", Class::Pointee),
    ("func f(p *[2]int64)", "func g(p *[4]int64) {}", Class::Pointee),
    (
        "type it struct { a int }; func f(p *it)",
        "type t struct { a int; b []byte }; func g(p *t) {}",
        Class::Pointee,
    ),
    ("func f(p *int64)", "func g(p *int32) {}", Class::SameAbi),
    ("func f(p *byte)", "func g(p *int64) {}", Class::SameAbi),
    ("func f(p unsafe.Pointer)", "func g(p *int64) {}", Class::SameAbi),
    ("type it struct{}; func f(p *it)", "func g(p *int64) {}", Class::SameAbi),
    ("func f() *int32", "func g() *int64 { return nil }", Class::SameAbi),
    (
        "//go:notinheap\ntype it struct { a int }\nfunc f(p *it)",
        "type t struct { a [4]int }; func g(p *t) {}",
        Class::SameAbi,
    ),
];

#[test]
fn fault_f_equal_bytes_can_mean_other_things() {
    for (local, target, wanted) in MEANINGS {
        let found = class(&format!("{local}\n{target}"), "f", "x/p.g");
        assert_eq!(found.class, *wanted, "{local} -> {target}: {}", found.detail);
    }
    let found = class("var v any\nvar w error", "v", "x/p.w");
    assert_eq!(
        (found.class, found.class.code()),
        (Class::Interface, Some(Code::SignatureInterface))
    );
}

/// `TargetSide::Function`: DWARF names `error` and `interface {}` alike in all releases.
#[test]
fn fault_f_interfaces_are_held_against_dwarf() {
    let packages = packages("func f(v any); func h(v error)");
    let machine = Machine::of("amd64", 27).expect("a known port");
    let universe = Universe { declared: &packages, machine };
    let against = |local: &str, type_name| {
        let side = Side { package: "x/p".to_owned(), name: local.to_owned() };
        let parameters = [parameter("v", type_name, 16, false)];
        let target = TargetSide::Function { name: "r.t", parameters: &parameters };
        compare(&side, &target, &universe).class
    };
    assert_eq!(against("f", "error"), Class::Interface);
    assert_eq!(against("h", "interface {}"), Class::Interface);
    assert_eq!(against("f", "interface {}"), Class::Identical);
    assert_eq!(against("h", "interface { Error() string }"), Class::Unknown);
}

fn size(packages: &Packages, name: &str, goarch: &str) -> Result<u64, &'static str> {
    let machine = Machine::of(goarch, 27).expect("a known port");
    let resolver = Resolver::new(packages, machine);
    let name = Name { package: "x/p".into(), name: name.into(), arguments: Vec::new() };
    Layout::of(&Type::Named(name.into()), machine, &resolver).map(|layout| layout.size)
}

/// Sizes that unsafe.Sizeof printed with Go 1.27.4 on amd64 and 386.
#[test]
fn sizes_follow_constants_generics_and_padding() {
    let packages = packages(
        "type Pad struct { a int64; b struct{} }
type Mixed struct { a bool; b int64; c bool }
type Pair[K, V any] struct { k K; v V; more []V }
type Used struct { p Pair[string, Mixed]; q Pair[int8, bool] }
type list[T any] struct { next *list[T]; x T }
type Nodes list[Nodes2]
type Nodes2 struct { l *list[Nodes2] }
type Alias[T any] = Pair[T, T]
type ByAlias struct { a Alias[int16] }
const ( A = iota * 10; B; _; C = 1 << iota; D )
type Arrays struct { a [B]byte; c [C]byte; d [D]byte; e [len(\"four\")]byte; f [unsafe.Sizeof(Mixed{})]byte; g [unsafe.Offsetof(Mixed{}.c)]byte; h ['a']byte; i [1e2]byte; j [0x_1F &^ 1]byte }
type Loop struct { x Loop2 }
type Loop2 struct { x Loop }
type Endless Endless
const Self = Self + 1
type OfSelf [Self]int
",
    );
    for (name, amd64, i386) in [
        ("Pad", 16, 12),
        ("Mixed", 24, 16),
        ("Used", 96, 52),
        ("Nodes", 16, 8),
        ("ByAlias", 32, 16),
    ] {
        assert_eq!(
            (size(&packages, name, "amd64"), size(&packages, name, "386")),
            (Ok(amd64), Ok(i386)),
            "{name}"
        );
    }
    // 10 + 8 + 16 + 4 + 24 + 16 + 97 + 100 + 30
    assert_eq!(size(&packages, "Arrays", "amd64"), Ok(305));
    for broken in ["Loop", "Endless", "OfSelf", "Absent"] {
        assert!(size(&packages, broken, "amd64").is_err(), "{broken}");
    }
}

/// Each line doubles the one before: whoever follows all of them needs 2^60 steps.
#[test]
fn hostile_declarations_end() {
    let mut text = String::from("type T0 struct { a, b int }\nconst C0 = 1\n");
    for level in 1..60 {
        let below = level - 1;
        text += &format!("type T{level} struct {{ a, b T{below} }}\n");
        text += &format!("const C{level} = C{below} + C{below}\n");
        text += &format!("type B{level} = struct {{ a, b B{below} }}\n");
    }
    text += "type A [C59]int\ntype D ";
    text += &"*(".repeat(100_000);
    text += "\ntype E [";
    text += &"1+".repeat(100_000);
    text += "1]int\ntype F struct { x [C1]";
    for name in ["T59", "A", "D", "E", "F"] {
        assert!(size(&packages(&text), name, "amd64").is_err(), "{name}");
    }
    let found =
        class(&text.replacen("type T0", "type B0 int\nvar v B59\ntype T0", 1), "v", "runtime.ncpu");
    assert_eq!(found.class, Class::Unknown);
    assert!(found.detail.len() < 2000, "{}", found.detail);
}

/// The import paths of a build, those of Go's own marked.
struct Paths(BTreeMap<&'static str, bool>);

impl Declared for Paths {
    fn package(&self, _: &str) -> Option<&ParsedPackage> {
        None
    }

    fn has(&self, import_path: &str) -> bool {
        self.0.contains_key(import_path)
    }

    fn is_standard(&self, import_path: &str) -> bool {
        self.0.get(import_path) == Some(&true)
    }
}

/// Vendor folders are found as `go build` finds them.
#[test]
fn an_import_leads_into_the_vendor_folder_above() {
    let paths = Paths(BTreeMap::from([
        ("net/http", true),
        ("cmd/go", true),
        ("app", false),
        ("old/app/in", false),
        ("x.org/p", false),
        ("vendor/x.org/p", true),
        ("cmd/vendor/x.org/p", true),
        ("old/vendor/x.org/p", false),
    ]));
    for (from, wanted) in [
        ("net/http", "vendor/x.org/p"),
        ("cmd/go", "cmd/vendor/x.org/p"),
        ("app", "x.org/p"),
        ("old/app/in", "old/vendor/x.org/p"),
        ("vendor/x.org/p", "vendor/x.org/p"),
    ] {
        assert_eq!(paths.import(from, "x.org/p"), wanted, "{from}");
    }
}

/// Sizes that need sizes, each at the bottom of a deep struct: depths must not multiply on the stack.
#[test]
fn sizes_that_wait_for_sizes_fit_the_stack() {
    let mut text = String::from("type S0L99 struct { a int }\n");
    for size in 0..60 {
        for level in 0..99 {
            text += &format!("type S{size}L{level} struct {{ a S{size}L{} }}\n", level + 1);
        }
        text += &format!("type S{}L99 [unsafe.Sizeof(S{size}L60{{}})]byte\n", size + 1);
    }
    let packages = packages(&text);
    assert_eq!(size(&packages, "S0L60", "amd64"), Ok(8));
    assert_eq!(size(&packages, "S2L60", "amd64"), Ok(8));
    assert!(size(&packages, "S59L60", "amd64").is_err());
}

/// Cut anywhere, or with any byte replaced, a file is read without a panic.
#[test]
fn broken_files_are_survived() {
    let whole = RUNTIME.as_bytes();
    let ask = |bytes: Vec<u8>| {
        let package = ParsedPackage::new("runtime", vec![GoFile::parse(bytes)]);
        let names: Vec<String> = package
            .files()
            .iter()
            .flat_map(|file| &file.declarations)
            .filter_map(|declaration| String::from_utf8(declaration.name.clone()).ok())
            .collect();
        let packages = Packages(BTreeMap::from([("runtime".to_owned(), package)]));
        let machine = Machine::of("386", 27).expect("a known port");
        let universe = Universe { declared: &packages, machine };
        for name in names {
            let side = Side { package: "runtime".to_owned(), name };
            let found = compare(&side, &TargetSide::Source(&side), &universe);
            assert!(!found.class.is_mismatch(), "{side:?}: {found:?}");
        }
    };
    for cut in 0..whole.len() {
        ask(whole.get(..cut).expect("a part").to_vec());
        for byte in *b"([{}]),*0\"" {
            let mut broken = whole.to_vec();
            broken[cut] = byte;
            ask(broken);
        }
    }
}
