//! What is known of one directive, or of a comment that was meant to be one?

use std::path::PathBuf;
use std::sync::Arc;

use crate::finding::{Code, Finding, Owner};
use crate::linkname::claim::{Form, Kind, Mention};
use crate::linkname::neighbours::Neighbours;
use crate::linkname::permit::Permit;
use crate::source::build::BuiltPackage;

/// A directive, or a comment that was meant to be one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScannedDirective {
    /// The package: an index into the build's packages; 0 if no build is known.
    pub package: usize,
    /// The import path of its package.
    pub path: String,
    /// Its module, with the version if it has one; `std` for Go's own, empty if there are no modules.
    pub module: String,
    /// Where it comes from: the main module, a dependency or Go.
    pub owner: Owner,
    /// The file that holds it.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// `linkname` or `linknamestd`.
    pub word: &'static str,
    /// The local name, without its package; empty if none is written.
    pub local: Vec<u8>,
    /// The remote symbol.
    pub remote: Vec<u8>,
    /// How it is written.
    pub form: Form,
    /// What the local name is.
    pub kind: Kind,
    /// Whether the local function has a body, the local variable an initialiser.
    pub has_body: bool,
    /// Whether the package's own assembly defines the local function.
    pub assembly: bool,
    /// Whether it is no directive but a symbol in assembly, which needs none.
    pub in_assembly: bool,
    /// Whether this build compiles its file.
    pub selected: bool,
    /// Why the compiler of this build does not read the line as a directive.
    pub not_a_directive: Option<Code>,
    /// Whether the target's source declares a variable of the remote's name, if it was read.
    pub owner_declares: Option<bool>,
    /// Where the package mentions the local name; none if the line is no directive.
    pub mentions: Option<Vec<Mention>>,
    /// Where the package uses exported names of the remote's package, if nothing uses the local name.
    pub around: Vec<Mention>,
    /// Whether the package takes the value of the local function, and the remote's package never takes the value of
    /// the remote.
    pub takes_value: bool,
    /// Whether another directive of the package publishes a body under the local name.
    pub local_is_pushed: bool,
    /// The import that `//go:cgo_import_dynamic` of the package assigns to the remote's name.
    pub import: Option<Vec<u8>>,
    /// Most severe first.
    pub findings: Vec<Finding>,
    /// What Go's rules say, for a pull from Go's own packages.
    pub permit: Option<Permit>,
    /// Which other packages may bring the remote into the program, if that was asked.
    pub neighbours: Option<Arc<Neighbours>>,
    /// Whether some function returns the remote and leaves no frame where it is inlined.
    pub returned: bool,
    /// Whether source alone decides it, and it is only counted.
    pub settled: bool,
    /// Whether it is only counted.
    pub counted: bool,
    /// Whether the signature could be compared with source: then DWARF is not needed.
    pub compared: bool,
}

impl ScannedDirective {
    /// A line of `file` in package `path`, about which nothing is known yet.
    pub(super) fn at(path: String, module: String, owner: Owner, file: PathBuf) -> Self {
        Self {
            package: 0,
            path,
            module,
            owner,
            file,
            line: 0,
            column: 0,
            word: "linkname",
            local: Vec::new(),
            remote: Vec::new(),
            form: Form::Unknown,
            kind: Kind::Unknown,
            has_body: false,
            assembly: false,
            in_assembly: false,
            selected: false,
            not_a_directive: None,
            owner_declares: None,
            mentions: None,
            around: Vec::new(),
            takes_value: false,
            local_is_pushed: false,
            import: None,
            findings: Vec::new(),
            permit: None,
            neighbours: None,
            returned: false,
            settled: false,
            counted: false,
            compared: false,
        }
    }

    /// A line of `file` in the build's package of that index.
    pub(super) fn of(index: usize, package: &BuiltPackage, file: PathBuf) -> Self {
        let at = Self::at(package.path.clone(), module(package), owner(package), file);
        Self { package: index, ..at }
    }

    /// Whether only the binary's DWARF can tell what the local declaration must be compared with.
    #[must_use]
    pub fn wants_dwarf(&self) -> bool {
        let asked = self.owner != Owner::Std && self.not_a_directive.is_none();
        asked && !self.compared && self.form == Form::Pull
    }

    /// Each finding once, the most severe first.
    pub fn tidy(&mut self) {
        self.findings.sort_by(|a, b| (b.level, a.code.word()).cmp(&(a.level, b.code.word())));
        self.findings.dedup_by(|a, b| a.code == b.code);
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
