//! What is an executable, who made it, and how much of it can be read?
//!
//! The head of every report says this. None of it is a judgement: each fact is what the file records, or which of its
//! parts are present.
//!
//! ```no_run
//! use gonym::binary::{Binary, NameList};
//!
//! for binary in Binary::open("app".as_ref())?.binaries {
//!     let facts = binary.facts();
//!     let stripped = facts.names != NameList::Symtab;
//!     println!("{} {:?}/{}, stripped: {stripped}", facts.format.word(), facts.os, facts.arch);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::Path;

use super::{Binary, DebugState, Witness};
use crate::error::{Fault, FaultCode};
use crate::golang::toolchain::Toolchain;
use crate::golang::version::GoVersion;
use crate::image::{FileKind, Format};
use crate::rules;

/// What an executable is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts<'a> {
    /// The container format.
    pub format: Format,
    /// What sort of file it is.
    pub kind: FileKind,
    /// Go's name of the operating system, where known.
    pub os: Option<&'a str>,
    /// Go's name of the architecture.
    pub arch: &'a str,
    /// The version of Go as recorded.
    pub go: Option<&'a GoVersion>,
    /// Whether it is a Go program of a version that the tables do not know: a newer or older one, no release, or one
    /// that is not recorded.
    pub outside_tables: bool,
    /// What made it.
    pub maker: Maker,
    /// Import path of package main as recorded.
    pub main_path: Option<&'a str>,
    /// Whose linker wrote it.
    pub link_mode: LinkMode,
    /// The best list of names.
    pub names: NameList,
    /// How much of the program its debugging information describes.
    pub dwarf: DebugState,
    /// The file that symbols or debugging information were taken from, if not the binary itself.
    pub debug_file: Option<&'a Path>,
    /// What of it is there.
    pub whole: Whole,
}

/// What made an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// Go's own toolchain.
    Gc,
    /// Another Go toolchain, or the program is not Go.
    Other(Toolchain),
}

impl Maker {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gc => "gc",
            Self::Other(toolchain) => toolchain.word(),
        }
    }
}

/// Whose linker wrote an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkMode {
    /// Go's.
    Internal,
    /// The system's.
    External,
    /// Nothing says.
    Unknown,
}

impl LinkMode {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
            Self::Unknown => "unknown",
        }
    }
}

/// The best list of names that an executable has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameList {
    /// The symbol table.
    Symtab,
    /// Go's function table: a stripped file.
    Pclntab,
    /// None.
    None,
}

impl NameList {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Symtab => "symtab",
            Self::Pclntab => "pclntab",
            Self::None => "none",
        }
    }
}

/// What of an executable is undamaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Everything that headers and symbol table promise.
    pub image: bool,
    /// Go's function table. It is no damage if there is none.
    pub functions: bool,
}

impl Binary {
    /// What it is and how much of it can be read. DWARF is not read for this.
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        let build = self.build();
        let main_path = build.map(|build| build.path.as_str());
        Facts {
            format: self.image.format,
            kind: self.image.kind,
            os: self.goos(),
            arch: &self.image.arch,
            go: build.map(|build| &build.version),
            outside_tables: self.is_outside_tables(),
            maker: self.maker(),
            main_path: main_path.filter(|path| !path.is_empty()),
            link_mode: match self.image.external_link {
                Some(true) => LinkMode::External,
                Some(false) => LinkMode::Internal,
                None => LinkMode::Unknown,
            },
            names: self.best_names(),
            dwarf: self.debug_state(),
            debug_file: self.debug_file(),
            whole: self.whole(),
        }
    }

    /// GOOS: what the build recorded, else what the headers or the runtime's start-up code show.
    pub fn goos(&self) -> Option<&str> {
        let recorded = self.build().and_then(|build| build.setting("GOOS"));
        let header = Some(self.image.os).filter(|os| !os.is_empty());
        recorded.or(header).or_else(|| self.functions().ok()?.goos())
    }

    /// What of it is undamaged.
    pub fn whole(&self) -> Whole {
        Whole {
            image: !self.faults().iter().any(Fault::is_damage),
            functions: !self.function_fault().is_some_and(|fault| fault.is_damage()),
        }
    }

    /// The best list that is there now; a truncated one does not count.
    fn best_names(&self) -> NameList {
        match (self.name_witnesses().symtab, self.functions()) {
            (Witness::Whole, _) => NameList::Symtab,
            (_, Ok(_)) => NameList::Pclntab,
            (_, Err(_)) => NameList::None,
        }
    }

    fn is_outside_tables(&self) -> bool {
        let version = self.build().map(|build| &build.version);
        let gc = version.is_some() || self.functions().is_ok();
        let known = version.and_then(|version| version.known_minor());
        gc && known.is_none_or(|minor| minor < rules::OLDEST_MINOR)
    }

    /// The gc toolchain, if there is a function table or build information.
    fn maker(&self) -> Maker {
        match self.functions() {
            Err(fault) if fault.code == FaultCode::NotExecutable && self.build().is_none() => {
                match self.toolchain() {
                    // In an undamaged file such a mark proves nothing: a C program may have it from a library.
                    Toolchain::NotGo if !self.image.faults.is_empty() && self.has_go_mark() => {
                        Maker::Gc
                    }
                    toolchain => Maker::Other(toolchain),
                }
            }
            _ => Maker::Gc,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::fixture;
    use crate::input::File;

    fn opened(name: &str) -> Vec<Binary> {
        let file = File::from_bytes(Path::new(name), fixture::unpacked(name).expect("a fixture"));
        Binary::open_file(file).expect("an executable").binaries
    }

    /// `MANIFEST.tsv` is written by whoever built the fixtures: id, program, Go, GOOS, GOARCH, how, names that are left.
    #[test]
    fn facts_are_what_the_fixtures_were_built_as() {
        let mut seen = 0;
        for row in include_str!("../../testdata/binaries/MANIFEST.tsv").lines().skip(1) {
            let row: Vec<&str> = row.split('\t').collect();
            let [id, _, go, goos, goarch, how, names, ..] = *row else { panic!("{row:?}") };
            for binary in opened(id).into_iter().filter(|_| go != "-") {
                let facts = binary.facts();
                assert_eq!((facts.os, facts.names.word()), (Some(goos), names), "{id}");
                assert_eq!(facts.go.map(|version| version.text.as_str()), Some(go), "{id}");
                assert!(goarch == "universal" || facts.arch == goarch, "{id}: {}", facts.arch);
                assert_eq!(facts.link_mode == LinkMode::External, how == "external", "{id}");
                assert_eq!(
                    facts.kind == FileKind::Shared,
                    how == "pie" || goos == "darwin",
                    "{id}"
                );
                assert_eq!(facts.maker, Maker::Gc, "{id}");
                assert_eq!(facts.whole, Whole { image: true, functions: true }, "{id}");
                assert!(!facts.outside_tables && facts.debug_file.is_none(), "{id}");
                seen += 1;
            }
        }
        assert!(seen > 20, "only {seen}");
    }

    /// `objdump -h`: of these two only the first has `.debug_info`; `go version -m`: their path.
    #[test]
    fn debugging_information_and_the_main_package_are_told() {
        for (id, dwarf) in [
            ("spine-go1.27-linux-amd64", DebugState::Full),
            ("spine-go1.27-linux-amd64-stripped", DebugState::None),
        ] {
            let binary = &opened(id)[0];
            let facts = binary.facts();
            assert_eq!((facts.dwarf, facts.main_path), (dwarf, Some("example.com/spine")), "{id}");
        }
    }

    #[test]
    fn a_cut_file_is_not_whole() {
        let mut bytes = fixture::unpacked("spine-go1.27-linux-amd64").expect("a fixture");
        bytes.truncate(bytes.len() / 2);
        let file = File::from_bytes(Path::new("cut"), bytes);
        let binary = Binary::open_file(file).expect("headers").binaries.remove(0);
        let facts = binary.facts();
        assert!(!facts.whole.image);
        assert_ne!(facts.names, NameList::Symtab, "what is cut off gives no names");
    }
}
