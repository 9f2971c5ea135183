//! What do Go's own rules say about a pull?

use std::collections::BTreeSet;
use std::path::Path;

use memchr::memmem::Finder;

use super::Question;
use super::exported_wrappers::has_word;
use super::refusals::Named;
use crate::linkname::permit::Permit;
use crate::names;
use crate::rules::{self, Handle, Permission, Pull, Release};
use crate::source::build::BuiltPackage;
use crate::source::cache::Bytes;
use crate::source::constraint::Context;
use crate::source::goroot::{self, Linked};
use crate::source::modules::Goroot;
use crate::source::package::{Directive, Form, Kind};
use crate::source::search;
use crate::source::target::Target;

/// The rules of the release that compiles the build; none if no table or source covers it.
pub(super) struct Rules {
    release: Option<Release>,
    /// What the sources of the build say about the symbols in question. They may be another patch release than the
    /// tables, or a fork.
    at_hand: Option<Release>,
    /// Symbols that the tables know and these sources do not mention.
    dropped: BTreeSet<Vec<u8>>,
}

impl Rules {
    /// The rules for pulls of `asked`.
    pub(super) fn of(question: &Question<'_>, mut asked: BTreeSet<Vec<u8>>) -> Self {
        let minor = question.minor;
        let embedded = Release::embedded(minor, question.goos, question.goarch);
        asked.retain(|symbol| may_be_of_go(question, symbol));
        if embedded.is_none() {
            if asked.is_empty() && !question.std {
                return Self { release: None, at_hand: None, dropped: BTreeSet::new() };
            }
            return Self { release: at_hand(question), at_hand: None, dropped: BTreeSet::new() };
        }
        let at_hand = of_linked(question, &asked);
        let (tables, read) = (embedded.as_ref(), at_hand.as_ref());
        let has = |of: Option<&Release>, symbol: &[u8]| {
            let name = std::str::from_utf8(symbol).ok();
            of.zip(name).is_some_and(|(of, name)| of.symbol(name).is_some())
        };
        let lost = |symbol: &&Vec<u8>| has(tables, symbol) && read.is_some() && !has(read, symbol);
        let dropped = asked.iter().filter(lost).filter(|symbol| is_dropped(question, symbol));
        let dropped = dropped.cloned().collect();
        Self { release: embedded, at_hand, dropped }
    }

    /// The rules that decide about `symbol`: the sources of this build for what they define. For the rest the tables
    /// know whether another build, or a package that is not linked, has it.
    fn release(&self, symbol: &[u8]) -> Option<&Release> {
        let name = std::str::from_utf8(symbol).ok();
        let defines = |read: &&Release| name.is_some_and(|name| read.symbol(name).is_some());
        let says = |read: &&Release| defines(read) || self.dropped.contains(symbol);
        self.at_hand.as_ref().filter(says).or(self.release.as_ref())
    }

    /// Whether older or newer releases have a symbol that this one does not.
    pub(super) fn is_gone(&self, symbol: &[u8], variable: bool) -> bool {
        let handle = if variable { Handle::Variable } else { Handle::Function };
        let pull = Pull { package: "main", std: false, symbol, handle };
        let permission = self.release(symbol).map(|release| release.permission(&pull));
        matches!(permission, Some(Permission::Gone { .. }))
    }

    /// What the tables know about a target whose source is not at hand.
    pub(super) fn target(&self, directive: &Directive) -> Target {
        let handle = if directive.kind == Kind::Var { Handle::Variable } else { Handle::Function };
        let pull = Pull { package: "main", std: false, symbol: &directive.remote, handle };
        let permission = self.release(&directive.remote).map(|release| release.permission(&pull));
        match permission {
            Some(Permission::Gone { .. }) => Target::Gone,
            Some(Permission::NoSuchSymbol) if !rules::is_linker_defined(&directive.remote) => {
                Target::Missing
            }
            _ => Target::Unread,
        }
    }

    /// The permit of a pull from the standard library.
    pub(super) fn permit(
        &self,
        package: &BuiltPackage,
        directive: &Directive,
        named: Named,
    ) -> Option<Permit> {
        if directive.form != Form::Pull && directive.kind != Kind::Var {
            return None;
        }
        let release = self.release(&directive.remote)?;
        let pull = Pull {
            package: &package.path,
            std: package.std,
            symbol: &directive.remote,
            handle: match (directive.kind, directive.has_body) {
                (Kind::Var, true) => Handle::InitialisedVariable,
                (Kind::Var, false) => Handle::Variable,
                _ => Handle::Function,
            },
        };
        said(release, &pull, named)
    }

    /// What the release declares under the name `symbol`.
    pub(super) fn symbol(&self, symbol: &[u8]) -> Option<rules::Symbol> {
        self.release(symbol)?.symbol(std::str::from_utf8(symbol).ok()?)
    }

    /// What the linker says about a symbol that assembly names.
    pub(super) fn of_assembly(&self, package: &BuiltPackage, symbol: &[u8]) -> Option<Permit> {
        let (path, std) = (package.path.as_str(), package.std);
        let pull = Pull { package: path, std, symbol, handle: Handle::Assembly };
        said(self.release(symbol)?, &pull, Named::Yes)
    }
}

/// The permit of a pull that compiled code refers to, by the rules of `release`.
pub(in crate::linkname) fn permit_of_release(release: &Release, pull: &Pull<'_>) -> Option<Permit> {
    said(release, pull, Named::Yes)
}

/// The permit of a pull from the standard library; none if the rules do not apply.
fn said(release: &Release, pull: &Pull<'_>, named: Named) -> Option<Permit> {
    let permission = release.permission(pull);
    let state = state(&permission)?;
    let symbol = std::str::from_utf8(pull.symbol);
    let shame = symbol.map(|symbol| release.shame(symbol)).unwrap_or_default();
    let replacement = rules::replacement(pull.symbol);
    let refused = permission.needs_checklinkname_0();
    let allowed = match &permission {
        Permission::Blocked { allowed } => allowed.clone(),
        _ => Vec::new(),
    };
    Some(Permit {
        state: state.to_owned(),
        blocked_since: release.refused_since(pull),
        allowed,
        refused,
        needs_flag: refused && named != Named::No,
        flag_recorded: None,
        shame,
        replacement: replacement.map(spelled),
        // A replacement that every known release has needs no version.
        replacement_since: replacement
            .map(|found| found.since)
            .filter(|since| *since > rules::OLDEST_MINOR),
    })
}

/// What the build's packages of Go's own say about `asked`.
fn of_linked(question: &Question<'_>, asked: &BTreeSet<Vec<u8>>) -> Option<Release> {
    let Question { minor, goos, goarch, build, packages, .. } = *question;
    if asked.is_empty() || question.doubtful.contains("std") {
        return None;
    }
    let goroot = build.goroot.as_deref().filter(|root| is_of(root, minor))?;
    let owners: BTreeSet<&[u8]> = asked.iter().filter_map(|name| names::package(name)).collect();
    let finders: Vec<Finder<'_>> = asked.iter().map(Finder::new).collect();
    let named_in = |text: &[u8]| finders.iter().any(|symbol| symbol.find(text).is_some());
    // A symbol without a package in its name comes from assembly of any package.
    let bare = asked.iter().any(|symbol| !symbol.contains(&b'.'));
    let of_go = build.packages.iter().enumerate().filter(|(_, package)| package.std);
    let linked = of_go.filter_map(|(index, package)| {
        let assembly = package.assembly.iter().filter_map(|path| packages.files.read(path).ok());
        let assembly: Vec<Bytes> = assembly.collect();
        let go = || package.files.iter().map(|path| packages.files.read_or_empty(path));
        let concerns = owners.contains(names::escaped(package.path.as_bytes()).as_slice())
            || go().any(|text| search::is_candidate(&text) && named_in(&text))
            || (bare && assembly.iter().any(|text| named_in(text)));
        let files = concerns.then(|| packages.parsed(index))??.files();
        Some(Linked { path: &package.path, files, assembly })
    });
    let facts = goroot::facts_of_build(goroot, goarch, &linked.collect::<Vec<_>>(), asked);
    Some(Release::read(minor, goos, goarch, facts))
}

/// Whether the symbol's package is linked but does not have the name: neither as a declaration for others to define,
/// nor in a file that this build leaves out. Then this Go is not the one of the tables.
fn is_dropped(question: &Question<'_>, symbol: &[u8]) -> bool {
    let packages = question.packages;
    let path = names::import_path(symbol);
    let path = path.as_deref().and_then(|path| std::str::from_utf8(path).ok());
    let Some(index) = path.and_then(|path| packages.named(path)) else { return false };
    let (Some(package), Some(parsed)) = (packages.get(index), packages.parsed(index)) else {
        return false;
    };
    let local = names::within_package(symbol);
    let word = local.rsplit(|byte| *byte == b'.').next().unwrap_or(local);
    let elsewhere = || {
        let mut texts = package.ignored.iter().map(|(path, _)| packages.files.read_or_empty(path));
        texts.any(|text| has_word(&text, word))
    };
    package.std && parsed.declares(word).is_none() && !elsewhere()
}

/// What the installation that made the build says, if its Go is newer than the tables.
fn at_hand(question: &Question<'_>) -> Option<Release> {
    let Question { minor, goos, goarch, build, .. } = *question;
    let settings = [("GOOS", goos), ("GOARCH", goarch)];
    let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let context = Context::from_settings(minor, &settings.into_iter().collect());
    let goroot = build.goroot.as_deref().filter(|root| is_of(root, minor))?;
    Some(Release::read(minor, goos, goarch, goroot::facts(goroot, &context).ok()?))
}

/// Whether a symbol may be one of Go's own; Go's packages are asked about no others.
fn may_be_of_go(question: &Question<'_>, symbol: &[u8]) -> bool {
    let Some(package) = names::package(symbol) else { return true };
    let Ok(package) = std::str::from_utf8(package) else { return false };
    let root = question.build.goroot.as_deref();
    rules::is_standard(package) || root.is_some_and(|root| root.join("src").join(package).is_dir())
}

fn is_of(root: &Path, minor: u16) -> bool {
    Goroot::at(root).and_then(|goroot| goroot.minor()) == Some(minor)
}

/// The word for a permission; none if the target is not Go's own, or the rules do not apply.
fn state(permission: &Permission) -> Option<&'static str> {
    use rules::Unchecked;
    Some(match permission {
        Permission::Unchecked(Unchecked::NotStd | Unchecked::SamePackage | Unchecked::NoDot) => {
            return None;
        }
        Permission::Unchecked(_) => "unchecked",
        Permission::Marked | Permission::Assembly => "marked",
        Permission::StdOnly => "std-only",
        Permission::Blocked { .. } => "blocked",
        Permission::NotMarked | Permission::UnmarkedMember => "not-marked",
        Permission::Gone { .. } => "gone",
        Permission::NotYet { .. } => "not-yet",
        Permission::OtherPlatform => "other-platform",
        Permission::OtherKind => "other-kind",
        Permission::NoGoSymbol | Permission::NoSuchSymbol | Permission::Unknown => "unknown",
    })
}

/// `NAMES of package PATH: how they differ from the symbol`.
fn spelled(replacement: &rules::Replacement) -> String {
    let names = replacement.names.join(", ");
    let package = match replacement.package {
        "" => String::new(),
        package => format!(" of package {package}"),
    };
    format!("{names}{package}: {}", replacement.note)
}
