//! Does the linker define a name, which marks a place in the image and which no source declares?
//!
//! `runtime.text`, `runtime.etypes` and others are in every program, and in no package's Go or assembly. A variable
//! that is pulled under such a name is shared with the linker, although no owner refers to it and DWARF puts it into
//! the package that pulled it. A symbol that source declares and the linker only fills (`runtime.firstmoduledata`,
//! `runtime.buildVersion`) is an ordinary variable and not on the list.

use super::defined_table::DEFINED;
use super::inserted::{NEWEST_MINOR, OLDEST_MINOR};

/// Whether the linker of any known release defines `name` by itself.
///
/// `name` is spelt as in the symbol table, without Mach-O's leading `_`.
///
/// ```
/// # use gonym::rules::is_linker_defined;
/// assert!(is_linker_defined(b"runtime.text"));
/// assert!(is_linker_defined(b"runtime.text.12"), "programs of several text sections");
/// assert!(!is_linker_defined(b"runtime.firstmoduledata"), "package runtime declares it");
/// ```
#[must_use]
pub fn is_linker_defined(name: &[u8]) -> bool {
    runs(name).next().is_some()
}

/// Whether the linker of Go 1.`minor` defines `name`. `None` if the tables do not cover that version and some known
/// release defines it.
///
/// So a pull of `runtime.covctrs` is shared with the linker since 1.20, and is a private zero in older releases.
#[must_use]
pub fn linker_defines(minor: Option<u16>, name: &[u8]) -> Option<bool> {
    if !is_linker_defined(name) {
        return Some(false);
    }
    let minor = minor.filter(|minor| (OLDEST_MINOR..=NEWEST_MINOR).contains(minor))?;
    Some(runs(name).any(|(since, until)| (since..=until).contains(&minor)))
}

/// First and last minor of each unbroken run of releases whose linker defines `name`.
fn runs(name: &[u8]) -> impl Iterator<Item = (u16, u16)> {
    let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let stem = name.get(..name.len() - digits).filter(|stem| stem.len() < name.len());
    DEFINED
        .iter()
        .filter(move |(row, ..)| {
            row.as_bytes() == name || (stem.is_some() && row.as_bytes().strip_suffix(b"#") == stem)
        })
        .map(|(_, since, until)| ((*since).into(), (*until).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `go tool nm` shows in a program that declares none of them (1.19.13, 1.27.4), and names
    /// beside them that package runtime declares.
    #[test]
    fn marks_are_the_linkers_and_variables_are_not() {
        for name in [
            "runtime.text",
            "runtime.etext",
            "runtime.rodata",
            "runtime.erodata",
            "runtime.types",
            "runtime.noptrbss",
            "runtime.epclntab",
            "runtime.end",
            "runtime.tlsg",
            "runtime.text.1",
            "runtime.gcmask.*",
        ] {
            assert!(is_linker_defined(name.as_bytes()), "{name}");
        }
        for name in [
            "runtime.firstmoduledata",
            "runtime.buildVersion",
            "runtime.islibrary",
            "runtime.zerobase",
            "runtime.text.",
            "runtime.text.x",
            "runtime.text.#x",
            "runtime.elf_savegpr0",
            "runtime.nanotime",
            "main.text",
            "7",
            "",
        ] {
            assert!(!is_linker_defined(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn marks_come_and_go_with_releases() {
        for (name, since, until) in [
            ("runtime.text", 18, 27),
            ("runtime.covctrs", 20, 27),
            ("runtime.esymtab", 18, 25),
            ("runtime.itablink", 18, 26),
            ("runtime.gcmask.*", 27, 27),
        ] {
            for minor in OLDEST_MINOR..=NEWEST_MINOR {
                let wanted = Some((since..=until).contains(&minor));
                assert_eq!(
                    linker_defines(Some(minor), name.as_bytes()),
                    wanted,
                    "{name} 1.{minor}"
                );
            }
        }
        assert_eq!(linker_defines(Some(NEWEST_MINOR + 1), b"runtime.text"), None);
        assert_eq!(linker_defines(None, b"runtime.text"), None);
        assert_eq!(linker_defines(None, b"runtime.nanotime"), Some(false));
    }
}
