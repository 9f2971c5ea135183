//! A verdict in plain words, for somebody who has never heard of it.

mod ambiguous;

use super::chain;
use crate::linkname::claim::{Claim, Form, Kind};
use crate::linkname::evidence::{
    Evidence, Program, Provider, Reference, References, Site, SiteSource, Undefined,
};
use crate::linkname::verdict::{
    Gap, NoTrace, Proof, Refutation, Unused, Verdict, provider, shown_references,
};
use crate::names;
use crate::printable::printable;

/// The verdict in one sentence, or two.
#[must_use]
pub fn sentence(claim: &Claim, evidence: &Evidence, verdict: Verdict) -> String {
    let subject = Subject {
        local: printable(&claim.local),
        remote: printable(&claim.remote),
        package: printable(evidence.package.as_bytes()),
        claim,
        evidence,
    };
    match verdict {
        Verdict::InEffect(proof) => subject.in_effect(proof),
        Verdict::NotInEffect(reason) => subject.not_in_effect(reason),
        Verdict::Unused(reason) => subject.unused(reason),
        Verdict::NoTrace(reason) => subject.no_trace(reason),
        Verdict::Unproven(Gap::Ambiguous) => subject.ambiguous(),
        Verdict::Unproven(gap) => subject.unproven(gap),
    }
}

/// What a sentence is about, its names ready to be shown.
struct Subject<'a> {
    claim: &'a Claim,
    evidence: &'a Evidence,
    local: String,
    remote: String,
    package: String,
}

impl Subject<'_> {
    fn in_effect(&self, proof: Proof) -> String {
        let Self { local, remote, package, .. } = self;
        match proof {
            Proof::SameAddress => {
                let address = self.remote_sites().find(|site| site.code).map(|site| site.address);
                let address = address.unwrap_or_default();
                format!("{local} and {remote} are one function: both names stand at {address:#x}")
            }
            Proof::Referenced => {
                let call = shown_references(self.claim, self.evidence);
                let call = call.first().map(|call| self.told(call)).unwrap_or_default();
                match self.claim.directive() {
                    Some(_) => format!("{call}: {local} leads there"),
                    None => format!("{call}; {}: a linkname leads there", self.why_hidden()),
                }
            }
            Proof::Funcval => {
                let value = shown_references(self.claim, self.evidence);
                match value.first() {
                    Some(value) => {
                        format!("{}, where the source names {local}", self.told(value))
                    }
                    None => format!(
                        "data holds the function value of {remote}, and of all sources only that of {package} takes it, as {local}"
                    ),
                }
            }
            Proof::DwarfOwner if self.remote_sites().any(|site| site.code) => format!(
                "{remote} is a function, and there is no second symbol of that name: {local} is its code, and {}",
                self.own_reference()
            ),
            Proof::DwarfOwner if self.evidence.debug.remote.is_empty() => format!(
                "no unit of Go defines {remote}, so assembly does, and {}; without the directive {local} would be another variable, and zero",
                self.own_reference()
            ),
            Proof::DwarfOwner => {
                format!("{remote} is defined by {}, and {}", self.definer(), self.own_reference())
            }
            Proof::OwnerRefers => format!(
                "{remote} is one variable: its own package's code uses it, and {}",
                self.own_reference()
            ),
            Proof::LinkerDefined => {
                format!("the linker itself defines {remote}, and {}", self.own_reference())
            }
            Proof::DynamicImport if self.evidence.undefined != Undefined::No => {
                format!("{remote} is imported, and {}", self.own_reference())
            }
            Proof::DynamicImport => {
                format!("the import that {package}'s source gives {remote} is imported")
            }
            Proof::LocalDefinition if self.is_shared_by_directives() => format!(
                "{} defines {remote}, and directives of {} give theirs the same name: they share it{}",
                self.definer(),
                self.evidence.claimants.join(", "),
                self.without_owner()
            ),
            Proof::LocalDefinition if !self.has_owner_reference() => format!(
                "{} defines {remote}, which the source of its own package declares: the local definition won, and there is one variable of that name",
                self.definer()
            ),
            Proof::LocalDefinition => format!(
                "{} defines {remote}, whose own package's code uses it: the local definition won, and both share it",
                self.definer()
            ),
            Proof::CObject if let Some(assembler) = self.assembler() => format!(
                "the assembly of package {assembler} defines {remote}, and {}; without the directive {local} would be another variable, and zero",
                self.own_reference()
            ),
            Proof::CObject => {
                format!(
                    "{remote} is one variable, of an object that Go did not make, and {}",
                    self.own_reference()
                )
            }
            Proof::ForeignFile if self.claim.form == Form::OneArg => {
                let provider =
                    self.provider().map_or_else(|| self.definer(), |p| format!("package {p}"));
                format!("{provider} provides {remote}, which {package} only declares")
            }
            Proof::ForeignFile => {
                let file = self.provided_file();
                format!("the code of {remote} is compiled from package {package} ({file})")
            }
            Proof::Unclaimed => {
                let file = self.provided_file();
                format!(
                    "the code of {remote} is compiled from package {package} ({file}); nothing outside that package refers to it"
                )
            }
        }
    }

    fn not_in_effect(&self, reason: Refutation) -> String {
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

    fn unused(&self, reason: Unused) -> String {
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

    fn no_trace(&self, reason: NoTrace) -> String {
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

    fn unproven(&self, gap: Gap) -> String {
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
            Gap::Ambiguous => self.ambiguous(),
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

    /// The unit that defines the remote as a variable.
    fn definer(&self) -> String {
        self.definer_or("no Go package")
    }

    fn definer_or(&self, unknown: &str) -> String {
        let unit = self.evidence.debug.remote.iter().find(|site| site.go);
        unit.map_or_else(
            || unknown.to_owned(),
            |site| format!("package {}", printable(site.unit.as_bytes())),
        )
    }

    /// Whether directives alone share it: with the owner of the name only if it declares it by one too.
    fn is_shared_by_directives(&self) -> bool {
        let target = self.target();
        let claimants = &self.evidence.claimants;
        let Some(directive) = self.claim.directive().filter(|_| !claimants.is_empty()) else {
            return false;
        };
        let owners = directive.owner_declares == Some(true) || self.has_owner_reference();
        target.is_empty() || claimants.contains(&target) || !owners
    }

    /// Who else has the private variable, by directives of their own.
    fn with_others(&self) -> String {
        let claimants = &self.evidence.claimants;
        match self.claim.directive().is_some() && !claimants.is_empty() {
            true => format!("; directives of {} lead to the same one", claimants.join(", ")),
            false => String::new(),
        }
    }

    /// What is to be added where the name that directives share is nobody's.
    fn without_owner(&self) -> String {
        let target = self.target();
        let declares = self.claim.directive().and_then(|directive| directive.owner_declares);
        match (target.is_empty(), declares) {
            (true, _) => ", and no package owns that name".to_owned(),
            (false, Some(false)) => format!(", and package {target} declares no such variable"),
            (false, _) => String::new(),
        }
    }

    /// Why the local package cannot name the remote.
    fn why_hidden(&self) -> String {
        let target = self.target();
        match (names::is_exported(&self.claim.remote), names::internal_to(&target)) {
            (false, _) => format!("{} is not exported", self.remote),
            (true, Some("")) => format!("{target} is internal to Go's own packages"),
            (true, Some(above)) => format!("{target} is internal to {above}"),
            (true, None) => format!("nobody can import package {target}"),
        }
    }

    /// The remote's package.
    fn target(&self) -> String {
        let path = names::import_path(&self.claim.remote);
        path.map_or_else(String::new, |path| printable(&path))
    }

    /// Whether code of the remote's own package refers to it.
    fn has_owner_reference(&self) -> bool {
        let References::Searched(references) = &self.evidence.references else { return false };
        let target = self.target();
        references.iter().any(|found| found.is_of(&target))
    }

    /// One reference in plain words.
    fn told(&self, reference: &Reference) -> String {
        chain::brief(reference, &self.evidence.package, &self.remote)
    }

    fn own_reference(&self) -> String {
        let shown = shown_references(self.claim, self.evidence);
        if let Some(first) = shown.first() {
            return self.told(first);
        }
        match self.evidence.tables.first() {
            Some((address, _)) => format!("{}'s data at {address:#x} leads to it", self.package),
            None => format!("{} refers to it", self.package),
        }
    }

    fn remote_sites(&self) -> impl Iterator<Item = &Site> {
        self.evidence.remote.iter()
    }

    /// The file that the local package provides the remote from.
    fn provided_file(&self) -> String {
        let file = self.remote_sites().find_map(|site| site.file.as_deref());
        file.map(printable).unwrap_or_default()
    }

    /// The package whose assembly defines the remote.
    fn assembler(&self) -> Option<String> {
        self.remote_sites().find_map(|site| match provider(site) {
            Provider::Assembly(package) => Some(printable(package.as_bytes())),
            _ => None,
        })
    }

    /// The package whose source the remote's code certainly is.
    fn provider(&self) -> Option<String> {
        self.remote_sites().find_map(|site| match provider(site) {
            Provider::Package(package) => Some(printable(package.as_bytes())),
            _ => None,
        })
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
