//! Which Go, settings, modules and libraries differ, and whose linker wrote the files?

use std::collections::{BTreeMap, BTreeSet};

use crate::binary::Binary;
use crate::golang::buildinfo::{BuildInfo, Module};
use crate::printable::printable;

/// What a change of the build is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Subject {
    /// The version of Go.
    Go,
    /// A build setting, or another fact about the build as a whole.
    Setting,
    /// A module.
    Module,
    /// A library that the loader must find.
    Library,
}

/// Something about the build that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct BuildChange {
    /// What it is about.
    pub subject: Subject,
    /// The setting's key, the module's path, the library's name.
    pub name: String,
    /// In the old file.
    pub old: Option<String>,
    /// In the new file.
    pub new: Option<String>,
}

/// The names of facts that are no settings of the go command.
const LINK_MODE: &str = "link mode";
const FORMAT: &str = "format";
const DWARF: &str = "DWARF";
const EXPERIMENTS: &str = "experiments of the version";
const RECORD: &str = "build information";

pub(super) fn changes(old: &Binary, new: &Binary) -> Vec<BuildChange> {
    let mut changes = Vec::new();
    let mut add = |subject, of: (BTreeMap<String, String>, BTreeMap<String, String>)| {
        changes.extend(differing(subject, of.0, of.1));
    };
    add(Subject::Setting, (of_file(old, new), of_file(new, old)));
    add(Subject::Library, (libraries(old), libraries(new)));
    match (old.build(), new.build()) {
        (Some(old), Some(new)) => {
            add(Subject::Go, (version(old), version(new)));
            add(Subject::Setting, (settings(old), settings(new)));
            add(Subject::Module, (modules(old), modules(new)));
        }
        // Each missing setting by itself would say nothing more.
        (old, new) => add(Subject::Setting, (has_record(old), has_record(new))),
    }
    changes.sort();
    changes
}

fn differing(
    subject: Subject,
    old: BTreeMap<String, String>,
    mut new: BTreeMap<String, String>,
) -> Vec<BuildChange> {
    let mut changes = Vec::new();
    for (name, was) in old {
        let is = new.remove(&name);
        if is.as_ref() != Some(&was) {
            changes.push(BuildChange { subject, name, old: Some(was), new: is });
        }
    }
    let added = new.into_iter();
    changes.extend(added.map(|(name, is)| BuildChange { subject, name, old: None, new: Some(is) }));
    changes
}

/// What the headers say whatever was recorded. DWARF goes with the symbol table where both were stripped: that is one
/// fact, and told as one.
fn of_file(binary: &Binary, other: &Binary) -> BTreeMap<String, String> {
    let facts = binary.facts();
    let stripped = facts.names != other.facts().names;
    let os = facts.os.unwrap_or("unknown");
    let format = format!("{} {os}/{}", facts.format.word(), facts.arch);
    let facts = [
        (FORMAT, format),
        (LINK_MODE, facts.link_mode.word().to_owned()),
        (DWARF, facts.dwarf.word().to_owned()),
    ];
    let told = facts.into_iter().filter(|(name, _)| *name != DWARF || !stripped);
    told.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn has_record(build: Option<&BuildInfo>) -> BTreeMap<String, String> {
    build.map(|build| (RECORD.to_owned(), build.version.text.clone())).into_iter().collect()
}

fn version(build: &BuildInfo) -> BTreeMap<String, String> {
    [("go".to_owned(), build.version.text.clone())].into()
}

fn settings(build: &BuildInfo) -> BTreeMap<String, String> {
    let mut settings: BTreeMap<String, String> = build.settings.iter().cloned().collect();
    let experiments = build.version.experiments.clone();
    if !experiments.is_empty() {
        settings.insert(EXPERIMENTS.to_owned(), experiments);
    }
    settings
}

/// The main module too. Of a program whose module was renamed one is gone and another has come.
fn modules(build: &BuildInfo) -> BTreeMap<String, String> {
    let all = build.main.iter().chain(&build.deps);
    all.map(|module| (module.path.clone(), version_of(module))).collect()
}

fn version_of(module: &Module) -> String {
    let version = if module.version.is_empty() { "no version" } else { &module.version };
    match &module.replace {
        Some((path, of)) => format!("{version} => {}", format!("{path} {of}").trim_end()),
        None => version.to_owned(),
    }
}

fn libraries(binary: &Binary) -> BTreeMap<String, String> {
    let all: BTreeSet<String> =
        binary.dynamic().libraries.iter().map(|name| printable(name)).collect();
    all.into_iter().map(|name| (name, "needed".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_equal_is_no_change() {
        let old = table(&[("CGO_ENABLED", "1"), ("-race", "true"), ("GOOS", "linux")]);
        let new = table(&[("CGO_ENABLED", "0"), ("GOOS", "linux"), ("-tags", "x")]);
        let found: Vec<String> = differing(Subject::Setting, old.clone(), new)
            .iter()
            .map(|change| format!("{} {:?} {:?}", change.name, change.old, change.new))
            .collect();
        assert_eq!(
            found,
            [
                "-race Some(\"true\") None",
                "CGO_ENABLED Some(\"1\") Some(\"0\")",
                "-tags None Some(\"x\")"
            ]
        );
        assert!(differing(Subject::Go, old.clone(), old).is_empty());
    }
}
