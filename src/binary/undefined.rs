//! Which Go names does an executable use that nobody in it defines?
//!
//! Go's own linker refuses them. Under external link they are left to the system's linker, which can be told to leave
//! them undefined, and a shared library may leave them by default: the program is built, and stops where the name is
//! called (golang/go#81051). Programs of `-linkshared` take them from Go's own shared libraries.

use std::collections::BTreeSet;

use super::Binary;
use crate::image::Place;
use crate::names;

/// The Go names that are left undefined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UndefinedGo<'a> {
    /// The names as Go spells them, in byte order.
    pub names: Vec<&'a [u8]>,
    /// Whether it needs Go's own shared libraries, which define them.
    pub from_go_library: bool,
}

impl Binary {
    /// Go names that its symbol table or its dynamic symbols leave undefined.
    #[must_use]
    pub fn undefined_go(&self) -> UndefinedGo<'_> {
        if !self.is_go() {
            return UndefinedGo::default();
        }
        let table = self.symbols();
        let undefined = table.symbols.iter().filter(|symbol| symbol.place == Place::Undefined);
        let tabled = undefined.map(|symbol| table.name(symbol));
        let imports = self.dynamic().imports.iter().map(|import| import.name.as_slice());
        let all: BTreeSet<&[u8]> = tabled.chain(imports).map(|name| self.go_name(name)).collect();
        UndefinedGo {
            from_go_library: all.iter().any(|name| names::go_library(name).is_some()),
            names: all.into_iter().filter(|name| is_of_go(name)).collect(),
        }
    }
}

/// Whether only Go would call it so: a package and a dot. `memcpy@GLIBC_2.14` has a version.
fn is_of_go(name: &[u8]) -> bool {
    names::package(name).is_some() && !name.contains(&b'@') && names::go_library(name).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_names_of_c_are_not_of_go() {
        for name in ["runtime.nanotime", "example.com/a.(*T).m", "rumtime.x"] {
            assert!(is_of_go(name.as_bytes()), "{name}");
        }
        for name in ["memcpy@GLIBC_2.14", "memcpy", "_cgo_init", "go:link.abihash.libstd.so", ""] {
            assert!(!is_of_go(name.as_bytes()), "{name}");
        }
    }
}
