//! What do the sources of a build say about linknames, and which findings does each directive have?
//!
//! The result has every directive that the build compiles, and every comment that was meant to be one. Its findings
//! come from its own package, from the target's source and from Go's rules. This room knows no binary:
//! `source_claims` compares the directives with one, `gonym scan` shows them as they are.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use gonym::linkname::scan::{Tree, all_files};
//! use gonym::source::constraint::Context;
//!
//! let tree = Tree { root: "m".into(), path: "example.com/m".to_owned(), std: false };
//! let context = Context::from_settings(27, &Default::default());
//! for row in all_files(Path::new("m"), &tree, &context).rows {
//!     println!("{}:{}", row.facts.file.display(), row.said.line);
//! }
//! ```

mod all_files;
mod assembled;
mod broken;
mod exported_wrappers;
mod getters;
mod left_out;
mod mistakes;
mod neighbours;
mod packages;
mod permits;
mod refusals;
mod scanned;
mod signatures;
mod sole_user;
mod taking_part;
mod targets;
mod use_sites;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::claim::{Kind, Said};
use super::neighbours::Neighbours;
use crate::finding::{Code, Finding, Level, Owner};
use crate::source::build::{Build, BuiltPackage};
use crate::source::file::GoFile;
use crate::source::package::Directive;
use crate::source::target::Target;
use crate::source::uses::Root;
use crate::types::machine::Machine;
pub use all_files::{AllFiles, Tree, all_files};
pub use broken::Broken;
use getters::Getters;
pub use packages::Packages;
use packages::Spoken;
pub(crate) use packages::base_names;
pub(super) use permits::permit_of_release;
pub use scanned::ScannedDirective;
pub use signatures::{Described, compare_described};
use use_sites::UseSites;

/// What is asked about a build.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The build.
    pub build: &'a Build,
    /// Its packages.
    pub packages: &'a Packages<'a>,
    /// The Go version that compiles it, 1.N.
    pub minor: u16,
    /// Operating system, in Go's words.
    pub goos: &'a str,
    /// Architecture, in Go's words.
    pub goarch: &'a str,
    /// Whether Go's own directives are explained too.
    pub std: bool,
    /// Whether to find directives of Go's own packages whose remote no other package shares. They take no part in an
    /// answer about other directives; if they are not wanted, they are only counted.
    pub alone: bool,
    /// Modules (`std` among them) whose source may not be the build's: what it says about targets is not believed.
    pub doubtful: &'a BTreeSet<String>,
    /// Whether all directives in files that the build leaves out are wanted, or only those that were meant for
    /// something that the build compiles.
    pub all_files: bool,
    /// Whether the build is not linked yet: then a pull that the linker refuses is a mistake.
    pub is_to_be_linked: bool,
    /// Whether files that are not valid Go are wanted: then every file of the main module is read whole.
    pub broken: bool,
    /// Whether to find out which other packages may bring the target of each directive into a program.
    pub neighbours: bool,
}

/// What the sources of a build say.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ScannedBuild {
    /// Every directive, by package, file and line.
    pub rows: Vec<ScannedDirective>,
    /// Files that are not valid Go, in the main module and in packages that hold a directive.
    pub broken: Vec<Broken>,
    /// How many directives of Go's own packages are not among the rows, because no other package shares their remote.
    pub alone: usize,
}

/// What every package says, and where each symbol is mentioned.
///
/// What is read when first needed is read by one thread: rayon lets a thread that waits for others take their work,
/// which may ask for what it is reading, and it would wait for itself.
struct Scan<'a> {
    question: &'a Question<'a>,
    packages: &'a Packages<'a>,
    /// By package, read when first needed; none if no file of the package has the word `go:linkname`.
    spoken: Vec<OnceLock<Option<Spoken>>>,
    /// Directives by remote: package, and number within the package.
    by_remote: HashMap<Vec<u8>, Vec<(usize, usize)>>,
    machine: Option<Machine>,
    /// Go's rules; read as soon as it is known who takes part.
    rules: OnceLock<permits::Rules>,
    /// The symbols that assembly of any package defines; read when first needed.
    assembled: OnceLock<BTreeSet<Vec<u8>>>,
    /// The importers of each package; read when an exported wrapper is first asked about.
    importers: OnceLock<exported_wrappers::Importers>,
    /// The imports of all packages, by path.
    graph: OnceLock<neighbours::Graph>,
    /// The assembly files of the build; read when first needed.
    assembly_files: OnceLock<neighbours::AssemblyFiles>,
    /// The names that `//go:cgo_import_dynamic` of any package assigns; read when first needed.
    imported: OnceLock<HashMap<Vec<u8>, Vec<u8>>>,
}

/// Finds and explains the directives of a build, by package, file and line.
#[must_use]
pub fn scan_build(question: &Question<'_>) -> ScannedBuild {
    let packages = question.packages;
    let mut scan = Scan {
        question,
        packages,
        spoken: question.build.packages.iter().map(|_| OnceLock::new()).collect(),
        by_remote: HashMap::new(),
        machine: Machine::of(question.goarch, question.minor),
        rules: OnceLock::new(),
        assembled: OnceLock::new(),
        importers: OnceLock::new(),
        graph: OnceLock::new(),
        assembly_files: OnceLock::new(),
        imported: OnceLock::new(),
    };
    let (taking_part, others) = scan.taking_part();
    for index in &taking_part {
        let directives = scan.spoken(*index).map(|spoken| &spoken.joined.directives);
        let remotes = directives.into_iter().flatten().map(|found| found.remote.clone());
        let remotes: Vec<Vec<u8>> = remotes.collect();
        for (number, remote) in remotes.into_iter().enumerate() {
            scan.by_remote.entry(remote).or_default().push((*index, number));
        }
    }
    // These are read by many threads, so before any of them asks.
    scan.rules();
    let found: Vec<(Vec<ScannedDirective>, Vec<Broken>)> = taking_part
        .into_par_iter()
        .map(|index| (scan.of_package(index), scan.broken(index)))
        .collect();
    let (rows, broken): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let rows = rows.concat();
    let shared = rows.iter().filter(|row| row.facts.owner == Owner::Std && !row.local.is_empty());
    let alone = if question.alone { 0 } else { others.saturating_sub(shared.count()) };
    ScannedBuild { alone, broken: broken.concat(), rows }
}

impl Scan<'_> {
    /// What the files of package `index` say about linknames.
    fn spoken(&self, index: usize) -> Option<&Spoken> {
        let read = || {
            let with_left_out = self.question.all_files || !self.is_std(index);
            self.packages.spoken(index, with_left_out, self.question.broken)
        };
        self.spoken.get(index)?.get_or_init(read).as_ref()
    }

    fn is_std(&self, index: usize) -> bool {
        self.packages.get(index).is_some_and(|package| package.std)
    }

    /// Go's rules about the remotes of all packages but Go's own.
    fn rules(&self) -> &permits::Rules {
        self.rules.get_or_init(|| {
            let asked = self.by_remote.iter().filter(|(_, by)| self.is_of_others(by));
            let asked = asked.map(|(remote, _)| remote.clone()).collect();
            permits::Rules::of(self.question, asked)
        })
    }

    /// All directives of package `index`, and what was meant to be one, by file and place.
    fn of_package(&self, index: usize) -> Vec<ScannedDirective> {
        let mut rows = self.rows(index);
        rows.extend(self.packages.get(index).iter().flat_map(|one| self.of_assembly(index, one)));
        rows.sort_by(|a, b| a.place().cmp(&b.place()));
        rows
    }

    /// Its directives, and what was meant to be one.
    fn rows(&self, index: usize) -> Vec<ScannedDirective> {
        let (Some(package), Some(spoken)) = (self.packages.get(index), self.spoken(index)) else {
            return Vec::new();
        };
        let Some(parsed) = self.packages.parsed(index) else { return Vec::new() };
        let directives = self.directives(index);
        let locals: BTreeSet<&[u8]> =
            directives.iter().map(|directive| directive.local.as_slice()).collect();
        let mut getters: HashMap<&[u8], Getters> = HashMap::new();
        let neighbours = directives.iter().map(|directive| {
            let (neighbours, found) = self.neighbours(index, directive)?;
            getters.extend(found.map(|found| (directive.local.as_slice(), found)));
            Some(neighbours)
        });
        let neighbours: Vec<Option<Arc<Neighbours>>> = neighbours.collect();
        let shares = |user: usize, local: &[u8], file: &GoFile, roots: &[Root<'_>]| {
            getters.get(local).is_some_and(|getters| self.shares(getters, user, file, roots))
        };
        let own =
            |local: &[u8], file: &GoFile, roots: &[Root<'_>]| shares(index, local, file, roots);
        let Some(positions) = self.packages.positions(index) else { return Vec::new() };
        let mut mentioned = UseSites::of(parsed, positions, &locals, &own);
        mentioned.add(self.wrapper_uses(index, &directives, &shares));
        let each = directives.iter().zip(neighbours);
        let mut rows: Vec<ScannedDirective> = each
            .map(|(directive, neighbours)| {
                let mut row = self.directive(index, package, directive, &mentioned);
                row.returned = getters.contains_key(directive.local.as_slice());
                row.said.neighbours = neighbours;
                row
            })
            .collect();
        let missed = self.missed(index, package, spoken);
        let others = spoken.joined.mistakes.iter();
        rows.extend(
            others.filter_map(|mistake| self.mistake(index, package, spoken, mistake, &missed)),
        );
        rows
    }

    fn directive(
        &self,
        index: usize,
        package: &BuiltPackage,
        directive: &Directive,
        mentioned: &UseSites,
    ) -> ScannedDirective {
        let own = symbol(package, &directive.local);
        let files = self.packages.parsed(index).map(|parsed| parsed.files()).unwrap_or_default();
        let imports = files.iter().flat_map(|file| &file.cgo_imports);
        let mut import = imports.filter(|import| import.local == directive.remote);
        let file = package.files.get(directive.file).cloned().unwrap_or_default();
        let mut row = ScannedDirective {
            column: directive.column,
            local: directive.local.clone(),
            remote: directive.remote.clone(),
            form: directive.form,
            kind: directive.kind,
            selected: true,
            ..ScannedDirective::of(index, package, file)
        };
        row.facts.word = directive.word.text();
        row.said = Said {
            line: directive.line,
            has_body: directive.has_body,
            assembly: directive.assembly_backed
                || directive.kind == Kind::Var && self.is_assembled(directive),
            mentions: Some(mentioned.get(&directive.local)),
            around: self.around(index, directive, mentioned),
            takes_value: mentioned.takes_value(&directive.local)
                && self.only_taker(index, &directive.remote),
            local_is_pushed: directive.remote != own && self.is_pushed_by(index, &own),
            import: import
                .next()
                .map(|found| found.remote.clone().unwrap_or(found.local.clone()))
                .or_else(|| self.imported_by_others(package, directive)),
            ..row.said
        };
        let target = self.target_of(index, directive);
        row.said.owner_declares = match target {
            Target::Variable => Some(true),
            Target::Missing | Target::Gone if directive.kind == Kind::Var => Some(false),
            _ => None,
        };
        if package.std && !self.question.std {
            return row;
        }
        let mut codes: Vec<Code> = directive.mistakes.iter().map(|mistake| mistake.code).collect();
        codes.extend(self.target_mistakes(index, package, directive, target));
        row.facts.findings = codes.into_iter().map(Finding::plain).collect();
        row.facts.findings.iter_mut().for_each(|finding| self.excuse(directive, finding));
        let compared = self.signature(index, directive);
        row.compared = compared.as_ref().is_some_and(|(known, _)| *known);
        row.facts.findings.extend(compared.and_then(|(_, finding)| finding));
        if !package.std {
            let named = refusals::named(directive, row.said.mentions.as_deref());
            row.facts.permit = self.rules().permit(package, directive, named);
            let before = row.facts.permit.as_ref().filter(|_| self.question.is_to_be_linked);
            row.facts.findings.extend(before.and_then(|permit| {
                refusals::refusal(self.question.minor, &directive.remote, permit, named)
            }));
        }
        row.tidy();
        row
    }
}

impl Scan<'_> {
    /// Weakens a finding if the build was compiled and linked, because then no compiler refused the line. Only some
    /// compilers refuse a local name that is not declared (cmd/compile/internal/noder/noder.go, go1.19.4,
    /// types.AllowsGoVersion). x/sys of 2020 has 145 such directives on darwin.
    fn excuse(&self, directive: &Directive, finding: &mut Finding) {
        let compiled = !self.question.is_to_be_linked && !self.question.all_files;
        if finding.code == Code::KindDiffers && self.is_wrapped(directive) {
            finding.level = Level::Warn;
        }
        if compiled && finding.code == Code::LocalUnknown {
            finding.level = Level::Warn;
            finding.message = "the package declares no such name: Go 1.18.0 to 1.19.3 refuses that, and newer Go where go.mod says go 1.18 or newer".to_owned();
        }
    }

    /// The linker knows an import by its name, whichever package declares it.
    fn imported_by_others(&self, package: &BuiltPackage, directive: &Directive) -> Option<Vec<u8>> {
        let asked = self.question.neighbours && !package.std;
        asked.then(|| self.imported(&directive.remote))?.cloned()
    }
}

/// The symbol of the package's name `local`.
pub(super) fn symbol(package: &BuiltPackage, local: &[u8]) -> Vec<u8> {
    crate::names::symbol(package.import_path.as_bytes(), local)
}
