//! What is known of one directive, or of a comment that was meant to be one?

use std::path::{Path, PathBuf};

use crate::finding::Owner;
use crate::linkname::claim::{Form, Kind, Said};
use crate::linkname::source_facts::SourceFacts;
use crate::source::build::BuiltPackage;

/// A directive, or a comment that was meant to be one.
///
/// What a judgement reads of it and what a report shows of it are types of their own: a claim about a binary takes them
/// over as they are, with what is learnt from that binary.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScannedDirective {
    /// The package: an index into the build's packages; 0 if no build is known.
    pub package: usize,
    /// The import path of its package.
    pub path: String,
    /// Column in bytes, from 1.
    pub column: u32,
    /// The local name, without its package; empty if none is written.
    pub local: Vec<u8>,
    /// The remote symbol.
    pub remote: Vec<u8>,
    /// How it is written.
    pub form: Form,
    /// What the local name is.
    pub kind: Kind,
    /// Whether it is no directive but a symbol in assembly, which needs none.
    pub in_assembly: bool,
    /// Whether this build compiles its file.
    pub selected: bool,
    /// Whether some function returns the remote and leaves no frame where it is inlined.
    pub returned: bool,
    /// Whether the signature could be compared with source: then DWARF is not needed.
    pub compared: bool,
    /// What source says of it, as a judgement needs it. Nothing is mentioned if the line is no directive.
    pub said: Said,
    /// Whose it is, and what is told beside a verdict.
    pub facts: SourceFacts,
}

impl ScannedDirective {
    /// A line of `file` in package `path`, about which nothing is known yet.
    pub(super) fn at(path: String, module: String, owner: Owner, file: PathBuf) -> Self {
        let base = file.file_name().map(|name| name.as_encoded_bytes().to_vec());
        Self {
            package: 0,
            path,
            column: 0,
            local: Vec::new(),
            remote: Vec::new(),
            form: Form::Unknown,
            kind: Kind::Unknown,
            in_assembly: false,
            selected: false,
            returned: false,
            compared: false,
            said: Said { file: base.unwrap_or_default(), ..Said::default() },
            facts: SourceFacts {
                owner,
                module,
                word: "linkname",
                file,
                findings: Vec::new(),
                permit: None,
                stale: false,
            },
        }
    }

    /// A line of `file` in the build's package of that index.
    pub(super) fn of(index: usize, package: &BuiltPackage, file: PathBuf) -> Self {
        let at = Self::at(package.path.clone(), module(package), owner(package), file);
        Self { package: index, ..at }
    }

    /// Where it stands: file, line and column.
    pub(super) fn place(&self) -> (&Path, u32, u32) {
        (&self.facts.file, self.said.line, self.column)
    }

    /// Whether only the binary's DWARF can tell what the local declaration must be compared with.
    #[must_use]
    pub fn wants_dwarf(&self) -> bool {
        let asked = self.facts.owner != Owner::Std && self.said.not_a_directive.is_none();
        asked && !self.compared && self.form == Form::Pull
    }

    /// Each finding once, the most severe first.
    pub fn tidy(&mut self) {
        let findings = &mut self.facts.findings;
        findings.sort_by(|a, b| (b.level, a.code.word()).cmp(&(a.level, b.code.word())));
        findings.dedup_by(|a, b| a.code == b.code);
    }
}

fn module(package: &BuiltPackage) -> String {
    match &package.module {
        Some(module) if ["", "(devel)"].contains(&module.version.as_str()) => module.path.clone(),
        Some(module) => format!("{}@{}", module.path, module.version),
        None if package.std => "std".to_owned(),
        None => String::new(),
    }
}

fn owner(package: &BuiltPackage) -> Owner {
    match (package.std, package.own) {
        (true, _) => Owner::Std,
        (false, true) => Owner::Main,
        (false, false) => Owner::Dependency,
    }
}
