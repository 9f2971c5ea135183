use std::collections::BTreeMap;

use super::*;

fn context(goos: &str, goarch: &str, more: &[(&str, &str)]) -> Context {
    let mut settings: BTreeMap<String, String> =
        more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    settings.insert("GOOS".to_owned(), goos.to_owned());
    settings.insert("GOARCH".to_owned(), goarch.to_owned());
    Context::from_settings(27, &settings)
}

fn holds(text: &str) -> Option<bool> {
    let linux = context("linux", "amd64", &[("-tags", "foo,bar")]);
    Expression::parse(text).ok().map(|expression| expression.holds(&|tag| linux.satisfies(tag)))
}

#[test]
fn expressions_follow_go_precedence() {
    assert_eq!(holds("linux"), Some(true));
    assert_eq!(holds("!linux || foo && bar"), Some(true));
    assert_eq!(holds("(windows || linux) && !amd64"), Some(false));
    assert_eq!(holds("go1.27 && !go1.28 && unix && gc"), Some(true));
    assert_eq!(holds("cgo"), Some(false));
}

#[test]
fn what_go_refuses_is_refused() {
    for text in ["", "!!linux", "linux &&", "(linux", "linux windows", "a&b", "a, b", "&& a", "()"]
    {
        assert_eq!(holds(text), None, "{text:?}");
    }
    let deep = "(".repeat(100_000);
    assert!(Expression::parse(&deep).is_err());
}

#[test]
fn an_expression_is_shown_as_it_would_be_written() {
    for text in ["linux", "!linux", "a && (b || !c)", "!(a || b)"] {
        assert_eq!(Expression::parse(text).expect("a constraint").to_string(), text);
    }
}

#[test]
fn legacy_lines_count_only_before_a_blank_line() {
    let asks = |text: &str| {
        of_file(text.as_bytes()).expect("readable").map(|expression| expression.to_string())
    };
    assert_eq!(
        asks("// +build linux,!cgo darwin\n\npackage a\n").as_deref(),
        Some("(linux && !cgo) || darwin")
    );
    assert_eq!(asks("// +build linux\npackage a\n"), None);
    assert_eq!(asks("//+build a\n// +build b\n\n// doc\npackage a").as_deref(), Some("a && b"));
    assert_eq!(asks("//go:build a\n// +build b\n\npackage a").as_deref(), Some("a"));
    assert_eq!(asks("// +build\n\npackage a").as_deref(), Some("ignore"));
    assert_eq!(asks("// +builder a\n\npackage a"), None);
    assert_eq!(asks("/* x */\n// +build a\n\npackage a"), None);
}

#[test]
fn modern_lines_count_anywhere_before_code() {
    let asks = |text: &str| of_file(text.as_bytes()).map(|found| found.map(|e| e.to_string()));
    assert_eq!(asks("/* c\n*/ // d\n//go:build a\npackage p"), Ok(Some("a".to_owned())));
    assert_eq!(asks("/*\n//go:build a\n*/\npackage p"), Ok(None));
    assert_eq!(asks("package p\n//go:build a\n"), Ok(None));
    assert_eq!(asks("//go:builder a\npackage p"), Ok(None));
    assert_eq!(asks("// //go:build a\npackage p"), Ok(None));
    assert!(asks("//go:build a\n//go:build b\npackage p").is_err());
    assert!(asks("//go:build\npackage p").is_err());
}

#[test]
fn only_what_follows_the_first_underline_is_a_suffix() {
    let linux = context("linux", "amd64", &[]);
    for (name, missing) in [
        ("windows.go", None),
        ("a_windows.go", Some("windows")),
        ("a_linux_arm64.go", Some("arm64")),
        ("a_windows_amd64.go", Some("windows")),
        ("linux_arm64.go", Some("arm64")),
        ("a_windows_test.go", Some("windows")),
        ("a_windows.pb.go", Some("windows")),
        ("a_windows_x.go", None),
        ("a_test.go", None),
        ("a_riscos.go", None),
        ("a_amd64_windows.go", Some("windows")),
        ("a_unix.go", None),
    ] {
        assert_eq!(linux.missing_for_name(name), missing, "{name}");
    }
    let tagged = context("linux", "amd64", &[("-tags", "windows")]);
    assert_eq!(tagged.missing_for_name("a_windows.go"), None);
}

#[test]
fn systems_stand_for_others() {
    assert!(context("android", "arm64", &[]).satisfies("linux"));
    assert!(context("ios", "arm64", &[]).satisfies("darwin"));
    assert!(context("illumos", "amd64", &[]).satisfies("solaris"));
    assert!(!context("js", "wasm", &[]).satisfies("unix"));
    let boring = context("linux", "amd64", &[("GOEXPERIMENT", "boringcrypto,nojsonv2")]);
    assert!(boring.satisfies("boringcrypto") && !boring.satisfies("goexperiment.jsonv2"));
    assert!(!boring.satisfies("go1.027") && !boring.satisfies(""));
}

#[test]
fn flags_come_before_the_environment() {
    let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let environment =
        map(&[("GOOS", "windows"), ("GOARCH", "arm64"), ("GOFLAGS", "-tags=a -race")]);
    let context = Context::from_flags_and_environment(27, &map(&[("-tags", "b")]), &environment);
    assert_eq!((context.goos.as_str(), context.goarch.as_str()), ("windows", "arm64"));
    assert!(context.satisfies("b") && !context.satisfies("a") && context.satisfies("race"));
    assert!(!context.cgo, "another platform is built without C");
}
