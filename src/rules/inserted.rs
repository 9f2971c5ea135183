//! Does a package refer to the symbol without a linkname, because compiler or linker insert the reference?
//!
//! `x := new(T)` is a direct call of the unexported `runtime.newobject`; a stack check jumps to `runtime.morestack`;
//! a pointer store loads `runtime.writeBarrier`. Such bytes prove no directive. The names are in the table, which is made
//! from the source of every release. The rules for names that no release lists are here. Nothing here looks at a
//! binary, at the referring package, or at exported names, which any package may use.
//!
//! A wrong name on the list costs a proof (`unproven`); a missing one makes a false claim true. So if two sources of
//! one release differ, the list has the names of both, for all platforms and build modes.

use super::inserted_table::INSERTED;
use super::inserter::Inserter;

/// The oldest minor of Go 1 with rows of its own.
pub const OLDEST_MINOR: u16 = 18;

/// The newest minor of Go 1 with rows of its own.
pub const NEWEST_MINOR: u16 = 27;

/// The answer of [`insertion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Insertion {
    /// A reference proves nothing: this program may have inserted it.
    Inserted(Inserter),
    /// Only source, a directive or assembly refers to it.
    NotInserted,
    /// The version is unknown, newer than [`NEWEST_MINOR`] or older than [`OLDEST_MINOR`], and the
    /// rows of the nearest known release have no such name.
    UnknownVersion,
}

/// Whether the toolchain of Go 1.`minor` inserts references to `symbol`.
///
/// `symbol` is spelled as in the symbol table. A trailing `.abi0` makes no difference, because both entries of a
/// function serve the same callers.
///
/// For versions outside the tables the nearest release answers, and only with `Inserted`. Names rarely leave the list
/// (of about 340 at most 11 in a release, but 37 in 1.26), and calling such a name unknown would lead to the same
/// `unproven` with a worse reason. A name that the nearest release lacks is unknown: executables of 1.14 and 1.16
/// call `runtime.convT2I`, which 1.18 does not have.
///
/// ```
/// # use gonym::rules::{Inserter, Insertion, insertion};
/// let compiler = Insertion::Inserted(Inserter::Compiler);
/// assert_eq!(insertion(Some(27), b"runtime.newobject"), compiler);
/// assert_eq!(insertion(Some(27), b"runtime.nanotime"), Insertion::NotInserted);
/// // fastrand seeded map iterators until 1.21; since 1.22 a call of it is somebody's linkname.
/// assert_eq!(insertion(Some(21), b"runtime.fastrand"), compiler);
/// assert_eq!(insertion(Some(22), b"runtime.fastrand"), Insertion::NotInserted);
/// ```
#[must_use]
pub fn insertion(minor: Option<u16>, symbol: &[u8]) -> Insertion {
    let name = symbol.strip_suffix(b".abi0").unwrap_or(symbol);
    if made_by_compiler(name) {
        return Insertion::Inserted(Inserter::Compiler);
    }
    let nearest = minor.unwrap_or(NEWEST_MINOR).clamp(OLDEST_MINOR, NEWEST_MINOR);
    match lookup(nearest, name) {
        Some(inserter) => Insertion::Inserted(inserter),
        None if minor == Some(nearest) || is_outside_std(name) => Insertion::NotInserted,
        None => Insertion::UnknownVersion,
    }
}

/// Names that only the compiler can make, and that it refers to from any package: type descriptors with their
/// equality and hash functions, itabs, literals, generic dictionaries, initialisation tasks. No source can declare
/// these names, in any version.
fn made_by_compiler(name: &[u8]) -> bool {
    // `type.` and `go.` were spelt with a dot until 1.19 (cmd/compile/internal/types/fmt.go). `go.`
    // alone would also hold packages such as go.uber.org/atomic.
    const BEGINNINGS: [&[u8]; 7] =
        [b"type:", b"go:", b"type.", b"go.itab.", b"go.string.", b"go.func.", b"go.shape."];
    // `-d=maymorestack=F` calls F in every prologue; the runtime ships two for it (runtime/debug.go).
    const HOOKS: [&[u8]; 2] = [b"runtime.mayMoreStackPreempt", b"runtime.mayMoreStackMove"];
    HOOKS.contains(&name)
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || name.ends_with(b"..inittask")
        || contains(name, b"..dict.")
}

/// Whether no release can know the name: it belongs to package main, or to a path with a dot in its first element,
/// which the standard library and the toolchain never have (cmd/go: IsStandardImportPath).
fn is_outside_std(name: &[u8]) -> bool {
    let first = name.split(|byte| *byte == b'/').next().unwrap_or_default();
    name.starts_with(b"main.") || (first.len() < name.len() && first.contains(&b'.'))
}

fn contains(name: &[u8], part: &[u8]) -> bool {
    name.windows(part.len()).any(|window| window == part)
}

/// The row of `name` for one minor version: by its exact spelling, else by the pattern that has `#` for the digits at
/// its end (`mallocgcSmallNoScanSC5`, cmd/compile/internal/ssagen/ssa.go, go1.26).
fn lookup(minor: u16, name: &[u8]) -> Option<Inserter> {
    row(minor, |row| row.cmp(name)).or_else(|| {
        let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (stem, digits) = name.split_at_checked(name.len() - digits)?;
        if digits.is_empty() {
            return None;
        }
        row(minor, |row| row.iter().cmp(stem.iter().chain(b"#")))
    })
}

/// Finds the row for `minor` among the neighbouring rows of one name.
fn row(minor: u16, order: impl Fn(&[u8]) -> std::cmp::Ordering) -> Option<Inserter> {
    let first = INSERTED.partition_point(|(name, ..)| order(name.as_bytes()).is_lt());
    INSERTED
        .iter()
        .skip(first)
        .take_while(|(name, ..)| order(name.as_bytes()).is_eq())
        .find(|(_, since, until, _)| (u16::from(*since)..=u16::from(*until)).contains(&minor))
        .map(|(.., inserter)| *inserter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_release_inserts_names_outside_the_standard_library() {
        assert_eq!(insertion(None, b"example.com/lib.hidden"), Insertion::NotInserted);
        assert_eq!(insertion(Some(99), b"main.hidden"), Insertion::NotInserted);
        assert_eq!(insertion(None, b"runtime.nanotime"), Insertion::UnknownVersion);
        assert_eq!(insertion(None, b"net/http.(*Transport).connPool"), Insertion::UnknownVersion);
    }

    const COMPILER: Insertion = Insertion::Inserted(Inserter::Compiler);
    const LINKER: Insertion = Insertion::Inserted(Inserter::Linker);

    /// Callees found by decoding 204 executables (testdata/rules/observed.tsv says how). A package calls
    /// them directly although neither a directive in its source nor assembly names them.
    #[test]
    fn every_observed_callee_without_a_directive_is_inserted() {
        let observed = include_str!("../../testdata/rules/observed.tsv");
        let mut seen = 0;
        for line in observed.lines().filter(|line| !line.starts_with('#')) {
            let (name, minors) = line.split_once('\t').expect("name, tab, minors");
            for minor in minors.split(',') {
                let minor = minor.parse().expect("a minor");
                assert!(
                    matches!(insertion(Some(minor), name.as_bytes()), Insertion::Inserted(_)),
                    "{name} in 1.{minor}"
                );
                seen += 1;
            }
        }
        assert!(seen > 1000, "{seen}");
    }

    /// The standard library pulls or pushes these, and no generated code calls them. They have true
    /// directives in the same executables, which could not be proven if these counted as inserted.
    #[test]
    fn targets_of_real_directives_are_not_inserted() {
        for name in [
            "runtime.nanotime",
            "runtime.procPin",
            "runtime.fatal",
            "runtime.goexit",
            "runtime.Gosched",
            "runtime.ncpu",
            "runtime.mheap_",
            "runtime.buildVersion",
            "runtime.text",
            "syscall.runtime_envs",
            "syscall.recvfromInet4",
            "time.now",
            "reflect.typedmemmove",
            "go.uber.org/atomic.hidden",
            "internal/cpu.X86",
            "strings.EqualFold",
            "main.newobject",
            "",
            "7",
        ] {
            for minor in OLDEST_MINOR..=NEWEST_MINOR {
                let found = insertion(Some(minor), name.as_bytes());
                assert_eq!(found, Insertion::NotInserted, "{name} in 1.{minor}");
            }
        }
    }

    /// Names that come or go. Each was read in the sources of the releases on either side.
    #[test]
    fn names_come_and_go_with_releases() {
        let at = |minor, name: &str| insertion(Some(minor), name.as_bytes());
        for (name, since, until) in [
            ("runtime.fastrand", 18, 21),
            ("runtime.rand32", 22, 27),
            ("runtime.rand", 24, 27),
            ("runtime.mapiterinit", 18, 25),
            ("runtime.gcWriteBarrierDX", 18, 20),
            ("runtime.gcWriteBarrier8", 21, 27),
            ("runtime.panicIndex", 18, 25),
            ("runtime.panicBounds", 26, 27),
            ("runtime.convI2I", 18, 21),
            ("runtime/coverage.initHook", 20, 27),
        ] {
            for minor in OLDEST_MINOR..=NEWEST_MINOR {
                let wanted = if (since..=until).contains(&minor) {
                    COMPILER
                } else {
                    Insertion::NotInserted
                };
                assert_eq!(at(minor, name), wanted, "{name} in 1.{minor}");
            }
        }
    }

    #[test]
    fn variables_are_on_the_list() {
        for name in ["writeBarrier", "zerobase", "staticuint64s", "x86HasPOPCNT", "armHasVFPv4"] {
            let name = format!("runtime.{name}");
            assert_eq!(insertion(Some(22), name.as_bytes()), COMPILER, "{name}");
        }
    }

    #[test]
    fn the_linker_replaces_calls_of_pruned_map_initialisers() {
        assert_eq!(insertion(Some(20), b"runtime.mapinitnoop"), Insertion::NotInserted);
        assert_eq!(insertion(Some(21), b"runtime.mapinitnoop"), LINKER);
        assert_eq!(insertion(Some(27), b"runtime.unreachableMethod"), LINKER);
        assert_eq!(insertion(Some(19), b"runtime.addmoduledata"), LINKER);
    }

    #[test]
    fn digits_at_the_end_fit_a_pattern_and_nothing_else_does() {
        let at = |name: &[u8]| insertion(Some(27), name);
        assert_eq!(at(b"runtime.mallocgcSmallScanNoHeaderSC12"), COMPILER);
        assert_eq!(at(b"runtime.mallocgcSmallScanNoHeaderSC"), Insertion::NotInserted);
        assert_eq!(at(b"runtime.mallocgcSmallScanNoHeaderSC#"), COMPILER, "no Go name has a #");
        assert_eq!(at(b"runtime.mallocgcSmallScanNoHeaderSC1x"), Insertion::NotInserted);
        assert_eq!(at(b"runtime.newobject2"), Insertion::NotInserted);
    }

    #[test]
    fn both_entries_of_a_function_are_one_name() {
        assert_eq!(insertion(Some(25), b"runtime.memmove.abi0"), COMPILER);
        assert_eq!(insertion(Some(25), b".abi0"), Insertion::NotInserted);
    }

    #[test]
    fn names_that_only_the_compiler_can_spell() {
        for name in [
            &b"type:.eq.struct { net.host string; net.port uint16 }"[..],
            b"type..eq.[2]string",
            b"go:itab.*os.File,io.Reader",
            b"go.itab.*os.File,io.Reader",
            b"net..inittask",
            b"example.com/lib..dict.F[int]",
        ] {
            assert_eq!(insertion(None, name), COMPILER, "{}", name.escape_ascii());
        }
    }

    #[test]
    fn an_unknown_version_is_said_to_be_unknown() {
        for minor in [None, Some(NEWEST_MINOR + 1), Some(u16::MAX)] {
            assert_eq!(insertion(minor, b"runtime.newobject"), COMPILER);
            assert_eq!(insertion(minor, b"runtime.nanotime"), Insertion::UnknownVersion);
            assert_eq!(insertion(minor, b"runtime.fastrand"), Insertion::UnknownVersion);
        }
        for minor in [Some(0), Some(OLDEST_MINOR - 1)] {
            assert_eq!(insertion(minor, b"runtime.fastrand"), COMPILER);
            assert_eq!(insertion(minor, b"runtime.convT2I"), Insertion::UnknownVersion);
        }
    }

    /// `lookup` relies on the order, `row` on runs that do not overlap.
    #[test]
    fn the_table_is_sorted_and_its_runs_apart() {
        for pair in INSERTED.windows(2) {
            let [(left, _, until, by), (right, since, _, next)] = pair else { continue };
            let apart = until + 1 < *since || (until < since && by != next);
            assert!(left < right || (left == right && apart), "{left} {right}");
        }
        let minors =
            u8::try_from(OLDEST_MINOR).expect("small")..=u8::try_from(NEWEST_MINOR).expect("small");
        for (name, since, until, _) in INSERTED {
            assert!(since <= until && minors.contains(since) && minors.contains(until), "{name}");
        }
    }
}
