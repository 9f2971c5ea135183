//! What do a build's sources say beside the two names of a directive?
//!
//! A [`Claim`](super::claim::Claim) holds what the judgement needs; here is the rest that a report
//! shows: whose directive it is, what is wrong with it, what Go's own rules say of its target.
//! `read` makes both out of the sources of one build; it alone knows source and binary.

/// Whose source a directive stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The main module's.
    Own,
    /// A dependency's.
    Dependency,
    /// Go's own.
    Std,
}

impl Standing {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Dependency => "dependency",
            Self::Std => "std",
        }
    }
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A mistake: the directive does not do what it says.
    Deny,
    /// Likely a mistake, or one in waiting.
    Warn,
    /// It works; there is something better.
    Advice,
}

impl Level {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Warn => "warn",
            Self::Advice => "advice",
        }
    }
}

/// Something to know about a directive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// How much it matters.
    pub level: Level,
    /// A stable code: `variable-initialiser`.
    pub code: String,
    /// One line: what is so, and what to do.
    pub message: String,
}

/// What Go's own rules say of a pull's target; see [`crate::rules`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permit {
    /// `unchecked`, `marked`, `std-only`, `blocked`, `not-marked`, `gone` or `unknown`.
    pub state: String,
    /// The first Go 1.N that refuses it.
    pub blocked_since: Option<u16>,
    /// Whether the link needs `-checklinkname=0`.
    pub needs_flag: bool,
    /// Whether the build information records that flag; none where it records no flags.
    pub flag_recorded: Option<bool>,
    /// The packages that Go's source lists as pulling it, the hall of shame.
    pub shame: Vec<String>,
    /// What to use instead, and since which Go 1.N.
    pub replacement: Option<(String, u16)>,
}

/// What is known of a directive beyond its claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// Whose it is.
    pub standing: Standing,
    /// The module, with its version where it has one; `std` for Go's own.
    pub module: String,
    /// The directive's word: `linkname` or `linknamestd`.
    pub word: &'static str,
    /// The file as people find it again: relative to its module, `example.com/m@v1.2.3/x.go` in a dependency.
    pub file: String,
    /// Most severe first.
    pub notes: Vec<Note>,
    /// For a pull out of Go's own packages.
    pub permit: Option<Permit>,
    /// The source may not be that of the build.
    pub stale: bool,
}
