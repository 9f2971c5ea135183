//! How is a Go symbol's name built? The one grammar of names: package, receiver, type arguments, and what follows
//! them.
//!
//! A name is `path/to/pkg.F`, `path/to/pkg.(*T).m`, `pkg.F[args]`, `pkg.F.func1`, … (cmd/internal/obj/sym.go,
//! cmd/compile/internal/ir/func.go). Type arguments, receivers and arguments hold paths of their own, so only the
//! text before the first bracket tells the package. There the path ends at the first dot after the last slash,
//! because dots in the last element are written `%2e` ([`escaped`]).
//!
//! Names are bytes. UTF-8 is needed only for the first letter, which decides whether a name is exported.
//! `tests/names.rs` compares this file with the compiler.
//!
//! ```
//! use gonym::names;
//!
//! let symbol = b"gopkg.in/yaml%2ev3.(*Decoder).decode";
//! assert_eq!(names::import_text(symbol).as_deref(), Some("gopkg.in/yaml.v3"));
//! assert_eq!(names::within_package(symbol), b"(*Decoder).decode");
//! assert!(!names::is_exported(symbol));
//! ```

mod escape;
mod made;

use std::borrow::Cow;

pub use escape::{escaped, holds_bare_version, is_unescaped, symbol, unescape};
pub use made::{
    ABI_MARKS, go_library, is_derived, is_derived_within, is_initialiser, is_of_inlined,
    trampoline_target, without_abi, without_underscore,
};

/// The package path as the name spells it (still escaped), or `None` for names without a package: `type:…`, `go:…`,
/// constants, C symbols, linker marks.
#[must_use]
pub fn package(name: &[u8]) -> Option<&[u8]> {
    // `$f64.3ff0000000000000` is a constant (cmd/internal/obj/sym.go, Float64Sym).
    let marks: [&[u8]; 4] = [b"type:", b"type.", b"go:", b"$"];
    // The linker gathers descriptions of types there (cmd/link/internal/ld/data.go). The first letter tells nearly all
    // names from these: every name of a program is asked, some of them a hundred times.
    if matches!(name.first(), Some(b't' | b'g' | b'$'))
        && (marks.iter().any(|mark| name.starts_with(mark)) || name == b"typerel.*")
    {
        return None;
    }
    // Type arguments and receivers hold paths of their own; only what precedes them counts.
    let head_len =
        name.iter().position(|b| matches!(b, b'[' | b'(' | b'{' | b' ')).unwrap_or(name.len());
    let head = name.get(..head_len)?;
    let last_element = escape::last_element(head);
    let dot = memchr::memchr(b'.', head.get(last_element..)?)?;
    let package = head.get(..last_element + dot)?;
    // `go.shape…` and `go.(*struct {…}).m` (up to 1.19) are the compiler's own.
    (!package.is_empty() && package != b"go").then_some(package)
}

/// [`package`] of many names, of which those of a package stand together, as in every table of a linker.
#[derive(Clone, Copy, Debug, Default)]
pub struct InOrder<'a> {
    last: &'a [u8],
}

impl<'a> InOrder<'a> {
    /// The package of the next name. If it begins as the one before it, and no path follows, it is the same.
    pub fn package(&mut self, name: &'a [u8]) -> Option<&'a [u8]> {
        let rest = name.strip_prefix(self.last).filter(|rest| rest.starts_with(b"."));
        let same = !self.last.is_empty() && name != b"typerel.*";
        if same && rest.is_some_and(|rest| memchr::memchr(b'/', rest).is_none()) {
            return Some(self.last);
        }
        let package = package(name);
        self.last = package.unwrap_or_default();
        package
    }
}

/// The import path of the package that `name` belongs to: [`package`], unescaped.
#[must_use]
pub fn import_path(name: &[u8]) -> Option<Cow<'_, [u8]>> {
    package(name).map(unescape)
}

/// [`import_path`] as text.
#[must_use]
pub fn import_text(name: &[u8]) -> Option<String> {
    import_path(name).map(|path| path_text(&path))
}

/// An import path as text. The compiler accepts only UTF-8 (cmd/compile/internal/noder/import.go, checkImportPath,
/// go1.27), so U+FFFD appears here only for a damaged file.
#[must_use]
pub fn path_text(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

/// `name` with its package path unescaped, so that both spellings of a symbol compare equal.
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

/// Splits a symbol that is text into package and name: `reflect` and `(*rtype).Align`. The package of a symbol
/// without one (`crosscall2`) is empty.
#[must_use]
pub fn split(symbol: &str) -> (&str, &str) {
    let package = package(symbol.as_bytes()).map_or(0, <[u8]>::len);
    let parts = symbol.get(..package).zip(symbol.get(package + 1..)).filter(|_| package > 0);
    parts.unwrap_or(("", symbol))
}

/// The folder whose packages may import `path`: the part before its last element `internal`
/// (cmd/go/internal/load/pkg.go, findInternal). Empty for Go's own internal packages.
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

/// Whether other packages may use the name: its last component begins with an upper-case letter.
///
/// For a method the method's own name decides, because an exported method of an unexported type can be called through
/// an interface.
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
            ("p.F[a/b.T]", Some("p")),
            ("a/b.(*c/d.T).m", Some("a/b")),
            ("vendor/golang.org/x/net/idna.a", Some("vendor/golang.org/x/net/idna")),
            ("crosscall2", None),
            ("type:.eq.main.T", None),
            ("go:string.*", None),
            ("_cgo_init", None),
            ("go.shape.int", None),
            ("$f64.3ff0000000000000", None),
            ("typerel.*", None),
            ("typerel.x", Some("typerel")),
            ("a.F", Some("a")),
            ("a.b/c.F", Some("a.b/c")),
            ("a.F[x/y.T]", Some("a")),
            ("", None),
            (".x", None),
        ];
        for (name, wanted) in cases {
            assert_eq!(package(name.as_bytes()), wanted.map(str::as_bytes), "{name}");
            for (before, _) in cases {
                let mut names = InOrder::default();
                names.package(before.as_bytes());
                assert_eq!(names.package(name.as_bytes()), wanted.map(str::as_bytes), "{before}");
            }
            let (package, local) = split(name);
            assert_eq!((!package.is_empty()).then_some(package), *wanted);
            assert_eq!(within_package(name.as_bytes()), local.as_bytes());
        }
    }

    #[test]
    fn both_spellings_of_a_dotted_path_compare_equal() {
        assert_eq!(*unescaped(b"gopkg.in/yaml%2ev3.foo"), *b"gopkg.in/yaml.v3.foo");
        // A rule's pattern is a name too.
        assert_eq!(*unescaped(b"gopkg.in/yaml%2ev3.*"), *b"gopkg.in/yaml.v3.*");
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
}
