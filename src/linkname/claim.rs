//! One linkname that somebody says is in effect, and who says so.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::neighbours::Neighbours;
use super::record;
use crate::error::Error;
use crate::names;
pub use crate::source::directive::{Form, Kind};

/// Who makes the claim; it decides what counts as proof, because equal binaries can come from
/// different sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// `--pair` on the command line.
    Argument,
    /// A directive in source that was compiled into this build.
    Source(Directive),
}

impl Origin {
    /// The word used in reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Source(_) => "source",
        }
    }
}

/// What source says about a directive beyond its two names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directive {
    /// The file that holds it.
    #[serde(with = "record")]
    pub file: Vec<u8>,
    /// Its line there, from 1.
    pub line: u32,
    /// The local function has a body, the local variable an initialiser.
    pub has_body: bool,
    /// Where the package's source mentions the local name; `None` when nobody looked.
    pub mentions: Option<Vec<Mention>>,
    /// Where the package's source uses what the remote's package exports, if nothing uses the local name: what an
    /// inlined function of that package leaves there is not the directive's.
    #[serde(default)]
    pub around: Vec<Mention>,
    /// The import that `//go:cgo_import_dynamic` of the same package gives the remote's name.
    #[serde(with = "record")]
    pub import: Option<Vec<u8>>,
    /// The package's source takes the function's value, and that of the remote's package does not.
    #[serde(default)]
    pub takes_value: bool,
    /// Another directive of the package gives a body of its own the local name.
    #[serde(default)]
    pub local_is_pushed: bool,
    /// The package's own assembly defines the local name.
    #[serde(default)]
    pub assembly: bool,
    /// Whether the source of the remote's package, as it was linked, declares a variable of that name; `None`
    /// when nobody looked.
    #[serde(default)]
    pub owner_declares: Option<bool>,
    /// Who else may bring the remote into the program. Evidence keeps what was asked of it.
    #[serde(skip)]
    pub neighbours: Option<Arc<Neighbours>>,
    /// Source decides it, and nobody is shown what the binary says: it is counted.
    #[serde(skip)]
    pub settled: bool,
    /// Nobody is shown what the binary says: only the verdict is counted.
    #[serde(skip)]
    pub counted: bool,
    /// The code of the mistake that makes it no directive in this build.
    #[serde(default)]
    pub not_a_directive: Option<String>,
}

/// Lines of a statement that mentions a local name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The file's name without its folder: builds record folders as they please.
    #[serde(with = "record")]
    pub file: Vec<u8>,
    /// The first line, from 1.
    pub line: u32,
    /// The last line; none, where only the first is known, is 0.
    #[serde(default)]
    pub last: u32,
    /// The package that uses an exported name of another one; empty for the directive's own.
    #[serde(default)]
    pub package: String,
    /// Whether the name there certainly is the package's, and leaves code: not a key that may be a field's, not in a
    /// constant expression.
    #[serde(default = "certain")]
    pub sure: bool,
    /// Whether an inlined function that returns the remote leaves the same there, for all that source and file
    /// say: one may stand on those lines, or the lines may have been written after the build.
    #[serde(default)]
    pub shared: bool,
    /// Whether the name is called there, and its value not used otherwise.
    #[serde(default)]
    pub called: bool,
}

impl Mention {
    /// Whether the lines are those of `line` in `file`. Numbers tell most mentions apart, and a comparison of texts costs
    /// a call: of 650 claims on a program of 70 packages it was a quarter of all time.
    fn holds(&self, file: &[u8], line: u32) -> bool {
        (self.line..=self.last.max(self.line)).contains(&line) && self.file == base(file)
    }
}

/// The name of a file without its folder.
fn base(file: &[u8]) -> &[u8] {
    let folder = memchr::memrchr(b'/', file).map_or(0, |slash| slash + 1);
    file.get(folder..).unwrap_or(file)
}

/// How a line names the local name of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// The name may be another's there, or leave nothing.
    Perhaps,
    /// It is the package's; what returns the remote leaves the same.
    Shared,
    /// It is the package's, and nobody else leaves anything there.
    Surely,
}

fn certain() -> bool {
    true
}

impl Directive {
    /// How the source of `package`, whose name is empty for the directive's own, mentions the local name at that
    /// position: whether the name there is certainly the package's. The outer `None` when nobody looked, the
    /// inner where it stands in no statement with that line.
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

    /// Whether a statement at that position of `package` certainly calls the local name.
    #[must_use]
    pub fn calls(&self, package: &str, file: &[u8], line: u32) -> bool {
        let mut called = self.mentions.iter().flatten().filter(|one| one.called && one.sure);
        called.any(|one| one.holds(file, line) && one.package == package)
    }

    /// Whether a reference at that position that is no call is another's for certain: nothing in the source uses
    /// the local name, and the statement there uses what the remote's package exports.
    #[must_use]
    pub fn is_anothers(&self, file: &[u8], line: u32) -> bool {
        self.is_mark() && !self.has_body && self.around.iter().any(|one| one.holds(file, line))
    }

    /// Whether the source certainly never uses the local name: it mentions it where it declares it, and
    /// nowhere else.
    #[must_use]
    pub fn is_mark(&self) -> bool {
        let own =
            |mentions: &Vec<Mention>| mentions.iter().filter(|m| m.package.is_empty()).count();
        self.mentions
            .as_ref()
            .is_some_and(|mentions| own(mentions) == mentions.len() && mentions.len() == 1)
    }
}

/// One linkname that is claimed to be in effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The local name with its package, as given. It never reaches the symbol table.
    #[serde(with = "record")]
    pub local: Vec<u8>,
    /// The remote name, as the directive spells it.
    #[serde(with = "record")]
    pub remote: Vec<u8>,
    /// The local package as it is imported (`main` for the program's own).
    pub package: String,
    /// How the directive is written.
    pub form: Form,
    /// What the names stand for.
    pub kind: Kind,
    /// Who says so.
    pub origin: Origin,
}

impl Claim {
    /// The directive in source, where the claim comes from one.
    #[must_use]
    pub fn directive(&self) -> Option<&Directive> {
        match &self.origin {
            Origin::Source(directive) => Some(directive),
            Origin::Argument => None,
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
            package: String::from_utf8_lossy(&package).into_owned(),
            local: local.as_bytes().to_vec(),
            remote: remote.as_bytes().to_vec(),
            form,
            kind,
            origin: Origin::Argument,
        })
    }
}

/// Whether somebody means it as a pattern. Go's own stars stand behind a bracket, a comma, a blank or another star
/// (`(*T).m`, `F[[]*int]`) or in a shape (`go.shape.*uint8`), and in front of what they point to. The linker has
/// names of its own that end in one (`runtime.gcmask.*`, go1.27).
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
