//! The questions that the rules ask of a claim and its evidence.
//!
//! Nothing here decides. The questions about references are in `stack` and `proof`.

use crate::linkname::claim::{Claim, Form, Kind, Said};
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
    pub(super) fn directive(&self) -> Option<&'a Said> {
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

    /// Nobody knows which package's source the remote's code comes from, so it may be a push of the local package.
    /// Package main is known by its function `main`: where only file and unit disagree, the code is not a push of
    /// main.
    pub(super) fn is_anybodys(&self) -> bool {
        let named = !self.is_own_target();
        let open = |site: &Site| match provider(site) {
            Provider::Unknown => true,
            Provider::Doubtful(_) => self.package() != "main",
            Provider::Package(_) | Provider::Assembly(_) | Provider::Generated => false,
        };
        named && self.functions().any(|site| site.source == SiteSource::Pclntab && open(site))
    }

    /// Whether every reference from outside the remote's own package needs a linkname.
    pub(super) fn needs_linkname(&self) -> bool {
        self.evidence.insertion == Insertion::NotInserted && self.needs_other_than_insertion()
    }

    /// A word of data points to the remote, and source says that only the local package can have it: it is the local
    /// package's own table.
    pub(super) fn is_tabled(&self) -> bool {
        let taken = self.directive().is_some_and(|directive| directive.takes_value);
        taken && !self.evidence.tables.is_empty() && self.needs_linkname()
    }

    /// Whether a reference needs a linkname, if neither compiler nor linker inserted it.
    pub(super) fn needs_other_than_insertion(&self) -> bool {
        let exported = names::is_exported(&self.claim.remote) && self.target_package().is_some();
        !exported && self.is_foreign()
    }

    /// Whether the remote comes from another package's source, and nothing but a linkname leads from the local
    /// package to it: no insertion by compiler or linker, and no handle of Go's own.
    pub(super) fn is_anothers_own(&self) -> bool {
        self.evidence.insertion == Insertion::NotInserted && self.is_foreign()
    }

    fn is_foreign(&self) -> bool {
        let remote = self.claim.remote.as_slice();
        // A C function has no package; Go code can call it directly only through a directive.
        let named = self.target_package().is_some() || self.knows_source();
        named
            && !self.is_own_target()
            && !self.is_go_of_local()
            && !self.is_pushed_by_third()
            && !names::is_derived(remote)
            && !names::is_instance(remote)
            && !rules::may_use_handle(self.package(), remote)
    }

    /// The remote's code comes from the local package's source, Go or assembly, or may come from there.
    pub(super) fn is_provided_by_local(&self) -> bool {
        let package = self.package();
        let assembly =
            |site: &Site| matches!(provider(site), Provider::Assembly(p) if p == package);
        self.is_go_of_local() || self.functions().any(assembly)
    }

    /// The remote's code comes from the local package's Go source, or may come from there.
    pub(super) fn is_go_of_local(&self) -> bool {
        let package = self.package();
        self.functions().any(|site| match provider(site) {
            Provider::Package(p) | Provider::Doubtful(p) => p == package,
            Provider::Assembly(_) | Provider::Generated | Provider::Unknown => false,
        })
    }

    /// The remote's code comes from a third package's source. That package may have pushed a function with an
    /// exported name, which any package calls without a directive. No push of the standard library has an exported
    /// name (all of 1.18 to 1.27 read).
    fn is_pushed_by_third(&self) -> bool {
        let target = self.target_package();
        self.functions().any(|site| match provider(site) {
            Provider::Package(p) | Provider::Doubtful(p) => {
                Some(&p) != target.as_ref() && p != self.package() && !rules::is_standard(&p)
            }
            // `//line` hides the package.
            Provider::Unknown => site.source == SiteSource::Pclntab && target.is_some(),
            Provider::Assembly(_) | Provider::Generated => false,
        })
    }

    /// The local package compiled a body of its own under the local name.
    pub(super) fn has_own_body(&self) -> bool {
        let package = Provider::Package(self.package().to_owned());
        self.evidence.local.iter().any(|site| site.code && provider(site) == package)
    }

    pub(super) fn is_one_argument(&self) -> bool {
        self.claim.form == Form::OneArg
    }
}

/// Which package's source the code at `site` comes from. A DWARF unit decides where there is one, because `//line`
/// can give any file to another package. It does not decide for generic code and closures: those are compiled into
/// the package that uses them.
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
