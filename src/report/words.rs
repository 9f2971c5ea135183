//! The words that documents write for types of other rooms. Text and JSON take them only from here.

use serde::Serializer;

use crate::binary::{DebugState, LinkMode, Maker, Missing, NameList, Switch};
use crate::code::How;
use crate::diff::{Kind as ChangeKind, Listed};
use crate::image::{FileKind, Format};
use crate::linkname::claim::{Form, Kind};
use crate::linkname::discover::Confidence;
use crate::linkname::evidence::{Doubt, SearchGap};
use crate::policy::{Demand, RuleResult, Subject};
use crate::symbols::aliases::Class;
use crate::why::{self, Manner, Root};

/// What has a word in documents.
pub(super) trait Worded: Copy {
    /// Stable, kebab-case.
    fn word(self) -> &'static str;
}

/// A field as its word.
pub(super) fn as_word<T: Worded, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(value.word())
}

/// A field that may be missing as its word, else null.
pub(super) fn as_word_or_null<T: Worded, S: Serializer>(
    value: &Option<T>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.serialize_some(value.word()),
        None => to.serialize_none(),
    }
}

/// The types whose own room has the word.
macro_rules! worded {
    ($($name:ident)*) => {$(
        impl Worded for $name {
            fn word(self) -> &'static str {
                $name::word(self)
            }
        }
    )*};
}

worded! {
    ChangeKind DebugState How Format Class LinkMode Listed Maker Manner Missing NameList Root Switch
}

impl Worded for FileKind {
    fn word(self) -> &'static str {
        match self {
            Self::Executable => "executable",
            Self::Shared => "position-independent",
            Self::Relocatable => "object",
            Self::Other => "other",
        }
    }
}

impl Worded for why::Kind {
    fn word(self) -> &'static str {
        Self::word(self)
    }
}

impl Worded for Form {
    fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::OneArg => "one-arg",
            Self::Assembly => "assembly",
            Self::Unknown => "unknown",
        }
    }
}

impl Worded for Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Func => "func",
            Self::Var => "var",
            Self::Unknown => "unknown",
        }
    }
}

impl Worded for Doubt {
    fn word(self) -> &'static str {
        match self {
            Self::Assembly => "assembly",
            Self::Generated => "generated",
            Self::Callback => "callback",
            Self::Devirtualised => "devirtualised",
            Self::Attribution => "attribution",
        }
    }
}

impl Worded for Confidence {
    fn word(self) -> &'static str {
        match self {
            Self::Firm => "firm",
            Self::Weak => "weak",
            Self::Possible => "possible",
        }
    }
}

impl Worded for SearchGap {
    fn word(self) -> &'static str {
        match self {
            Self::Architecture => "architecture",
            Self::Damaged => "damaged",
            Self::Uncertain => "uncertain",
        }
    }
}

impl Worded for Demand {
    fn word(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::Forbid => "forbid",
        }
    }
}

impl Worded for RuleResult {
    fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Unproven => "unproven",
        }
    }
}

impl Worded for Subject {
    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Func => "func",
            Self::Var => "var",
            Self::Pkg => "pkg",
        }
    }
}
