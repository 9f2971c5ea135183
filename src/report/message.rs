//! A verdict in plain words, for somebody who has never heard of it.

use crate::code::How;
use crate::golang::names;
use crate::linkname::claim::{Claim, Form};
use crate::linkname::evidence::{Doubt, Evidence, Provider, Reference, Site, SiteSource};
use crate::linkname::verdict::{
    Gap, NoTrace, Proof, Refutation, Unused, Verdict, shown_references,
};
use crate::printable::printable;
use crate::rules::Insertion;

/// The verdict in one sentence, or two.
#[must_use]
pub fn sentence(claim: &Claim, evidence: &Evidence, verdict: Verdict) -> String {
    let local = printable(&claim.local);
    let remote = printable(&claim.remote);
    let package = printable(evidence.package.as_bytes());
    match verdict {
        Verdict::InEffect(proof) => in_effect(proof, claim, evidence, &local, &remote, &package),
        Verdict::NotInEffect(reason) => not_in_effect(reason, evidence, &local, &remote, &package),
        Verdict::Unused(reason) => unused(reason, evidence, &local, &remote, &package),
        Verdict::NoTrace(reason) => no_trace(reason, &remote, &package),
        Verdict::Unproven(gap) => unproven(gap, claim, evidence, &local, &remote, &package),
    }
}

fn in_effect(
    proof: Proof,
    claim: &Claim,
    evidence: &Evidence,
    local: &str,
    remote: &str,
    package: &str,
) -> String {
    match proof {
        Proof::SameAddress => format!(
            "{local} and {remote} are one function: both names stand at {}",
            first_address(evidence)
        ),
        Proof::Referenced => {
            let call = shown_references(claim, evidence).first().map(|r| reference(r, remote));
            let call = call.unwrap_or_default();
            format!("{call}; {remote} is not exported: a linkname leads there")
        }
        Proof::ForeignFile => {
            format!(
                "the code of {remote} is compiled from package {package} ({})",
                first_file(evidence)
            )
        }
        Proof::Unclaimed => format!(
            "the code of {remote} is compiled from package {package} ({}); nothing outside that package refers to it",
            first_file(evidence)
        ),
    }
}

fn not_in_effect(
    reason: Refutation,
    evidence: &Evidence,
    local: &str,
    remote: &str,
    package: &str,
) -> String {
    match reason {
        Refutation::OwnBody => {
            let site =
                evidence.local.iter().find(|site| matches!(site.provider, Provider::Package(_)));
            let at = site.map(body_at).unwrap_or_default();
            format!(
                "package {package} compiled a body of its own for {local}{at}, and its code does not refer to {remote}: the directive is not one, or was not compiled"
            )
        }
        Refutation::KindMismatch => format!("a function was claimed, and {remote} is not one"),
        Refutation::OwnedElsewhere => {
            let provider = provider_package(evidence).unwrap_or_default();
            format!("the code of {remote} comes from package {provider}, not from {package}")
        }
        Refutation::UndefinedImport => {
            format!("{remote} is left undefined for the dynamic loader, and nobody there is Go")
        }
    }
}

fn unused(reason: Unused, evidence: &Evidence, local: &str, remote: &str, package: &str) -> String {
    match reason {
        Unused::Absent if evidence.remote.iter().any(|site| site.source == SiteSource::Inlined) => {
            format!(
                "every use of {remote} was inlined into its own package's callers, and no function {remote} is left that {local} could lead to"
            )
        }
        Unused::Absent => {
            let spelling = evidence.other_spelling.as_deref().map(printable).map(|name| {
                format!("; the binary has {name}: in a directive, dots of the last path element are written %2e")
            });
            format!(
                "{remote} is not in the binary, so nothing that runs uses {local}{}",
                spelling.unwrap_or_default()
            )
        }
        Unused::NotCalled => {
            format!("{remote} is in the binary, and no code of package {package} refers to it")
        }
        Unused::Inlined => {
            format!("every use of {remote} was inlined; its body comes from package {package}")
        }
    }
}

fn no_trace(reason: NoTrace, remote: &str, package: &str) -> String {
    match reason {
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

fn unproven(
    gap: Gap,
    claim: &Claim,
    evidence: &Evidence,
    local: &str,
    remote: &str,
    package: &str,
) -> String {
    match gap {
        Gap::Incomplete => "a part of the file that the answer needs is damaged or cut off".to_owned(),
        Gap::UnsupportedArch => format!("references to {remote} cannot be searched on this architecture yet"),
        Gap::NotGc => "the file was not made by the gc toolchain: it has neither a Go function table nor build information".to_owned(),
        Gap::Ambiguous => ambiguous(claim, evidence, local, remote, package),
        Gap::UnknownGo => format!("this Go version is newer than gonym's tables: it may call {remote} by itself"),
        Gap::NoNames => format!("{remote} is no function of this binary, and the names of variables are stripped: say func:{local}={remote} if it is a function"),
        Gap::NoReferences => format!("the code could not be searched for references to {remote} with certainty"),
        Gap::PackageAbsent => format!("package {package} has no code in this binary"),
        Gap::NotYetJudged => "gonym does not judge this kind of claim yet".to_owned(),
    }
}

fn ambiguous(
    claim: &Claim,
    evidence: &Evidence,
    local: &str,
    remote: &str,
    package: &str,
) -> String {
    if let Some(sentence) = doubtful_provider(evidence, remote, package) {
        return sentence;
    }
    if claim.form == Form::OneArg {
        let provider = provider_package(evidence).unwrap_or_else(|| "another package".to_owned());
        return format!(
            "the code of {remote} comes from {provider}, and it does so whether or not {package} has a directive for it"
        );
    }
    let Some(first) = shown_references(claim, evidence).first().copied() else {
        return without_reference(evidence, local, remote);
    };
    let call = reference(first, remote);
    let why = match (first.doubt, first.how) {
        (Some(Doubt::Assembly), _) => "assembly needs no directive for that".to_owned(),
        (Some(Doubt::Generated), _) => {
            "the compiler wrote that code, no source file holds it".to_owned()
        }
        (Some(Doubt::Callback), _) => format!(
            "that code was inlined into {remote}'s own package, which may have passed the function in"
        ),
        (Some(Doubt::Devirtualised), _) => {
            "the compiler makes such a call by itself when a profile tells it the callee".to_owned()
        }
        (Some(Doubt::Attribution), _) => {
            "file and function name disagree about whose code that is".to_owned()
        }
        (None, How::Funcval | How::Address | How::Load | How::Store) => {
            "an inlined function that returns it leaves the same bytes".to_owned()
        }
        (None, _) => own_reason(claim, evidence, remote, package),
    };
    format!("{call}, which proves nothing: {why}")
}

/// What makes it doubtful that the local package pushed the remote, where it may have.
fn doubtful_provider(evidence: &Evidence, remote: &str, package: &str) -> Option<String> {
    let named =
        names::import_path(remote.as_bytes()).is_some_and(|path| *path == *package.as_bytes());
    let provider = evidence.remote.iter().find_map(|site| match &site.provider {
        Provider::Assembly(p) if *p == evidence.package => {
            Some(format!("{remote} is written in {package}'s assembly, which needs no directive"))
        }
        Provider::Doubtful(p) if *p == evidence.package => Some(format!(
            "a file of {package} is named for the code of {remote}, but nothing else says that the package made it: //line leaves the same"
        )),
        _ => None,
    });
    provider.filter(|_| !named)
}

/// Why a plain call of the remote proves nothing.
fn own_reason(claim: &Claim, evidence: &Evidence, remote: &str, package: &str) -> String {
    if matches!(evidence.insertion, Insertion::Inserted(_)) {
        return "compiler or linker insert such calls by themselves".to_owned();
    }
    if names::is_exported(&claim.remote) {
        return format!("{remote} is exported, so any package may call it");
    }
    if evidence.local.iter().any(|site| matches!(site.provider, Provider::Package(_))) {
        return format!("{package} also compiled a body of its own under the local name");
    }
    if let Some(provider) =
        provider_package(evidence).filter(|p| !remote.starts_with(&format!("{p}.")))
    {
        return format!(
            "package {provider} pushed it, maybe from a function with an exported name"
        );
    }
    if crate::rules::may_use_handle(&evidence.package, &claim.remote) {
        return "another package of the standard library has an exported handle for it".to_owned();
    }
    "the call could exist without a linkname".to_owned()
}

fn without_reference(evidence: &Evidence, local: &str, remote: &str) -> String {
    if names::package(remote.as_bytes()).is_none() {
        return format!(
            "{remote} is no Go name: what it stands for, a C function or an import under another name, only source tells"
        );
    }
    if let Some((address, _)) = evidence.tables.first() {
        return format!(
            "data at {address:#x} holds {remote} as a function value, and nothing tells whose data it is"
        );
    }
    format!(
        "references to {remote} exist whose package cannot be told, so {local} can be neither proven nor ruled out"
    )
}

/// One reference in plain words: `main.main calls runtime.nanotime at 0x47e485, main.go:42`.
#[must_use]
pub fn reference(reference: &Reference, remote: &str) -> String {
    let from = printable(&reference.from);
    let does = match reference.how {
        How::Call => "calls",
        How::Jump => "jumps to",
        How::Funcval => "takes the function value of",
        How::Address => "takes the address of",
        How::Load => "reads",
        How::Store => "writes",
    };
    let inlined = reference.inlined_into.as_deref().map(printable);
    let inlined = inlined.map(|into| format!(" (inlined into {into})")).unwrap_or_default();
    let place = place(reference.file.as_deref(), reference.line);
    format!("{from}{inlined} {does} {remote} at {:#x}{place}", reference.at)
}

fn place(file: Option<&[u8]>, line: u32) -> String {
    let Some(file) = file else { return String::new() };
    format!(", {}:{line}", base(file))
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

fn first_address(evidence: &Evidence) -> String {
    let site = evidence.remote.iter().find(|site| site.code);
    site.map(|site| format!("{:#x}", site.address)).unwrap_or_default()
}

fn first_file(evidence: &Evidence) -> String {
    let file = evidence.remote.iter().find_map(|site| site.file.as_deref());
    file.map(printable).unwrap_or_default()
}

fn provider_package(evidence: &Evidence) -> Option<String> {
    evidence.remote.iter().find_map(|site| match &site.provider {
        Provider::Package(package) => Some(printable(package.as_bytes())),
        _ => None,
    })
}
