//! What do Go's own rules say of a pull?

use std::path::Path;

use super::Question;
use crate::linkname::owed::Permit;
use crate::rules::{self, Handle, Permission, Pull, Release};
use crate::source::build::BuiltPackage;
use crate::source::constraint::Context;
use crate::source::goroot;
use crate::source::modules::Goroot;
use crate::source::package::{Directive, Form, Kind};
use crate::source::target::Target;

/// The rules of the release that compiles the build; none where the tables do not speak about it.
pub(super) struct Rules {
    release: Option<Release>,
    minor: u16,
}

impl Rules {
    pub(super) fn of(question: &Question<'_>) -> Self {
        let release = Release::embedded(question.minor, question.goos, question.goarch);
        Self { release: release.or_else(|| at_hand(question)), minor: question.minor }
    }

    /// What older or newer releases made of a symbol that this one does not have.
    pub(super) fn is_gone(&self, symbol: &[u8], variable: bool) -> bool {
        let handle = if variable { Handle::Variable } else { Handle::Function };
        let pull = Pull { package: "main", std: false, symbol, handle };
        let permission = self.release.as_ref().map(|release| release.permission(&pull));
        matches!(permission, Some(Permission::Gone { .. }))
    }

    /// What the tables know of a target whose source is not at hand.
    pub(super) fn target(&self, directive: &Directive) -> Target {
        let handle = if directive.kind == Kind::Var { Handle::Variable } else { Handle::Function };
        let pull = Pull { package: "main", std: false, symbol: &directive.remote, handle };
        let permission = self.release.as_ref().map(|release| release.permission(&pull));
        match permission {
            Some(Permission::Gone { .. }) => Target::Gone,
            Some(Permission::NoSuchSymbol) if !rules::is_linker_defined(&directive.remote) => {
                Target::Missing
            }
            _ => Target::Unread,
        }
    }

    /// The permit of a pull out of the standard library.
    pub(super) fn permit(&self, package: &BuiltPackage, directive: &Directive) -> Option<Permit> {
        if directive.form != Form::Pull && directive.kind != Kind::Var {
            return None;
        }
        let release = self.release.as_ref()?;
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
        let permission = release.permission(&pull);
        let state = state(&permission)?;
        let shame = rules::shame(self.minor, &directive.remote).unwrap_or_default();
        let replacement = rules::replacement(&directive.remote);
        Some(Permit {
            state: state.to_owned(),
            blocked_since: release.refused_since(&pull),
            needs_flag: permission.needs_checklinkname_0(),
            flag_recorded: None,
            shame: shame.iter().map(|member| (*member).to_owned()).collect(),
            replacement: replacement.map(spelled),
            // What every known release has is no news.
            replacement_since: replacement
                .map(|found| found.since)
                .filter(|since| *since > rules::OLDEST_MINOR),
        })
    }
}

/// What the installation says that the build was made with, of a release or platform that no table knows.
fn at_hand(question: &Question<'_>) -> Option<Release> {
    let Question { minor, goos, goarch, build, .. } = *question;
    let settings = [("GOOS", goos), ("GOARCH", goarch)];
    let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let context = Context::from_settings(minor, &settings.into_iter().collect());
    let goroot = build.goroot.as_deref().filter(|root| is_of(root, minor))?;
    let facts = goroot::facts(goroot, &context).ok()?;
    Some(Release::read(minor, goos, goarch, facts))
}

fn is_of(root: &Path, minor: u16) -> bool {
    Goroot::at(root).and_then(|goroot| goroot.minor()) == Some(minor)
}

/// The word for a permission; none where the target is not Go's own, or the rules do not apply.
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
        Permission::NotMarked => "not-marked",
        Permission::Gone { .. } => "gone",
        Permission::NotYet { .. } => "not-yet",
        Permission::OtherPlatform => "other-platform",
        Permission::OtherKind => "other-kind",
        Permission::NoGoSymbol | Permission::NoSuchSymbol | Permission::Unknown => "unknown",
    })
}

fn spelled(replacement: &rules::Replacement) -> String {
    let names = replacement.names.join(", ");
    let package = match replacement.package {
        "" => String::new(),
        package => format!(" of {package}"),
    };
    let note = match replacement.note {
        "" => String::new(),
        note => format!(" ({note})"),
    };
    format!("{names}{package}{note}")
}
