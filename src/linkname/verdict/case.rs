//! What do the rules ask of a claim and its evidence?
//!
//! Questions only; nothing here decides. Those about references stand in `stack` and `proof`.

use crate::linkname::claim::{Claim, Directive, Form, Kind};
use crate::linkname::evidence::{
    Evidence, Provider, Reference, References, Role, Site, SiteSource,
};
use crate::names;
use crate::rules::{self, Insertion};

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
        names::import_text(&self.claim.remote)
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

    /// Nobody knows whose source the remote's code is: it may be a push of the local package. Not of package
    /// main, whose unit is known by its function `main`, where only file and unit disagree.
    pub(super) fn is_anybodys(&self) -> bool {
        let named = !self.is_own_target();
        let open = |site: &Site| match provider(site) {
            Provider::Unknown => true,
            Provider::Doubtful(_) => self.package() != "main",
            Provider::Package(_) | Provider::Assembly(_) | Provider::Generated => false,
        };
        named && self.functions().any(|site| site.source == SiteSource::Pclntab && open(site))
    }

    /// Whether nobody but the remote's own package may refer to it without a linkname.
    pub(super) fn needs_linkname(&self) -> bool {
        self.evidence.insertion == Insertion::NotInserted && self.needs_other_than_insertion()
    }

    /// A word of data leads to the remote, by source that nobody but the local package can have: its own table.
    pub(super) fn is_tabled(&self) -> bool {
        let taken = self.directive().is_some_and(|directive| directive.takes_value);
        taken && !self.evidence.tables.is_empty() && self.needs_linkname()
    }

    /// The same of a reference that neither compiler nor linker inserted.
    pub(super) fn needs_other_than_insertion(&self) -> bool {
        let exported = names::is_exported(&self.claim.remote) && self.target_package().is_some();
        !exported && self.is_foreign()
    }

    /// Whether another package's source has the remote, and neither compiler nor linker nor a handle of Go's own
    /// brings it into the local one.
    pub(super) fn is_anothers_own(&self) -> bool {
        self.evidence.insertion == Insertion::NotInserted && self.is_foreign()
    }

    fn is_foreign(&self) -> bool {
        let remote = self.claim.remote.as_slice();
        // A C function has no package; Go code that calls it directly does so by a directive.
        let named = self.target_package().is_some() || self.knows_source();
        named
            && !self.is_own_target()
            && !self.is_go_of_local()
            && !self.is_pushed_by_third()
            && !names::is_derived(remote)
            && !names::is_instance(remote)
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
            // `//line` hides whose it is.
            Provider::Unknown => site.source == SiteSource::Pclntab && target.is_some(),
            Provider::Assembly(_) | Provider::Generated => false,
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
