//! What the sources of a build and Go's own tools say, and how gonym's answer is scored against it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::Row;
use crate::common::compiled::Directive;
use crate::common::inserted::Sources;
use crate::common::{self, objdump};

/// A linkname that gonym found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    confidence: String,
    form: String,
    package: String,
    remote: String,
    candidates: Vec<String>,
}

pub(super) fn discovered(file: &Path) -> BTreeSet<Found> {
    let output = common::gonym(["discover".as_ref(), "--format=json".as_ref(), file.as_os_str()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", file.display());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let claims = report["binaries"][0]["claims"].as_array().expect("claims").iter();
    let found = claims.map(|claim| {
        let word = |key: &str| claim[key].as_str().expect("a word").to_owned();
        let candidates = claim["candidates"].as_array().expect("a list").iter();
        Found {
            confidence: word("confidence"),
            form: word("form"),
            package: word("package"),
            remote: word("remote"),
            candidates: candidates.map(|one| one.as_str().expect("a path").to_owned()).collect(),
        }
    });
    found.collect()
}

pub(super) type Pair = (String, String);

/// What the sources say of functions, as far as the linker kept them.
pub(super) struct Truth {
    pushes: BTreeSet<Pair>,
    pulls: BTreeSet<Pair>,
    /// Targets of handles with exported names, which any package may call.
    handles: BTreeSet<String>,
    present: BTreeSet<Pair>,
}

impl Truth {
    pub(super) fn of(directives: &BTreeSet<Directive>, kept: &BTreeSet<String>) -> Self {
        let of = |form: &'static str| {
            let foreign = move |one: &&Directive| {
                one.kind == "func"
                    && one.form == form
                    && objdump::package(&one.remote) != one.package()
            };
            directives.iter().filter(foreign)
        };
        let pair = |one: &Directive| (unescape(one.package()), one.remote.clone());
        // `_cgo_init` belongs to no package: such names are judged from source.
        let named = |one: &&Directive| one.remote.contains('.') && kept.contains(&one.remote);
        let handle = |one: &&Directive| is_exported(&one.local);
        Self {
            pushes: of("push").filter(named).map(pair).collect(),
            pulls: of("pull").map(pair).collect(),
            handles: of("pull").filter(handle).map(|one| one.remote.clone()).collect(),
            present: of("pull").filter(named).map(pair).collect(),
        }
    }

    /// The pulls that code of their package calls, in a file of its own, although nobody may name them.
    pub(super) fn called(
        &self,
        tool: &Path,
        file: &Path,
        root: &Path,
        files: &BTreeMap<&str, &Vec<String>>,
    ) -> BTreeSet<Pair> {
        let from: BTreeSet<String> =
            self.present.iter().map(|(package, _)| escape(package).replace('.', "[.]")).collect();
        let from = from.into_iter().collect::<Vec<_>>().join("|");
        let inserted = Sources::read(root);
        let calls = objdump::calls(tool, file, &format!("^({from})[.]")).into_iter();
        let pairs = calls.filter_map(|call| {
            let package = unescape(objdump::package(&call.from));
            let own = files.get(package.as_str()).is_some_and(|files| files.contains(&call.file));
            let pair = (package, call.to);
            // The toolchain's sources are long: they are asked last.
            let called = own && self.present.contains(&pair) && !is_exported(&pair.1);
            (called && !inserted.speak_of(&pair.1)).then_some(pair)
        });
        pairs.collect()
    }

    pub(super) fn score(&self, found: &BTreeSet<Found>, called: &BTreeSet<Pair>) -> Row {
        let of = |confidence: &str, form: &str| -> BTreeSet<Pair> {
            let is = |one: &&Found| one.confidence == confidence && one.form == form;
            let pair = |one: &Found| (one.package.clone(), one.remote.clone());
            found.iter().filter(is).map(pair).collect()
        };
        let (pushes, firm, weak) = (of("firm", "push"), of("firm", "pull"), of("weak", "pull"));
        let told = |pair: &&Pair| self.pulls.contains(*pair) || self.handles.contains(&pair.1);
        let could = |pair: &Pair| {
            let one = found.iter().find(|one| (&one.package, &one.remote) == (&pair.0, &pair.1));
            let candidates = one.map(|one| one.candidates.as_slice()).unwrap_or_default();
            candidates.iter().any(|package| self.pulls.contains(&(package.clone(), pair.1.clone())))
        };
        let mut wrong = Vec::new();
        let mut tell = |what: &str, pairs: Vec<&Pair>| {
            wrong.extend(
                pairs.into_iter().map(|(package, name)| format!("{what}: {package} {name}")),
            );
        };
        tell("no such push", pushes.difference(&self.pushes).collect());
        tell("push not found", self.pushes.difference(&pushes).collect());
        tell("no such pull", firm.iter().filter(|pair| !told(pair) && !could(pair)).collect());
        tell("called and not found", called.difference(&firm).collect());
        Row {
            pushes: self.pushes.len(),
            called: called.len(),
            present: self.present.len(),
            firm: firm.len(),
            weak: weak.len(),
            weak_false: weak.iter().filter(|pair| !told(pair) && !could(pair)).count(),
            wrong,
        }
    }
}

fn is_exported(symbol: &str) -> bool {
    let name = symbol.rsplit('.').next().unwrap_or_default();
    name.chars().next().is_some_and(char::is_uppercase)
}

/// cmd/internal/objabi, PathToPrefix, as far as these paths need it.
fn escape(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((front, last)) => format!("{front}/{}", last.replace('.', "%2e")),
        None => path.replace('.', "%2e"),
    }
}

fn unescape(path: &str) -> String {
    path.replace("%2e", ".")
}
