//! Would the linker of this Go release let a package pull that symbol of the standard library?
//!
//! The linker checks since go1.23 (cmd/link/internal/loader/loader.go, `checkLinkname`), and only what
//! the standard library defines: first a list of blocked names, then whether a directive beside the
//! symbol's declaration permits the pull. This file is that rule, and the answer about symbols that are
//! gone or never existed. It asks the embedded tables, or what `source` read from a GOROOT. It reads
//! neither source nor binary.

use std::collections::BTreeMap;

use crate::names;

use super::permission::{Handle, Permission, Pull, Unchecked};
use super::permissions_table::{BLOCKED, BY_INDEX, WRAPPERS};
use super::shame;
use super::symbols::{self, Mark, Platform, Symbol, SymbolKind};
use super::{NEWEST_MINOR, OLDEST_MINOR};

/// The first minor whose linker checks pulls.
pub const FIRST_CHECKED_MINOR: u16 = 23;

/// What the sources of a GOROOT say. The embedded tables say the same about the releases that they know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The symbols that the standard library defines on one platform.
    pub symbols: BTreeMap<String, Symbol>,
    /// The linker's blocked names, each with the packages that may pull it. `None` if the GOROOT has no
    /// source of its linker: then the tables answer.
    pub blocked: Option<BTreeMap<String, Vec<String>>>,
    /// Functions to which a pull refers by index; `None` likewise.
    pub by_index: Option<Vec<String>>,
    /// Symbols whose comments name the packages that pull them, sorted.
    pub shame: BTreeMap<String, Vec<String>>,
}

/// The rules of one release on one platform.
#[derive(Clone, Debug)]
pub struct Release {
    minor: u16,
    platform: Option<Platform>,
    wrappers: bool,
    read: Option<Facts>,
}

impl Release {
    /// Go 1.`minor` as the embedded tables know it. `None` if they do not know the release or the
    /// platform: about a newer Go nothing is said.
    #[must_use]
    pub fn embedded(minor: u16, goos: &str, goarch: &str) -> Option<Self> {
        let platform = Platform::of(goos, goarch)?;
        (OLDEST_MINOR..=NEWEST_MINOR).contains(&minor).then(|| Self {
            minor,
            platform: Some(platform),
            wrappers: has_wrappers(minor, goarch),
            read: None,
        })
    }

    /// Go 1.`minor` as its own sources say. The tables then answer only for other releases.
    #[must_use]
    pub fn read(minor: u16, goos: &str, goarch: &str, facts: Facts) -> Self {
        let platform = Platform::of(goos, goarch);
        Self { minor, platform, wrappers: has_wrappers(minor, goarch), read: Some(facts) }
    }

    /// What the embedded tables hold, in the form that a GOROOT is read into.
    #[must_use]
    pub fn facts(&self) -> Facts {
        if let Some(read) = &self.read {
            return read.clone();
        }
        let own = |text: &&str| (*text).to_owned();
        let holds = |first: &u8, last: &u8| covers(*first, *last, self.minor);
        let blocked = BLOCKED.iter().filter(|(_, first, last, _)| holds(first, last));
        let by_index = BY_INDEX.iter().filter(|(_, first, last)| holds(first, last));
        let platform = self.platform;
        Facts {
            symbols: platform.into_iter().flat_map(|at| symbols::all(self.minor, at)).collect(),
            blocked: Some(
                blocked
                    .map(|(name, _, _, list)| (own(name), list.iter().map(own).collect()))
                    .collect(),
            ),
            by_index: Some(by_index.map(|(name, ..)| own(name)).collect()),
            shame: shame::all(self.minor)
                .map(|(name, members)| (own(&name), members.iter().map(own).collect()))
                .collect(),
        }
    }

    /// The packages that the release's own comments name as pulling `symbol`.
    #[must_use]
    pub fn shame(&self, symbol: &str) -> Vec<String> {
        match &self.read {
            Some(facts) => facts.shame.get(symbol).cloned().unwrap_or_default(),
            None => {
                let members = shame::shame(self.minor, symbol.as_bytes()).unwrap_or_default();
                members.iter().map(|member| (*member).to_owned()).collect()
            }
        }
    }

    /// The minor whose rules these are.
    #[must_use]
    pub fn minor(&self) -> u16 {
        self.minor
    }

    /// What the release defines under a name.
    #[must_use]
    pub fn symbol(&self, name: &str) -> Option<Symbol> {
        match &self.read {
            Some(facts) => facts.symbols.get(name).copied(),
            None => symbols::symbol(self.minor, self.platform?, name),
        }
    }

    /// What this release's linker says about a pull.
    #[must_use]
    pub fn permission(&self, pull: &Pull<'_>) -> Permission {
        // Every symbol of the standard library is UTF-8.
        let Ok(name) = std::str::from_utf8(pull.symbol) else {
            return Permission::Unchecked(Unchecked::NotStd);
        };
        if let Some(symbol) = self.symbol(name) {
            let fits = match pull.handle {
                Handle::Assembly => true,
                Handle::Function => !symbol.is_variable(),
                Handle::Variable | Handle::InitialisedVariable => symbol.is_variable(),
            };
            return match fits {
                true => self.of_symbol(pull, name, symbol),
                // The list of blocked names holds for functions and variables alike.
                false => self.blocked(pull, name).unwrap_or(Permission::OtherKind),
            };
        }
        // The list has names that the linker itself defines (go:fipsinfo).
        if let Some(blocked) = self.blocked(pull, name) {
            return blocked;
        }
        self.without_symbol(pull, name)
    }

    fn of_symbol(&self, pull: &Pull<'_>, name: &str, symbol: Symbol) -> Permission {
        if self.minor < FIRST_CHECKED_MINOR {
            return self.reachable(pull, symbol, Permission::Unchecked(Unchecked::OldGo));
        }
        if pull.handle == Handle::InitialisedVariable {
            return Permission::Unchecked(Unchecked::OwnData);
        }
        if symbol.is_variable() && !name.contains('.') {
            return Permission::Unchecked(Unchecked::NoDot);
        }
        if pull.handle == Handle::Function && self.is_by_index(name) {
            return Permission::Unchecked(Unchecked::ByIndex);
        }
        if let Some(blocked) = self.blocked(pull, name) {
            return blocked;
        }
        if names::split(name).0 == pull.package {
            return Permission::Unchecked(Unchecked::SamePackage);
        }
        self.of_mark(pull, name, symbol)
    }

    fn of_mark(&self, pull: &Pull<'_>, name: &str, symbol: Symbol) -> Permission {
        match symbol.mark {
            Mark::Everybody => return Permission::Marked,
            Mark::Std if pull.std => return Permission::Marked,
            Mark::Std => return Permission::StdOnly,
            Mark::Absent => {}
        }
        match symbol.kind {
            // Assembly reaches a Go function by a wrapper, and there is one only if the owner's assembly uses it.
            // On platforms without wrappers the linker checks assembly like a directive (386, arm: since 1.23).
            SymbolKind::Function
                if pull.handle == Handle::Assembly && self.minor < 27 && self.wrappers =>
            {
                Permission::Unknown
            }
            SymbolKind::Function | SymbolKind::Variable => Permission::NotMarked,
            _ if self.minor < 27 || !self.wrappers || !name.contains('.') => {
                self.reachable(pull, symbol, Permission::Assembly)
            }
            _ => self.reachable(pull, symbol, Permission::NotMarked),
        }
    }

    /// `otherwise`, unless the symbol has no Go declaration and so no wrapper that Go code could call.
    fn reachable(&self, pull: &Pull<'_>, symbol: Symbol, otherwise: Permission) -> Permission {
        match symbol.kind {
            SymbolKind::BareAssembly if self.wrappers && pull.handle != Handle::Assembly => {
                Permission::NoGoSymbol
            }
            _ => otherwise,
        }
    }

    fn without_symbol(&self, pull: &Pull<'_>, name: &str) -> Permission {
        let (package, local) = names::split(name);
        if package.is_empty() || !self.is_std_package(package) {
            return Permission::Unchecked(Unchecked::NotStd);
        }
        if local.contains('.') && !symbols::is_known_symbol(name) {
            let checked = self.minor >= FIRST_CHECKED_MINOR && pull.handle == Handle::Function;
            return match checked {
                true if package == pull.package => Permission::Unchecked(Unchecked::SamePackage),
                true => Permission::UnmarkedMember,
                false => Permission::Unknown,
            };
        }
        let here = self.platform.and_then(|platform| symbols::symbol(self.minor, platform, name));
        if here.is_none() && symbols::is_anywhere(self.minor, name) {
            return Permission::OtherPlatform;
        }
        let has = |minor: &u16| symbols::is_anywhere(*minor, name);
        let known = |minors: std::ops::Range<u16>| minors.clone().rev().find(has).or(None);
        if let Some(last) = known(OLDEST_MINOR..self.minor.min(NEWEST_MINOR + 1)) {
            return Permission::Gone { since: last + 1 };
        }
        match (self.minor + 1..=NEWEST_MINOR).find(has) {
            Some(since) => Permission::NotYet { since },
            None => Permission::NoSuchSymbol,
        }
    }

    fn is_std_package(&self, path: &str) -> bool {
        let own = |facts: &Facts| facts.symbols.keys().any(|name| names::split(name).0 == path);
        symbols::is_package(path) || self.read.as_ref().is_some_and(own)
    }

    fn is_by_index(&self, name: &str) -> bool {
        match self.read.as_ref().and_then(|facts| facts.by_index.as_ref()) {
            Some(functions) => functions.iter().any(|one| one == name),
            None => BY_INDEX
                .iter()
                .any(|(one, first, last)| *one == name && covers(*first, *last, self.minor)),
        }
    }

    /// What the list of blocked names says. It comes before everything else, and holds for pushed symbols too.
    fn blocked(&self, pull: &Pull<'_>, name: &str) -> Option<Permission> {
        let allowed: Vec<String> = match self.read.as_ref().and_then(|facts| facts.blocked.as_ref())
        {
            Some(list) => list.get(name)?.clone(),
            None => {
                let row = BLOCKED.iter().find(|(one, first, last, _)| {
                    *one == name && covers(*first, *last, self.minor)
                })?;
                row.3.iter().map(|package| (*package).to_owned()).collect()
            }
        };
        let frozen = without_frozen_version(pull.package);
        let may = |package: &String| *package == pull.package || frozen.as_ref() == Some(package);
        Some(match allowed.iter().any(may) {
            true => Permission::Marked,
            false => Permission::Blocked { allowed },
        })
    }

    /// The minor since which every release up to this one refuses the pull. `None` if this release does
    /// not refuse it, or the tables do not know the release.
    #[must_use]
    pub fn refused_since(&self, pull: &Pull<'_>) -> Option<u16> {
        if !self.permission(pull).needs_checklinkname_0() {
            return None;
        }
        let refuses = |minor: &u16| {
            let older = Self { minor: *minor, read: None, ..self.clone() };
            self.platform.is_some() && older.permission(pull).needs_checklinkname_0()
        };
        (FIRST_CHECKED_MINOR..self.minor).rev().take_while(refuses).last().or(Some(self.minor))
    }
}

fn covers(first: u8, last: u8, minor: u16) -> bool {
    (u16::from(first)..=u16::from(last)).contains(&minor)
}

/// Whether Go calls assembly through wrappers there. A release newer than the tables has what the newest known one
/// has.
fn has_wrappers(minor: u16, goarch: &str) -> bool {
    WRAPPERS.iter().any(|(arch, first)| *arch == goarch && minor >= u16::from(*first))
}

/// `crypto/internal/fips140/v1.0.0/check` is a frozen copy of `crypto/internal/fips140/check` and has the
/// same permissions (loader.go, go1.24).
fn without_frozen_version(package: &str) -> Option<String> {
    let rest = package.strip_prefix("crypto/internal/fips140/v")?;
    let below = rest.split_once('/').map_or(String::new(), |(_, below)| format!("/{below}"));
    Some(format!("crypto/internal/fips140{below}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(minor: u16, package: &str, symbol: &str, handle: Handle) -> Permission {
        let release = Release::embedded(minor, "linux", "amd64").expect("a known release");
        release.permission(&Pull { package, std: false, symbol: symbol.as_bytes(), handle })
    }

    /// What go1.22.10, 1.23.9, 1.25.5 and 1.27.3 said of these programs when they were built.
    #[test]
    fn answers_are_those_of_the_linkers() {
        use Permission::{Gone, NotMarked};
        let function = |minor, name| ask(minor, "main", name, Handle::Function);
        let variable = |minor, name| ask(minor, "main", name, Handle::Variable);
        assert_eq!(function(22, "runtime.nanotime"), Permission::Unchecked(Unchecked::OldGo));
        assert_eq!(function(27, "runtime.nanotime"), Permission::Marked);
        assert_eq!(function(23, "runtime.goschedguarded_m"), NotMarked);
        assert_eq!(function(27, "runtime.nanotimee"), Permission::NoSuchSymbol);
        assert_eq!(variable(22, "runtime.ncpu"), Permission::Unchecked(Unchecked::OldGo));
        assert_eq!(variable(23, "runtime.ncpu"), NotMarked);
        assert!(matches!(variable(27, "runtime.ncpu"), Gone { .. }));
        assert_eq!(function(22, "runtime.ncpu"), Permission::OtherKind);
        let initialised = ask(23, "main", "runtime.ncpu", Handle::InitialisedVariable);
        assert_eq!(initialised, Permission::Unchecked(Unchecked::OwnData));
        assert_eq!(function(23, "runtime.mapaccess1"), Permission::Unchecked(Unchecked::ByIndex));
        let list = vec!["runtime".to_owned()];
        assert_eq!(function(24, "runtime.mapaccess1"), Permission::Blocked { allowed: list });
        assert_eq!(function(25, "runtime.addmoduledata"), Permission::Assembly);
        let nobody = Permission::Blocked { allowed: Vec::new() };
        assert_eq!(function(27, "runtime.addmoduledata"), nobody);
    }

    #[test]
    fn what_is_not_of_the_standard_library_is_never_checked() {
        let not_std = Permission::Unchecked(Unchecked::NotStd);
        for name in ["example.com/a.b", "main.x", "app/internal.x", "open", "gopkg.in/yaml%2ev3.x"]
        {
            assert_eq!(ask(27, "main", name, Handle::Function), not_std, "{name}");
        }
    }

    #[test]
    fn newer_releases_and_unknown_platforms_are_not_guessed() {
        assert!(Release::embedded(NEWEST_MINOR + 1, "linux", "amd64").is_none());
        assert!(Release::embedded(OLDEST_MINOR - 1, "linux", "amd64").is_none());
        assert!(Release::embedded(27, "linux", "vax").is_none());
    }

    #[test]
    fn a_frozen_module_may_what_the_living_one_may() {
        let pull = |package| ask(26, package, "crypto/internal/fips140.fatal", Handle::Function);
        assert_eq!(pull("crypto/internal/fips140/v1.0.0"), Permission::Marked);
        assert!(pull("crypto/internal/fips140/v1.0.0/aes").needs_checklinkname_0());
    }

    #[test]
    fn refusals_are_dated() {
        let release = Release::embedded(27, "linux", "amd64").expect("a known release");
        let since = |symbol: &str| {
            let symbol = symbol.as_bytes();
            release.refused_since(&Pull {
                package: "main",
                std: false,
                symbol,
                handle: Handle::Function,
            })
        };
        assert_eq!(since("runtime.goschedguarded_m"), Some(23));
        assert_eq!(since("runtime.mapaccess1"), Some(24));
        assert_eq!(since("runtime.nanotime"), None);
    }

    /// The linker looks a name up in a list that is sorted here.
    #[test]
    fn the_lists_are_sorted() {
        for (a, b) in BLOCKED.iter().zip(BLOCKED.iter().skip(1)) {
            assert!(a.0 < b.0 || a.0 == b.0 && a.2 < b.1, "{} {}", a.0, b.0);
        }
        let counts: Vec<usize> = (22..=27)
            .map(|minor| BLOCKED.iter().filter(|row| covers(row.1, row.2, minor)).count())
            .collect();
        // Lines of the lists in go1.22.12, 1.23.12, 1.24.13, 1.25.14, 1.26.11 and 1.27.4, by awk.
        assert_eq!(counts, [0, 4, 38, 51, 74, 72]);
    }
}
