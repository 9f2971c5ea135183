//! What is asked about a binary: claims, rules, whose directives, and which verdicts are accepted.
//!
//! ```
//! use gonym::Claim;
//! use gonym::finding::Owner;
//! use gonym::request::{Accept, Request, Scope};
//!
//! let pairs = vec![Claim::parse_pair("main.runtimeNano=runtime.nanotime")?];
//! let accept = Accept { unused: true, ..Accept::default() };
//! let request = Request { pairs, accept, scope: Scope::Main, ..Request::default() };
//! assert!(!request.scope.asks(Owner::Dependency));
//! # Ok::<(), gonym::Error>(())
//! ```

use crate::finding::Owner;
use crate::linkname::claim::Claim;
use crate::policy::SymbolRule;
use crate::source::modules::Places;

/// Everything that is asked, the same for each binary.
#[derive(Debug, Default)]
pub struct Request {
    /// Claims that do not come from sources.
    pub pairs: Vec<Claim>,
    /// Rules about names.
    pub rules: Vec<SymbolRule>,
    /// What sources are used for.
    pub sources: Sources,
    /// Whether the linknames that the binary betrays by itself are claims too.
    pub discovered: bool,
    /// Whose directives are asked for.
    pub scope: Scope,
    /// Which verdicts are accepted beside `in-effect`.
    pub accept: Accept,
}

/// What the sources of a build are used for.
#[derive(Debug, Default)]
pub enum Sources {
    /// Nothing: sources are not looked for.
    #[default]
    Ignored,
    /// To look up the names of pairs, if these places lead to the module that the binary was built from.
    Names(Places),
    /// Every directive in them is a claim.
    Claims(Places),
}

/// Whose directives are listed and decide the exit status. The others are only counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The main module's.
    Main,
    /// The main module's and the dependencies'.
    #[default]
    Modules,
    /// These and Go's own.
    Everything,
}

impl Scope {
    /// Whether the directives of `owner` are asked for.
    #[must_use]
    pub fn asks(self, owner: Owner) -> bool {
        match self {
            Self::Main => owner == Owner::Main,
            Self::Modules => owner != Owner::Std,
            Self::Everything => true,
        }
    }
}

/// Which verdicts hold besides `in-effect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accept {
    /// `unused`.
    pub unused: bool,
    /// `unproven` and `no-trace`.
    pub unproven: bool,
}
