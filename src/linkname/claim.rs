//! A claim: one linkname that is said to be in effect, and where that is said.
//!
//! ```
//! use gonym::linkname::claim::{Claim, Kind};
//!
//! let claim = Claim::parse_pair("var:main.ncpu=runtime.ncpu")?;
//! assert_eq!((claim.package.as_str(), claim.kind), ("main", Kind::Var));
//! assert!(Claim::parse_pair("runtime.ncpu").is_err());
//! # Ok::<(), gonym::Error>(())
//! ```

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use super::mention::Mention;
use super::neighbours::Neighbours;
use super::record;
use crate::error::Error;
use crate::finding::Code;
use crate::names;
pub use crate::source::directive::{Form, Kind};

/// Where a claim comes from. It decides what counts as proof, because different sources can give equal binaries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// `--pair` on the command line.
    Argument,
    /// A directive in source that was compiled into this build.
    Source(Said),
    /// The binary itself betrays it.
    Discovered,
}

impl Origin {
    /// The word used in reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Source(_) => "source",
            Self::Discovered => "discovered",
        }
    }
}

/// What source says about a directive besides its two names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The file that holds it.
    #[serde(with = "record")]
    pub file: Vec<u8>,
    /// Its line there, from 1.
    pub line: u32,
    /// Whether the local function has a body, or the local variable an initialiser.
    pub has_body: bool,
    /// Where the package's source mentions the local name; `None` if that was not read.
    pub mentions: Option<Vec<Mention>>,
    /// Where the package's source uses exported names of the remote's package, if nothing uses the local name. An
    /// inlined function of that package may leave references there, which are not the directive's.
    #[serde(default)]
    pub around: Vec<Mention>,
    /// The import that `//go:cgo_import_dynamic` of the same package assigns to the remote's name.
    #[serde(with = "record")]
    pub import: Option<Vec<u8>>,
    /// Whether the package's source takes the function's value, and the source of the remote's package does not.
    #[serde(default)]
    pub takes_value: bool,
    /// Whether another directive of the package gives the local name to a body of the package.
    #[serde(default)]
    pub local_is_pushed: bool,
    /// Whether the package's own assembly defines the local name.
    #[serde(default)]
    pub assembly: bool,
    /// Whether the source of the remote's package, as it was linked, declares a variable of that name; `None` if that
    /// was not read.
    #[serde(default)]
    pub owner_declares: Option<bool>,
    /// Which other packages may bring the remote into the program. Evidence keeps the answers that it got.
    #[serde(skip)]
    pub neighbours: Option<Arc<Neighbours>>,
    /// The mistake because of which it is no directive in this build.
    #[serde(default)]
    pub not_a_directive: Option<Code>,
}

/// How a line names the local name of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// The name may mean something else there, or leave no code.
    Perhaps,
    /// It is the package's name, but a function that returns the remote leaves the same code.
    Shared,
    /// It is the package's name, and nothing else leaves this code.
    Surely,
}

impl Said {
    /// How certainly the source of `package` (empty for the directive's own) uses the local name at that position.
    /// The outer `None` means that the source was not read, the inner one that no statement with the local name has
    /// that line.
    #[must_use]
    pub fn mentions(&self, package: &str, file: &[u8], line: u32) -> Option<Option<Named>> {
        let holds = |one: &&Mention| one.holds(file, line) && one.package == package;
        let how = |mention: &Mention| match (mention.sure, mention.shared) {
            (false, _) => Named::Perhaps,
            (true, true) => Named::Shared,
            (true, false) => Named::Surely,
        };
        Some(self.mentions.as_ref()?.iter().filter(holds).map(how).max())
    }

    /// Whether a statement of `package` at that position certainly calls the local name.
    #[must_use]
    pub fn calls(&self, package: &str, file: &[u8], line: u32) -> bool {
        let mut called = self.mentions.iter().flatten().filter(|one| one.called && one.sure);
        called.any(|one| one.holds(file, line) && one.package == package)
    }

    /// Whether a reference at that position, if it is no call, certainly belongs to another package: nothing in the
    /// source uses the local name, and the statement uses an exported name of the remote's package.
    #[must_use]
    pub fn is_anothers(&self, file: &[u8], line: u32) -> bool {
        self.is_mark() && !self.has_body && self.around.iter().any(|one| one.holds(file, line))
    }

    /// Whether the source certainly never uses the local name: it mentions the name only where it declares it.
    #[must_use]
    pub fn is_mark(&self) -> bool {
        let own =
            |mentions: &Vec<Mention>| mentions.iter().filter(|m| m.package.is_empty()).count();
        self.mentions
            .as_ref()
            .is_some_and(|mentions| own(mentions) == mentions.len() && mentions.len() == 1)
    }
}

/// A linkname that is claimed to be in effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The local name with its package, as given. The symbol table never has this name.
    #[serde(with = "record")]
    pub local: Vec<u8>,
    /// The remote name, as the directive spells it.
    #[serde(with = "record")]
    pub remote: Vec<u8>,
    /// The import path of the local package (`main` for the program's own).
    pub package: String,
    /// How the directive is written.
    pub form: Form,
    /// What the names stand for.
    pub kind: Kind,
    /// Where the claim comes from.
    pub origin: Origin,
}

impl Claim {
    /// The directive in source, if the claim comes from source.
    #[must_use]
    pub fn directive(&self) -> Option<&Said> {
        match &self.origin {
            Origin::Source(directive) => Some(directive),
            Origin::Argument | Origin::Discovered => None,
        }
    }

    /// Reads `[func:|var:]LOCAL=REMOTE`.
    ///
    /// # Errors
    /// [`Error::Usage`] when a side is missing or the local name has no package.
    pub fn parse_pair(text: &str) -> Result<Self, Error> {
        let (kind, names) = match text.split_once(':') {
            Some(("func", names)) => (Kind::Func, names),
            Some(("var", names)) => (Kind::Var, names),
            _ => (Kind::Unknown, text),
        };
        let usage = |what: &str| {
            let text = crate::printable::printable(text.as_bytes());
            Error::Usage(format!("pair \"{text}\": {what}, e.g. main.nanotime=runtime.nanotime"))
        };
        let (local, remote) =
            names.split_once('=').ok_or_else(|| usage("wanted [func:|var:]LOCAL=REMOTE"))?;
        if names.chars().any(|c| c.is_control())
            || local.contains([' ', ':'])
            || remote.trim() != remote
        {
            return Err(usage("a name has a blank or a colon that no Go name has there"));
        }
        if is_wild(local) || is_wild(remote) {
            return Err(usage("a pair has no wildcards: it names one directive"));
        }
        if remote.is_empty() {
            return Err(usage("the remote name is missing"));
        }
        let package = names::import_path(local.as_bytes())
            .filter(|_| !local.ends_with('.'))
            .ok_or_else(|| usage("the local name must carry its package"))?;
        let form = if names::unescaped(local.as_bytes()) == names::unescaped(remote.as_bytes()) {
            Form::OneArg
        } else {
            Form::Unknown
        };
        Ok(Self {
            package: names::path_text(&package),
            local: local.as_bytes().to_vec(),
            remote: remote.as_bytes().to_vec(),
            form,
            kind,
            origin: Origin::Argument,
        })
    }
}

/// Whether the name is meant as a pattern. In Go's own names a star follows a bracket, a comma, a blank or another
/// star (`(*T).m`, `F[[]*int]`), or is in a shape (`go.shape.*uint8`), and the type that it points to follows. Some
/// of the linker's names end in a star (`runtime.gcmask.*`, go1.27).
fn is_wild(name: &str) -> bool {
    if crate::rules::is_linker_defined(name.as_bytes()) {
        return false;
    }
    let stars = name.match_indices('*').any(|(at, _)| {
        let before = name.get(..at).unwrap_or_default();
        let pointer =
            before.ends_with(['(', '[', ']', ',', ' ', '*', '{']) || before.ends_with("go.shape.");
        let last =
            name.get(at + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with(['.', ')']));
        !pointer || last
    });
    stars || name.contains('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        let claim = Claim::parse_pair("func:main.nano=runtime.nanotime").expect("a pair");
        assert_eq!(
            (claim.kind, claim.form, claim.package.as_str()),
            (Kind::Func, Form::Unknown, "main")
        );
        let claim = Claim::parse_pair("example.com/a%2eb.f=lib.(*T).m").expect("a pair");
        assert_eq!(
            (claim.package.as_str(), claim.remote.as_slice()),
            ("example.com/a.b", &b"lib.(*T).m"[..])
        );
        for good in [
            "main.f=lib.(*T).m",
            "lib.(*T).m=lib.F[[]*int,go.shape.*uint8]",
            "lib.f=lib.G[**int]",
            "main.mask=runtime.gcmask.*",
        ] {
            assert!(Claim::parse_pair(good).is_ok(), "{good}");
        }
        assert_eq!(Claim::parse_pair("lib.f=lib.f").expect("a pair").form, Form::OneArg);
        for bad in [
            "",
            "main.x",
            "=runtime.x",
            "main.x=",
            "x=runtime.x",
            "main.=x.y",
            "fun:main.a=b.c",
            "main.a=b.c ",
            " main.a=b.c",
            "main.*=runtime.*",
            "func:main.*=runtime.nanotime",
            "main.nano=runtime.nano*",
            "main.nano=runtime.n?nano",
            "lib.(*).m=lib.f",
        ] {
            assert!(Claim::parse_pair(bad).is_err(), "{bad}");
        }
    }
}
