//! What is wrong with a directive if it is known what its remote is?
//!
//! The caller looks the remote up, in other packages' source or in a binary, and says what it found. From what could
//! not be read nothing is concluded.
//!
//! ```
//! use std::collections::BTreeSet;
//!
//! use gonym::finding::Code;
//! use gonym::source::file::GoFile;
//! use gonym::source::package::{Package, join};
//! use gonym::source::target::{Facts, Target, mistakes};
//!
//! let text = "package p\n\nimport _ \"unsafe\"\n\n//go:linkname now runtime.nonsuch\nfunc now() int64\n";
//! let file = GoFile::parse(text.as_bytes().to_vec());
//! let (files, assembled) = ([&file], BTreeSet::new());
//! let package =
//!     Package { path: b"p", minor: 27, files: &files, left_out: &[], assembled: &assembled };
//! let facts = Facts { target: Target::Missing, ..Facts::default() };
//! let codes = mistakes(&join(&package).directives[0], &facts);
//! assert_eq!(codes, [Code::UnknownFunctionTarget]);
//! ```

use super::package::{Directive, Form, Kind};
use crate::finding::Code;

/// What a remote is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// Unknown, because the source of its package is not at hand.
    #[default]
    Unread,
    /// Its package was read completely and has no such name.
    Missing,
    /// As `Missing`, but another version of the package has the name.
    Gone,
    /// A function, in Go or in assembly.
    Function {
        /// Whether it is defined there, and not only declared for others to push.
        has_body: bool,
    },
    /// A variable.
    Variable,
}

/// What is known about one directive's remote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub target: Target,
    /// Whether the local package could import it and use its name.
    pub is_importable: bool,
    /// Whether another package pulls the name, or declares it without a body.
    pub is_wanted: bool,
}

/// The mistakes of `directive` that `facts` show.
#[must_use]
pub fn mistakes(directive: &Directive, facts: &Facts) -> Vec<Code> {
    if matches!(directive.form, Form::OneArg | Form::Unknown) {
        return Vec::new();
    }
    let mut codes: Vec<Code> = match directive.kind {
        Kind::Func => of_function(directive, facts),
        Kind::Var => of_variable(directive, facts),
        Kind::Unknown => None,
    }
    .into_iter()
    .collect();
    if codes.is_empty() && facts.is_importable && directive.form == Form::Pull {
        codes.push(Code::ExportedTarget);
    }
    codes
}

fn of_function(directive: &Directive, facts: &Facts) -> Option<Code> {
    let defines = directive.has_body || directive.assembly_backed;
    match facts.target {
        Target::Unread => None,
        Target::Variable => Some(Code::KindDiffers),
        Target::Function { has_body } => (defines && has_body).then_some(Code::DuplicateDefinition),
        Target::Missing | Target::Gone if !defines => Some(Code::UnknownFunctionTarget),
        Target::Missing | Target::Gone => (!facts.is_wanted).then_some(Code::UnwantedPush),
    }
}

fn of_variable(directive: &Directive, facts: &Facts) -> Option<Code> {
    match facts.target {
        Target::Unread => None,
        Target::Function { .. } => Some(Code::KindDiffers),
        // A variable that its package declares with a one-argument directive waits for a value.
        Target::Variable if directive.has_body => {
            (!facts.is_wanted).then_some(Code::InitialisedVariable)
        }
        Target::Variable => None,
        // Another package may share it on purpose: then it is no mistake.
        _ if facts.is_wanted => None,
        Target::Missing if directive.has_body => Some(Code::UnwantedPush),
        Target::Missing => Some(Code::UnknownVariableTarget),
        Target::Gone => Some(Code::StaleVariableTarget),
    }
}
