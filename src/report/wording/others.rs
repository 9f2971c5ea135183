//! Why a claim is not in effect, unused or without a trace, and why it cannot be told.

use super::Subject;
use crate::linkname::claim::{Form, Kind};
use crate::linkname::evidence::{Program, Provider, Site, SiteSource};
use crate::linkname::verdict::{Gap, NoTrace, Refutation, Unused, provider};
use crate::names;
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
            // What was written instead stands beside it, with its remedy (report::source).
            Refutation::NotADirective => format!(
                "the compiler of this build read no directive here: {local} and {remote} are two names"
            ),
        }
    }

    /// Who else has the private variable, by directives of their own.
    fn with_others(&self) -> String {
        let claimants = &self.evidence.claimants;
        match self.claim.directive().is_some() && !claimants.is_empty() {
            true => format!("; directives of {} lead to the same one", claimants.join(", ")),
            false => String::new(),
        }
    }

    pub(super) fn unused(&self, reason: Unused) -> String {
        let Self { local, remote, package, .. } = self;
        let inlined = self.remote_sites().any(|site| site.source == SiteSource::Inlined);
        match reason {
            Unused::Absent if inlined => format!(
                "every use of {remote} was inlined by its own package, and no function {remote} is left that {local} could lead to"
            ),
            Unused::Absent if self.claim.form == Form::Push => format!(
                "{remote} is not in the binary: nothing that runs calls it, or every call was inlined and left nothing"
            ),
            Unused::Absent => {
                let spelling = self.evidence.other_spelling.as_deref().map(printable);
                let hint = spelling.map(|name| {
                    format!("; the binary has {name}: in a directive, dots of the last path element are written %2e")
                });
                let hint = hint.unwrap_or_default();
                format!("{remote} is not in the binary, so nothing that runs uses {local}{hint}")
            }
            Unused::NotCalled => {
                format!("{remote} is in the binary, and no code of package {package} refers to it")
            }
            Unused::Inlined => {
                format!("every use of {remote} was inlined; its body comes from package {package}")
            }
        }
    }

    pub(super) fn no_trace(&self, reason: NoTrace) -> String {
        let Self { remote, package, .. } = self;
        match reason {
            NoTrace::PermissionOnly if self.claim.form == Form::Pull => format!(
                "{package} itself provides {remote} and never uses the second name: the directive is only a permission that the linker reads, and leaves nothing"
            ),
            NoTrace::PermissionOnly => format!(
                "{package} itself provides {remote}: with one argument the directive is only a permission that the linker reads, and leaves nothing"
            ),
            NoTrace::OwnAssembly => {
                format!("{package}'s own assembly provides {remote}: the directive leaves nothing")
            }
            NoTrace::Intrinsic => format!(
                "the compiler replaces uses of {remote} by instructions, which leaves nothing to see"
            ),
        }
    }

    pub(super) fn unproven(&self, gap: Gap) -> String {
        let Self { local, remote, package, .. } = self;
        match gap {
            Gap::Incomplete => {
                "a part of the file that the answer needs is damaged or cut off".to_owned()
            }
            Gap::UnsupportedArch => {
                format!("references to {remote} cannot be searched on this architecture yet")
            }
            Gap::NotGc => {
                let why = match self.evidence.program {
                    Program::NotGc(toolchain) => toolchain.to_string(),
                    _ => "nothing in it says that Go made it".to_owned(),
                };
                format!("the gc toolchain did not make this file as it is: {why}")
            }
            Gap::UnknownGo if self.evidence.program == Program::UnknownLayout => {
                "the function table has a layout that gonym does not know: a newer Go wrote it, or it was changed on purpose (garble does)"
                    .to_owned()
            }
            Gap::UnknownGo => format!(
                "gonym's tables do not know this Go version: it may call {remote} by itself, or replace its calls"
            ),
            Gap::NoNames if self.claim.kind == Kind::Func => {
                format!("{remote} is no Go function of this binary, and other names are stripped")
            }
            Gap::NoNames if self.claim.kind == Kind::Var => {
                format!("names of variables are stripped, so nothing tells what became of {remote}")
            }
            Gap::NoNames => format!(
                "{remote} is no function of this binary, and the names of variables are stripped: say func:{local}={remote} if it is a function"
            ),
            Gap::NoDwarf => format!(
                "only {package} refers to {remote}, and without DWARF nothing says whose variable it is: the owner may just not use it"
            ),
            Gap::NoReferences => {
                format!("the code could not be searched for references to {remote} with certainty")
            }
            Gap::PackageAbsent => format!("package {package} has no code in this binary{}", self.absent_hint()),
            Gap::NotYetJudged => "this version of gonym does not judge claims of this kind".to_owned(),
            Gap::Ambiguous => self.ambiguous().brief(),
        }
    }

    /// How the name may have been meant.
    fn absent_hint(&self) -> &'static str {
        let name = names::within_package(&self.claim.local);
        match self.evidence.package.as_str() {
            "main" => {
                ": in a test binary main is what go test wrote, and a command goes by its import path"
            }
            _ if name.contains(&b'.') && !name.contains(&b'(') => {
                "; a dot in the last element of a package's path is written %2e"
            }
            _ => "",
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
