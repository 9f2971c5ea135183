//! Programs of one question each: what is a use of `f`, how sure is it, and which lines are its place?

use super::*;
use crate::source::file::GoFile;

fn parsed(text: &str) -> GoFile {
    GoFile::parse(text.as_bytes().to_vec())
}

/// Each line of a file with the name `f`: `sure`, `value` or both.
fn shown(source: &str) -> Vec<String> {
    let names: BTreeSet<&[u8]> = [&b"f"[..]].into();
    let word = |found: &Use<'_>| {
        let sure = if found.sure { "sure" } else { "perhaps" };
        format!("{} {sure}{}", found.line, if found.value { " value" } else { "" })
    };
    let files = [GoFile::parse(source.as_bytes().to_vec())];
    uses(&files[0], &names, &Known::of(&files)).iter().map(word).collect()
}

#[test]
fn declarations_calls_and_values_of_the_package() {
    let source = "package p\nfunc f(int) int\nfunc g(a []int) { _ = f(1); h(f); x.f() }\n\
        var t = []func(int) int{f}\nvar m = a[f(1):f(2)]\n// f\nvar s = \"f\"\n";
    assert_eq!(
        shown(source),
        ["2 sure", "3 sure", "3 sure value", "4 sure value", "5 sure", "5 sure"]
    );
    assert_eq!(shown("package p\nvar (\n\te, f int\n\tg = f\n)\n"), ["3 sure", "4 sure value"]);
    let names: BTreeSet<&[u8]> = [&b"q"[..]].into();
    let file = parsed("package p\nimport q \"x\"\nvar a, b = q.F(q), x.q.G\n");
    let found = uses(&file, &names, &Known::default());
    let members: Vec<_> = found.iter().map(|one| one.member).collect();
    // What an import is called is no use of it.
    assert_eq!(members, [Some(&b"F"[..]), None]);
    assert_eq!(shown("package p\nvar f, g = 1, 2\nvar h = g\n"), ["2 sure"]);
}

#[test]
fn a_value_is_taken_where_it_is_passed_on_or_stored() {
    let names: BTreeSet<&[u8]> = [&b"f"[..]].into();
    let says = |text: &str| -> Vec<(bool, bool)> {
        let source = format!("package p\n{text}\n");
        let file = parsed(&source);
        uses(&file, &names, &Known::default()).iter().map(|one| (one.value, one.taken)).collect()
    };
    for text in
        ["var t = f", "var t = []func(){f}", "func g() { h(f) }", "func g() { x, y = 1, (f) }"]
    {
        assert_eq!(says(text), [(true, true)], "{text}");
    }
    for text in [
        "var _ = f",
        "var _ func() = (f)",
        "func g() { _ = f }",
        "func g() { if f != nil {} }",
        "func g() { if nil == (f) {} }",
        "func g() { (f)(1) }",
        "func g() { ((f))(1) }",
        "func g() { go f() }",
        "func g() { defer f() }",
    ] {
        let found = says(text);
        assert!(!found.is_empty() && found.iter().all(|one| *one == (true, false)), "{text}");
    }
    assert_eq!(says("func g() { f(1) }"), [(false, false)]);
}

#[test]
fn an_address_is_taken_by_its_sign_a_member_and_a_slice() {
    let names: BTreeSet<&[u8]> = [&b"v"[..]].into();
    let says = |text: &str| -> Vec<bool> {
        let source = format!("package p\n{text}\n");
        let file = parsed(&source);
        let found = uses(&file, &names, &Known::default());
        found.iter().map(|one| one.addressed).collect()
    };
    for text in [
        "var t = &v",
        "var t = []*int{&(v)}",
        "func g() *int { return (&v) }",
        "func g() { h(&((v))) }",
        "func g() { v.Lock() }",
        "func g() { (v).Lock() }",
        "func g() { h(v[:]) }",
        "func g() { f := v.Lock; f() }",
        "func g() { defer v.Unlock() }",
    ] {
        assert_eq!(says(text), [true], "{text}");
    }
    for text in
        ["func g() { v = 5 }", "func g() int { return v }", "func g() { v++ }", "var t = T{f: v}"]
    {
        assert_eq!(says(text), [false], "{text}");
    }
}

#[test]
fn what_bears_the_name_inside_a_function_hides_it_there() {
    let hides = [
        "func g(f int) {\n _ = f\n}",
        "func g() (f int) {\n return f\n}",
        "func (f *T) g() {\n h(f)\n}",
        "func (t T[f]) g() {\n h(f(1))\n}",
        "func g() {\n f := l.Get()\n h(f)\n}",
        "func g() {\n a, f := l.Get()\n h(f)\n}",
        "func g() {\n f, a := l.Get()\n h(f)\n}",
        "func g() {\n var f int\n h(f)\n}",
        "func g() {\n var a, f = 1, 2\n h(f)\n}",
        "func g() {\n var (\n a = 1\n f = 2\n )\n h(f)\n}",
        "func g() {\n const f = 1\n h(f)\n}",
        "func g() {\n type f int\n h(f(1))\n}",
        "func g() {\n for f := range x {\n h(f)\n }\n}",
        "func g() {\n for i, f := range x {\n h(f)\n }\n}",
        "func g() {\n for f := 0; f < 3; f++ {\n h(f)\n }\n}",
        "func g() {\n h(func(f int) {\n h(f)\n })\n}",
        "func g() {\n switch f := x.(type) {\n case int:\n h(f)\n }\n}",
        "func g() {\n select {\n case f := <-c:\n h(f)\n }\n}",
        "func g() {\n select {\n case f, ok := <-c:\n h(f, ok)\n }\n}",
        "func g[f any](x f) {\n h(f(x))\n}",
        "type t[f any] struct{ x f }",
        "var g = func(f int) int { return f }",
        "func g() {\n if f, ok := x[1]; ok {\n f()\n } else if f == 2 {\n f()\n } else {\n f()\n }\n}",
    ];
    for text in hides {
        let found = shown(&format!("package p\n{text}\n"));
        assert!(found.is_empty(), "{text}: {found:?}");
    }
    for (text, line) in [
        ("func g(f int) {\n}\nfunc h() {\n f()\n}", "5 sure"),
        ("func g() {\n {\n f := 1\n h(f)\n }\n f()\n}", "7 sure"),
        ("func g() {\n f := f()\n h(f)\n}", "3 sure"),
        ("func g() {\n var f = f()\n h(f)\n}", "3 sure"),
        ("func g() {\n if f := 1; f > 0 {\n }\n f()\n}", "5 sure"),
        ("func g() {\n for f := range f() {\n h(f)\n }\n}", "3 sure"),
        ("func g() {\n h(func(f int) { h(f) })\n f()\n}", "4 sure"),
        ("func g() {\n switch f := f().(type) {\n case int:\n h(f)\n }\n}", "3 sure"),
        ("func g() {\n a, b.f = 1, f()\n}", "3 sure"),
    ] {
        assert_eq!(shown(&format!("package p\n{text}\n")), [line], "{text}");
    }
}

/// With a look back from each of them this took minutes.
#[test]
fn long_lists_are_read_once() {
    let list = "f,".repeat(100_000);
    for text in [format!("func g() {{ h({list}f) }}"), format!("var {list}f = 1")] {
        assert_eq!(shown(&format!("package p\n{text}\n")).len(), 100_001);
    }
    let all = shown(&format!("package p\nfunc g() {{ {list}f := 1 }}\n"));
    assert_eq!(all, [""; 0]);
    let bodies = "f, func() {\n\n},".repeat(20_000);
    assert_eq!(shown(&format!("package p\nfunc g() {{ h({bodies}f) }}\n")).len(), 20_001);
    let ands = "f() && ".repeat(100_000);
    assert_eq!(shown(&format!("package p\nvar x = {ands}f()\n")).len(), 100_001);
    let elses = "if f() {\n} else ".repeat(20_000);
    assert_eq!(shown(&format!("package p\nfunc g() {{ {elses} {{ }} }}\n")).len(), 20_000);
}

/// A stack that follows every bracket of these would end the program.
#[test]
fn brackets_without_end_are_no_declaration() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{", "}"), ("T{", "}"), ("func() {", "}"), ("-", ""), ("f(", ")")]
    {
        let text = format!("{}f{}", open.repeat(100_000), close.repeat(100_000));
        for text in [
            format!("var x = {text}"),
            format!("func g() {{ x({text}) }}"),
            format!("type x {text}"),
        ] {
            let found = shown(&format!("package p\n{text}\nfunc h() {{ f() }}\n"));
            assert!(found.len() <= 100_002, "{open}");
        }
        shown(&format!("package p\nfunc g() {{ {}", open.repeat(100_000)));
    }
}

#[test]
fn fields_methods_and_labels_are_other_names() {
    for text in [
        "type t struct {\n f func()\n}",
        "type t struct {\n a, f func()\n}",
        "type t interface {\n f(int)\n}",
        "func (t T) f() {}",
        "func g() {\nf:\n for {\n break f\n }\n}",
        "func g() {\n x.f()\n x.f.g = y.f\n}",
        "func g() {\n var x struct{ f int }\n}",
        "var x = struct{ f int }{f: 1}",
        "type S struct{ f int }\nvar x = &S{f: 1}",
    ] {
        assert_eq!(shown(&format!("package p\n{text}\n")), [""; 0], "{text}");
    }
    // Without types it may be one.
    assert_eq!(shown("package p\nvar x = T{f: 1}\n"), ["2 perhaps value"]);
    assert_eq!(shown("package p\nvar x = []T{{f: 1}}\n"), ["2 perhaps value"]);
    assert_eq!(shown("package p\nvar x = map[K]int{f: 1}\n"), ["2 sure value"]);
    assert_eq!(shown("package p\nfunc g() {\n x := T{a: f}\n}\n"), ["3 sure value"]);
    assert_eq!(shown("package p\nfunc g() {\n f = 1\n}\n"), ["3 sure value"]);
    assert_eq!(shown("package p\nfunc g() {\n x[f] = 1\n}\n"), ["3 sure value"]);
}

#[test]
fn what_leaves_nothing_is_not_sure() {
    for text in [
        "func g() { h(unsafe.Sizeof(f)) }",
        "func g() { h(l.Get(), unsafe.Alignof(f)) }",
        "func g() { h(unsafe.Offsetof(f.x)) }",
        "var x = len(f)",
        "var x [len(f)]int",
        "const c = len(f)",
        "func g() { _ = f }",
        "func g() { _, x = f, h() }",
        "func g() { _, x = T(f), h() }",
        "var _ = f",
        "func g() { if false { h(f) } }",
        "func g() {\n if false {\n h(f)\n }\n}",
        "const debug = false\nfunc g() { if debug { h(f) }; x() }",
        "func g() { if runtime.GOOS == \"x\" { h(f) } else { x() } }",
        "func g() { x(debug && h(f)) }",
        "func g() { switch runtime.GOOS { case \"x\": h(f) } }",
        "func g() { return; h(f) }",
        "func g() {\n panic(1)\n h(f)\n}",
        "func g() { for { break; h(f) } }",
    ] {
        let found = shown(&format!("package p\n{text}\n"));
        assert!(found.len() == 1 && found[0].contains("perhaps"), "{text}: {found:?}");
    }
    for text in [
        "func g() { h(len(f())) }",
        "var f []int\nfunc g() { h(len(f)) }",
        "var debug = false\nfunc g() { if debug { h(f) } }",
        "const debug = false\nfunc g() {\n if debug {\n h(f)\n }\n}",
        "func g() { if x() { return }; h(f) }",
        "func g(c bool) { if c { h(f) } }",
        "func g() { x: h(f); goto x }",
        "func g() { goto x; x: h(f) }",
        "func g() { switch x() { case 1: h(f) } }",
        "func g() { for { h(f) } }",
        "func g() { _ = h(f) }",
        "func g() { _, x = h(), f }",
        "func g() { _, x = f() }",
    ] {
        let found = shown(&format!("package p\n{text}\n"));
        assert!(found.last().is_some_and(|one| one.contains("sure")), "{text}: {found:?}");
    }
}

#[test]
fn the_place_is_the_statement_or_the_element() {
    let places = |text: &str| -> Vec<Vec<(u32, u32)>> {
        let names: BTreeSet<&[u8]> = [&b"f"[..]].into();
        let file = parsed(text);
        let found = uses(&file, &names, &Known::default());
        let lines = |one: &Use<'_>| one.place.iter().map(|l| (l.first, l.last)).collect();
        found.iter().map(lines).collect()
    };
    for (text, wanted) in [
        ("func g() {\n x := n +\n  f\n y()\n}", vec![(2, 3)]),
        ("func g() {\n if a ||\n  f() {\n  y()\n }\n}", vec![(2, 3)]),
        ("func g() {\n for i := f(\n  1); i < 2; i++ {\n  y()\n }\n}", vec![(2, 3)]),
        ("func g() {\n switch x {\n case 1,\n  f():\n  y()\n }\n}", vec![(3, 4)]),
        ("func g() {\n return a,\n  f,\n  `\n`\n}", vec![(2, 5)]),
        ("func g() {\n h(f, func() {\n  y()\n  z()\n },\n )\n}", vec![(2, 2), (5, 6)]),
        ("func g() {\n h(func() {\n  f()\n })\n}", vec![(3, 3)]),
        ("func g() {\n x :=\n  T{\n   y(),\n   f,\n  }\n}", vec![(5, 5), (2, 3)]),
        ("var x = T{\n y(),\n {\n  f +\n  1,\n },\n}", vec![(4, 5), (3, 3), (1, 1)]),
        ("var (\n a = 1\n b,\n  c = f,\n  2\n)", vec![(3, 5)]),
    ] {
        assert_eq!(places(text), [wanted], "{text}");
    }
}

/// Bodies without a name are not looked into: what is around them, and on their lines, is the same.
#[test]
fn bodies_that_hold_no_name_change_nothing() {
    for text in [
        "func a() { x := 1; y() }; func b() { f() }\nfunc c() {}\nfunc d() { y() } // f",
        "func b() { f() }; func a() { x := 1; y() }\nfunc c() { y() }",
        "var v = f(); func a() { y() }\nfunc c() { y() }",
        "func a() {\n/* f1 */ `\n\n`\n}; var g = f\nfunc (t T) m() { ff() }\nvar h = T{\nf}",
        "func a() {}\nfunc b() { if x { f(1) } }\nfunc c() {\n\tf2()\n}\nvar x, y = func() { c() }, f",
    ] {
        let file = parsed(&format!("package p\n{text}\n"));
        assert_eq!(file.fault, None, "{text}");
        let names: BTreeSet<&[u8]> = [&b"f"[..]].into();
        let known = Known::default();
        let all = Walk::of(&file.bytes, &[], &names, &known).finish();
        assert_eq!(uses(&file, &names, &known), all, "{text}");
        assert!(!all.is_empty() && !bodies_without(&file, &Words::of(&names)).is_empty(), "{text}");
    }
}
