//! What is asked about a binary: claims, rules, whose directives, and what is accepted.

use crate::finding::Owner;
use crate::linkname::claim::Claim;
use crate::policy::SymbolRule;
use crate::source::modules::Places;

/// Everything that is asked, of each binary alike.
#[derive(Debug, Default)]
pub struct Request {
    /// Claims that come without sources.
    pub pairs: Vec<Claim>,
    /// Rules about names.
    pub rules: Vec<SymbolRule>,
    /// What sources are asked for.
    pub sources: Sources,
    /// Whose directives are asked for.
    pub scope: Scope,
    /// Which verdicts are accepted beside `in-effect`.
    pub accept: Accept,
}

/// What the sources of a build are to say.
#[derive(Debug, Default)]
pub enum Sources {
    /// Nothing: they are not looked for.
    #[default]
    Ignored,
    /// Whether the names of pairs are there, if these places lead to the module that the binary was built from.
    Names(Places),
    /// Every directive is a claim.
    Claims(Places),
}

/// Whose directives are listed and answered for. The others are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The main module's.
    Main,
    /// Those of dependencies too.
    #[default]
    Modules,
    /// And Go's own.
    Everything,
}

impl Scope {
    /// Whether those of `owner` are asked for.
    #[must_use]
    pub fn asks(self, owner: Owner) -> bool {
        match self {
            Self::Main => owner == Owner::Main,
            Self::Modules => owner != Owner::Std,
            Self::Everything => true,
        }
    }
}

/// What holds beside a claim that is in effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accept {
    /// `unused`.
    pub unused: bool,
    /// `unproven` and `no-trace`.
    pub unproven: bool,
}
