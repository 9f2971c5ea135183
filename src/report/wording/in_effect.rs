//! Why a claim is in effect: the proof.

use super::{Sentence, Subject};
use crate::linkname::claim::Form;
use crate::linkname::evidence::Undefined;
use crate::linkname::verdict::Proof;
use crate::names;

impl Subject<'_> {
    pub(super) fn in_effect(&self, proof: Proof) -> Sentence {
        let Self { local, remote, package, .. } = self;
        let sentence = match proof {
            Proof::Referenced => return self.referenced(),
            Proof::Funcval => return self.by_value(),
            Proof::SameAddress => {
                let address = self.remote_sites().find(|site| site.code).map(|site| site.address);
                let address = address.unwrap_or_default();
                format!("{local} and {remote} are one function: both names stand at {address:#x}")
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
        };
        Sentence::plain(sentence)
    }

    /// A call or jump, and why only a directive allows it.
    fn referenced(&self) -> Sentence {
        let rest = match self.claim.directive() {
            Some(_) => format!(": {} leads there", self.local),
            None => format!("; {}: a linkname leads there", self.why_hidden()),
        };
        Sentence::led(self.first_reference(), rest)
    }

    fn by_value(&self) -> Sentence {
        let Self { local, remote, package, .. } = self;
        match self.first_reference() {
            Some(value) => Sentence::led(Some(value), format!(", where the source names {local}")),
            None => Sentence::plain(format!(
                "data holds the function value of {remote}, and of all sources only that of {package} takes it, as {local}"
            )),
        }
    }

    /// Whether only directives share the variable. The owner of the name counts if it declares the variable by a
    /// directive too.
    fn is_shared_by_directives(&self) -> bool {
        let target = self.target();
        let claimants = &self.evidence.claimants;
        let Some(directive) = self.claim.directive().filter(|_| !claimants.is_empty()) else {
            return false;
        };
        let owners = directive.owner_declares == Some(true) || self.has_owner_reference();
        target.is_empty() || claimants.contains(&target) || !owners
    }

    /// What is added if the name that directives share has no owner.
    fn without_owner(&self) -> String {
        let target = self.target();
        let declares = self.claim.directive().and_then(|directive| directive.owner_declares);
        match (target.is_empty(), declares) {
            (true, _) => ", and no package owns that name".to_owned(),
            (false, Some(false)) => format!(", and package {target} declares no such variable"),
            (false, _) => String::new(),
        }
    }

    /// Why the local package cannot use the remote by its name.
    fn why_hidden(&self) -> String {
        let target = self.target();
        match (names::is_exported(&self.claim.remote), names::internal_to(&target)) {
            (false, _) => format!("{} is not exported", self.remote),
            (true, Some("")) => format!("{target} is internal to Go's own packages"),
            (true, Some(above)) => format!("{target} is internal to {above}"),
            (true, None) => format!("nobody can import package {target}"),
        }
    }
}
