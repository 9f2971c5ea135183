//! How is a Go symbol's name built: package, receiver, generics, closures, ABI marks?
//!
//! A name is `path/to/pkg.F`, `path/to/pkg.(*T).m`, `pkg.F[args]`, `pkg.F.func1`, … and in the last
//! element of the path a dot is written `%2e` (cmd/internal/objabi/path.go, PathToPrefix). Names are
//! bytes: nothing here assumes UTF-8 beyond the first letter that decides whether a name is exported.

use std::borrow::Cow;

/// The package path as it stands in the name (still escaped), or `None` for names that belong to no
/// package: `type:…`, `go:…`, C symbols, linker marks.
#[must_use]
pub fn package(name: &[u8]) -> Option<&[u8]> {
    if name.starts_with(b"type:") || name.starts_with(b"go:") || name.starts_with(b"type.") {
        return None;
    }
    // Type arguments and receivers hold paths of their own; only what precedes them counts.
    let head_len = name.iter().position(|b| b"[({ ".contains(b)).unwrap_or(name.len());
    let head = name.get(..head_len)?;
    let last_element = memchr::memrchr(b'/', head).map_or(0, |slash| slash + 1);
    let dot = memchr::memchr(b'.', head.get(last_element..)?)?;
    let package = head.get(..last_element + dot)?;
    // `go.shape…` and `go.(*struct {…}).m` (up to 1.19) are the compiler's own.
    (!package.is_empty() && package != b"go").then_some(package)
}

/// The package path as it is imported: `gopkg.in/yaml%2ev3` becomes `gopkg.in/yaml.v3`.
#[must_use]
pub fn unescape(path: &[u8]) -> Cow<'_, [u8]> {
    if !path.contains(&b'%') {
        return Cow::Borrowed(path);
    }
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%').then(|| tail.first_chunk().and_then(hex_byte)).flatten();
        out.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    Cow::Owned(out)
}

fn hex_byte(digits: &[u8; 2]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(text, 16).ok()
}

/// The imported path of the package that `name` belongs to: [`package`], unescaped.
#[must_use]
pub fn import_path(name: &[u8]) -> Option<Cow<'_, [u8]>> {
    package(name).map(unescape)
}

/// `name` with the package part unescaped, so that both spellings of one symbol compare equal.
#[must_use]
pub fn unescaped(name: &[u8]) -> Cow<'_, [u8]> {
    let Some(package) = package(name) else { return Cow::Borrowed(name) };
    if !package.contains(&b'%') {
        return Cow::Borrowed(name);
    }
    let mut out = unescape(package).into_owned();
    out.extend_from_slice(name.get(package.len()..).unwrap_or_default());
    Cow::Owned(out)
}

/// What follows the package and its dot: `F`, `(*T).m`, `F[go.shape.int]`, `F.func1`.
#[must_use]
pub fn within_package(name: &[u8]) -> &[u8] {
    package(name).and_then(|package| name.get(package.len() + 1..)).unwrap_or(name)
}

/// `name` without the marks that the linker appends to tell ABIs apart.
///
/// cmd/link/internal/ld/symtab.go, mangleABIName: `.abi0`, and `.abiinternal` in shared builds.
#[must_use]
pub fn without_abi(name: &[u8]) -> &[u8] {
    name.strip_suffix(b".abi0").or_else(|| name.strip_suffix(b".abiinternal")).unwrap_or(name)
}

/// The shared library of Go that a program was linked with, if `name` is the mark that it asks the
/// library for: a program has no `.note.go.deps`, only libraries do (measured: 1.27.3, -linkshared).
///
/// cmd/link/internal/ld/lib.go, loadlib; `go.link.abihash.` before 1.20.
#[must_use]
pub fn go_library(name: &[u8]) -> Option<&[u8]> {
    name.strip_prefix(b"go:link.abihash.").or_else(|| name.strip_prefix(b"go.link.abihash."))
}

/// `name` as Go wrote it, out of a Mach-O symbol table, where every name is led by `_`.
#[must_use]
pub fn without_underscore(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"_").unwrap_or(name)
}

/// The folder whose packages alone may import `path`: what stands in front of its last element `internal`
/// (cmd/go/internal/load/pkg.go, findInternal). Empty for Go's own.
#[must_use]
pub fn internal_to(path: &str) -> Option<&str> {
    let elements = path.rmatch_indices("internal");
    let whole = |(at, found): &(usize, &str)| {
        let before =
            path.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with('/'));
        let after = path.get(at + found.len()..);
        before && after.is_some_and(|after| after.is_empty() || after.starts_with('/'))
    };
    let (at, _) = elements.into_iter().find(whole)?;
    path.get(..at).map(|above| above.trim_end_matches('/'))
}

/// Whether other packages may name it: the last component begins with an upper-case letter.
///
/// For methods that is the method's own name, since an exported method of an unexported type can be
/// reached through an interface.
#[must_use]
pub fn is_exported(name: &[u8]) -> bool {
    let local = within_package(name);
    let without_args = local.get(..memchr::memchr(b'[', local).unwrap_or(local.len()));
    let local = match (memchr::memrchr(b')', local), without_args) {
        (Some(close), _) => local.get(close + 1..).unwrap_or_default(),
        (None, Some(plain)) => plain,
        (None, None) => local,
    };
    let last = local.rsplit(|b| *b == b'.').find(|part| !part.is_empty()).unwrap_or(local);
    let first = last.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.is_some_and(char::is_uppercase)
}

/// Whether it is an instance of a generic function or a method of a generic type.
#[must_use]
pub fn is_instance(name: &[u8]) -> bool {
    name.contains(&b'[')
}

/// Whether it is no function of its own in the source: a closure, a wrapper made for `go`, `defer`,
/// a method value or a range body, or one of several `init` functions.
#[must_use]
pub fn is_derived(name: &[u8]) -> bool {
    let local = within_package(name);
    let holds = |mark: &[u8]| memchr::memmem::find(local, mark).is_some();
    // `f\u{b7}dwrap\u{b7}1` is what Go 1.17 calls the wrapper of a deferred call.
    if local.ends_with(b"-fm") || holds(b"-range") || holds("\u{b7}dwrap\u{b7}".as_bytes()) {
        return true;
    }
    let mut parts = local.split(|b| *b == b'.');
    let first = parts.next().unwrap_or_default();
    if first.ends_with(b")") {
        // What follows a receiver is a method, whatever it is called.
        parts.next();
    }
    let mut after_init = first == b"init";
    for part in parts {
        if DERIVED.iter().any(|word| part.strip_prefix(*word).is_some_and(starts_with_digit)) {
            return true;
        }
        if after_init && part.iter().all(u8::is_ascii_digit) {
            return true;
        }
        after_init = false;
    }
    false
}

/// Prefixes that the compiler numbers (cmd/compile/internal/ir/func.go, closureName).
const DERIVED: &[&[u8]] = &[b"func", b"gowrap", b"deferwrap"];

fn starts_with_digit(rest: &[u8]) -> bool {
    rest.first().is_some_and(u8::is_ascii_digit)
}

/// The function that a linker-made trampoline leads to: `runtime.f-tramp0` and `runtime.f+0-tramp0`
/// lead to `runtime.f` (cmd/link/internal/{riscv64,arm,arm64,ppc64}/asm.go, go1.27).
#[must_use]
pub fn trampoline_target(name: &[u8]) -> Option<&[u8]> {
    let mark = memchr::memmem::rfind(name, b"-tramp")?;
    let digits = name.get(mark + b"-tramp".len()..)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let target = name.get(..mark)?;
    // An addend other than 0 leads into the middle of a function, which no linkname does.
    match memchr::memrchr(b'+', target) {
        Some(plus) => (target.get(plus + 1..)? == b"0").then_some(target.get(..plus)?),
        None => Some(target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_as_the_linker_writes_them() {
        let cases: &[(&str, Option<&str>)] = &[
            ("main.main", Some("main")),
            ("example.com/lk.test/internal/impl.F", Some("example.com/lk.test/internal/impl")),
            ("gopkg.in/dep%2ev2.f", Some("gopkg.in/dep%2ev2")),
            ("net/http.(*Transport).connPool", Some("net/http")),
            ("slices.SortFunc[go.shape.[]example.com/a.T,example.com/a.T]", Some("slices")),
            ("main.(*T[example.com/x.Y]).m", Some("main")),
            ("type:.eq.main.T", None),
            ("go:string.*", None),
            ("_cgo_init", None),
            ("go.shape.int", None),
            ("", None),
            (".x", None),
        ];
        for (name, wanted) in cases {
            assert_eq!(package(name.as_bytes()), wanted.map(str::as_bytes), "{name}");
        }
    }

    #[test]
    fn both_spellings_of_a_dotted_path_compare_equal() {
        assert_eq!(*unescaped(b"gopkg.in/yaml%2ev3.foo"), *b"gopkg.in/yaml.v3.foo");
        assert_eq!(*unescape(b"a%2"), *b"a%2");
        assert_eq!(*unescape(b"a%zz"), *b"a%zz");
        assert_eq!(*unescape(b"%25x"), *b"%x");
    }

    #[test]
    fn exported_is_the_last_component() {
        for name in ["sync/atomic.LoadInt64", "reflect.(*rtype).String", "lib.T.M", "lib.F[int]"] {
            assert!(is_exported(name.as_bytes()), "{name}");
        }
        for name in
            ["runtime.nanotime", "lib.(*T).hidden", "lib.T.m", "lib.f[lib.T]", "lib.F.func1"]
        {
            assert!(!is_exported(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn derived_functions_stand_in_no_source() {
        for name in [
            "main.main.func1",
            "main.init.0",
            "main.main.gowrap2",
            "lib.(*T).m-fm",
            "main.main.deferwrap1",
            "main.main-range1",
            "net.init.OnceFunc.func7",
            "main.init.func3",
            "sync.(*Once).doSlow\u{b7}dwrap\u{b7}2",
        ] {
            assert!(is_derived(name.as_bytes()), "{name}");
        }
        for name in
            ["main.main", "main.init", "lib.(*T).m", "lib.function", "lib.T.func_", "lib.x.y0"]
        {
            assert!(!is_derived(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn trampolines_lead_to_functions() {
        assert_eq!(trampoline_target(b"runtime.f-tramp0"), Some(&b"runtime.f"[..]));
        assert_eq!(trampoline_target(b"hidden+0-tramp0"), Some(&b"hidden"[..]));
        assert_eq!(trampoline_target(b"hidden+8-tramp0"), None);
        assert_eq!(trampoline_target(b"main.x-tramp"), None);
        assert_eq!(trampoline_target(b"main.main"), None);
    }
}
