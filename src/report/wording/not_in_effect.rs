//! Why a claim is not in effect: the refutation.

use super::Subject;
use crate::linkname::claim::Kind;
use crate::linkname::evidence::{Provider, Site, SiteSource};
use crate::linkname::verdict::{Refutation, provider};
use crate::printable::printable;

impl Subject<'_> {
    pub(super) fn not_in_effect(&self, reason: Refutation) -> String {
        let Self { local, remote, package, .. } = self;
        match reason {
            Refutation::OwnBody if !self.evidence.local.iter().any(|site| site.code) => format!(
                "package {package} defines a variable of its own as {local}, and its code does not refer to {remote}: the comment is no directive (`// go:linkname`, a tab, a missing import of unsafe) or was not compiled"
            ),
            Refutation::OwnBody => {
                let own = |site: &&Site| matches!(provider(site), Provider::Package(_));
                let at = self.evidence.local.iter().find(own).map(body_at).unwrap_or_default();
                format!(
                    "package {package} compiled a body of its own for {local}{at}, and its code does not refer to {remote}: the comment is no directive (`// go:linkname`, a tab, a missing import of unsafe) or was not compiled"
                )
            }
            Refutation::Detached if self.target().is_empty() => format!(
                "no package owns the name {remote}, and nobody else uses it: the variable of that name is {}'s own",
                self.definer_or(package)
            ),
            Refutation::Detached => format!(
                "nobody else defines {remote}: the variable of that name is {}'s own, and no code of package {} uses it{}",
                self.definer_or(package),
                self.target(),
                self.with_others()
            ),
            Refutation::KindMismatch if self.claim.kind == Kind::Func => {
                format!("a function was claimed, and {remote} is not one")
            }
            Refutation::KindMismatch => format!(
                "{remote} is a function: a variable linked to it is a second, private symbol of that name"
            ),
            Refutation::TwoDefinitions => format!(
                "two symbols bear the name {remote}, and {package} refers to Go's own, not to the other object's"
            ),
            Refutation::OwnedElsewhere => {
                let provider = self.provider().unwrap_or_default();
                format!("the code of {remote} comes from package {provider}, not from {package}")
            }
            Refutation::UndefinedImport => {
                format!(
                    "{remote} is left undefined, for a linker or loader that knows no Go to find"
                )
            }
            // The note beside the verdict has what was written, and its remedy (report::source).
            Refutation::NotADirective => format!(
                "the compiler of this build read no directive here: {local} and {remote} are two names"
            ),
        }
    }

    /// Which other packages have the private variable, by their own directives.
    fn with_others(&self) -> String {
        let claimants = &self.evidence.claimants;
        match self.claim.directive().is_some() && !claimants.is_empty() {
            true => format!("; directives of {} lead to the same one", claimants.join(", ")),
            false => String::new(),
        }
    }
}

fn base(file: &[u8]) -> String {
    printable(file.rsplit(|b| *b == b'/').next().unwrap_or(file))
}

fn body_at(site: &Site) -> String {
    let file = site.file.as_deref().map(base).unwrap_or_default();
    match site.source {
        SiteSource::Inlined => format!(" (inlined at {:#x}, {file})", site.address),
        _ => format!(" (at {:#x}, {file})", site.address),
    }
}
