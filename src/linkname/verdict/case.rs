//! What do the rules ask of a claim and its evidence?
//!
//! Questions only; nothing here decides. Who makes the claim is part of the answers: a reference that
//! an inlined function of another package may have left proves a directive that is known from
//! source, and nothing else.

use crate::code::How;
use crate::golang::names;
use crate::linkname::claim::{Claim, Directive, Form, Kind};
use crate::linkname::evidence::{
    Doubt, Evidence, Mentioned, Provider, Reference, References, Role, Site, SiteSource,
};
use crate::rules::{self, Insertion};

use super::Proof;

/// A claim before the judgement, with what the rules ask of it.
pub(super) struct Case<'a> {
    pub(super) claim: &'a Claim,
    pub(super) evidence: &'a Evidence,
}

impl<'a> Case<'a> {
    pub(super) fn package(&self) -> &'a str {
        &self.evidence.package
    }

    /// The directive, where the claim is known from source.
    pub(super) fn directive(&self) -> Option<&'a Directive> {
        self.claim.directive()
    }

    pub(super) fn knows_source(&self) -> bool {
        self.directive().is_some()
    }

    /// Where the remote stands as code that can be called.
    pub(super) fn functions(&self) -> impl Iterator<Item = &'a Site> {
        let sites = self.evidence.remote.iter();
        sites.filter(|site| site.code && site.source != SiteSource::Inlined)
    }

    /// Where the remote stands as data.
    pub(super) fn data(&self) -> impl Iterator<Item = &'a Site> {
        self.evidence.remote.iter().filter(|site| !site.code)
    }

    /// The remote stands somewhere, as code or as data.
    pub(super) fn stands(&self) -> bool {
        self.evidence.remote.iter().any(|site| site.source != SiteSource::Inlined)
    }

    /// Go's runtime knows a function of the remote's name.
    pub(super) fn is_function(&self) -> bool {
        self.functions().any(|site| site.source == SiteSource::Pclntab)
    }

    /// Some code bears the remote's name: Go's, or that of a C function.
    pub(super) fn is_code(&self) -> bool {
        self.functions().any(|site| site.role != Role::Mark)
    }

    /// Whether the claim is about a variable, by its own word or by what bears the remote's name.
    pub(super) fn is_variable(&self) -> bool {
        let data = self.data().next().is_some();
        match self.claim.kind {
            Kind::Var => true,
            Kind::Func => false,
            Kind::Unknown => (data || self.evidence.linker_defined) && !self.is_code(),
        }
    }

    pub(super) fn target_package(&self) -> Option<String> {
        let path = names::import_path(&self.claim.remote)?;
        Some(String::from_utf8_lossy(&path).into_owned())
    }

    /// Whether the remote belongs to the local package by its name.
    pub(super) fn is_own_target(&self) -> bool {
        self.target_package().is_some_and(|package| package == self.package())
    }

    pub(super) fn all_references(&self) -> impl Iterator<Item = &'a Reference> {
        match &self.evidence.references {
            References::Searched(references) => references.as_slice(),
            References::NotSearched(_) => &[],
        }
        .iter()
    }

    /// References from the local package's own code, but for those whose line belongs to another
    /// directive of the package.
    pub(super) fn own_references(&self) -> impl Iterator<Item = &'a Reference> + '_ {
        let package = self.package();
        let own = self.all_references().filter(move |r| r.from_package.as_deref() == Some(package));
        own.filter(|reference| {
            reference.mentioned != Mentioned::Other && !self.is_anothers(reference)
        })
    }

    /// Whether an inlined function of the remote's package left the reference, by what source says. A call is none
    /// of those: it names its target.
    fn is_anothers(&self, reference: &Reference) -> bool {
        let branch = matches!(reference.how, How::Call | How::Jump);
        let file = reference.file.as_deref().filter(|_| !branch);
        file.zip(self.directive())
            .is_some_and(|(file, said)| said.is_anothers(file, reference.line))
    }

    /// References from code of the remote's own package.
    pub(super) fn owner_references(&self) -> impl Iterator<Item = &'a Reference> {
        let target = self.target_package();
        self.all_references().filter(move |r| target.is_some() && r.from_package == target)
    }

    /// References from code of third packages, or of nobody knows whom.
    pub(super) fn third_references(&self) -> impl Iterator<Item = &'a Reference> {
        let target = self.target_package();
        let package = self.package();
        self.all_references().filter(move |reference| {
            let from = reference.from_package.as_deref();
            from.is_none() || (from != Some(package) && from != target.as_deref())
        })
    }

    /// References that the directive accounts for: the local package's own, and those of whoever uses its
    /// exported handle, where the directive is known from source.
    pub(super) fn uses(&self) -> impl Iterator<Item = &'a Reference> {
        let handle = self.knows_source() && names::is_exported(&self.claim.local);
        let evidence = self.evidence;
        let by_handle = self.third_references().filter(move |reference| {
            let from = reference.from_package.as_ref();
            handle && from.is_some_and(|from| !evidence.claimants.contains(from))
        });
        self.own_references().chain(by_handle)
    }

    /// Code of a package refers to the remote that no claim on it is about, or code of nobody knows whom.
    pub(super) fn has_strangers(&self) -> bool {
        let package = self.package();
        let claimants = &self.evidence.claimants;
        self.all_references().any(|reference| {
            let from = reference.from_package.as_deref();
            from != Some(package)
                && !claimants.iter().any(|claimant| Some(claimant.as_str()) == from)
        })
    }

    /// Nobody knows whose source the remote's code is: it may be a push of the local package. Not of package
    /// main, whose unit is known by its function `main`, where only file and unit disagree.
    pub(super) fn is_anybodys(&self) -> bool {
        let named = self.target_package().is_some() && !self.is_own_target();
        let open = |site: &Site| match provider(site) {
            Provider::Unknown => true,
            Provider::Doubtful(_) => self.package() != "main",
            Provider::Package(_) | Provider::Assembly(_) | Provider::Generated => false,
        };
        named && self.functions().any(|site| site.source == SiteSource::Pclntab && open(site))
    }

    /// Third references that a function of the local package may have left where it was inlined. Nobody
    /// imports package main, so its functions are inlined nowhere else.
    pub(super) fn passed_on(&self) -> impl Iterator<Item = &'a Reference> {
        let main = self.package() == "main";
        self.third_references().filter(move |reference| !main || reference.from_package.is_none())
    }

    /// What `reference` proves about the claim, if anything.
    pub(super) fn proof_of(&self, reference: &Reference) -> Option<Proof> {
        if reference.from_package.as_deref() != Some(self.package()) {
            return self.proof_by_handle(reference);
        }
        if self.knows_source() {
            return self.proof_with_source(reference);
        }
        let branch = matches!(reference.how, How::Call | How::Jump);
        let proven = branch && reference.doubt.is_none() && self.needs_linkname();
        proven.then_some(Proof::Referenced)
    }

    /// Whether `reference` could not exist without a linkname.
    pub(super) fn proves(&self, reference: &Reference) -> bool {
        self.proof_of(reference).is_some()
    }

    /// A directive known from source: a line that mentions its local name settles what the bytes
    /// leave open; without lines only what nobody else may refer to counts.
    fn proof_with_source(&self, reference: &Reference) -> Option<Proof> {
        if matches!(reference.doubt, Some(Doubt::Assembly | Doubt::Generated)) {
            return None;
        }
        let branch = matches!(reference.how, How::Call | How::Jump);
        let alone = reference.doubt.is_none() && self.needs_linkname();
        let proven = match reference.mentioned {
            Mentioned::This => true,
            Mentioned::Other => false,
            // A value may come out of an inlined function of the owner.
            Mentioned::Unknown => alone && branch,
            // An inlined body of one expression has the caller's line; package main's are inlined nowhere else.
            Mentioned::Nobody => {
                alone && (branch || self.target_package().as_deref() == Some("main"))
            }
        };
        let proof = if reference.how == How::Funcval { Proof::Funcval } else { Proof::Referenced };
        proven.then_some(proof)
    }

    /// Whether a reference to a variable is the directive's own, of a claim that is known from source.
    pub(super) fn settles(&self, reference: &Reference) -> bool {
        reference.mentioned == Mentioned::This
    }

    /// Every reference is the local package's, from a line that mentions the local name.
    pub(super) fn all_own_lines(&self) -> bool {
        self.all_references().all(|reference| {
            reference.from_package.as_deref() == Some(self.package())
                && reference.mentioned == Mentioned::This
        })
    }

    /// A handle with an exported name is called from other packages, and its own may leave nothing. A function
    /// of the remote's own package that was inlined there leaves the same, and so does another package's handle
    /// for the same function: only a line that names this one tells.
    fn proof_by_handle(&self, reference: &Reference) -> Option<Proof> {
        let from = reference.from_package.as_deref()?;
        let by_handle = reference.mentioned == Mentioned::This
            && names::is_exported(&self.claim.local)
            && Some(from) != self.target_package().as_deref()
            && !self.evidence.claimants.iter().any(|claimant| claimant == from)
            && reference.doubt.is_none()
            && self.needs_linkname();
        by_handle.then_some(match reference.how {
            How::Funcval => Proof::Funcval,
            _ => Proof::Referenced,
        })
    }

    /// Whether nobody but the remote's own package may refer to it without a linkname.
    pub(super) fn needs_linkname(&self) -> bool {
        let remote = self.claim.remote.as_slice();
        // A C function has no package; Go code that calls it directly does so by a directive.
        let named = self.target_package().is_some() || self.knows_source();
        named
            && !self.is_own_target()
            && !self.is_go_of_local()
            && !self.is_pushed_by_third()
            && (self.target_package().is_none() || !names::is_exported(remote))
            && !names::is_derived(remote)
            && !names::is_instance(remote)
            && self.evidence.insertion == Insertion::NotInserted
            && !rules::may_use_handle(self.package(), remote)
    }

    /// The local package's source, Go or assembly, made the remote's code, or may have made it.
    pub(super) fn is_provided_by_local(&self) -> bool {
        let package = self.package();
        let assembly =
            |site: &Site| matches!(provider(site), Provider::Assembly(p) if p == package);
        self.is_go_of_local() || self.functions().any(assembly)
    }

    /// The local package's Go source made the remote's code, or may have made it.
    pub(super) fn is_go_of_local(&self) -> bool {
        let package = self.package();
        self.functions().any(|site| match provider(site) {
            Provider::Package(p) | Provider::Doubtful(p) => p == package,
            Provider::Assembly(_) | Provider::Generated | Provider::Unknown => false,
        })
    }

    /// A third package's source made the remote's code. That package may have pushed a function with
    /// an exported name, which anybody calls without a directive; no push of the standard library has
    /// one (all of 1.18 to 1.27 read).
    fn is_pushed_by_third(&self) -> bool {
        let target = self.target_package();
        self.functions().any(|site| match provider(site) {
            Provider::Package(p) | Provider::Doubtful(p) => {
                Some(&p) != target.as_ref() && p != self.package() && !rules::is_standard(&p)
            }
            Provider::Assembly(_) | Provider::Generated | Provider::Unknown => false,
        })
    }

    /// The claim names a body that the local package compiled itself under the local name.
    pub(super) fn has_own_body(&self) -> bool {
        let package = Provider::Package(self.package().to_owned());
        self.evidence.local.iter().any(|site| site.code && provider(site) == package)
    }

    pub(super) fn is_one_argument(&self) -> bool {
        self.claim.form == Form::OneArg
    }
}

/// Whose source the code at `site` is: DWARF's unit decides where there is one, because `//line` makes
/// any file foreign. Of generic code and closures it does not: those are compiled where they are used.
pub(crate) fn provider(site: &Site) -> Provider {
    let Some(unit) = &site.unit else { return site.provider.clone() };
    if names::is_derived(&site.name) || names::is_instance(&site.name) {
        return site.provider.clone();
    }
    match &site.provider {
        Provider::Package(package) if package != unit => Provider::Doubtful(package.clone()),
        Provider::Package(_) | Provider::Doubtful(_) | Provider::Unknown => {
            Provider::Package(unit.clone())
        }
        Provider::Assembly(_) | Provider::Generated => site.provider.clone(),
    }
}
