//! Why the evidence proves nothing: the same bytes would exist without a linkname.

use super::{Sentence, Subject};
use crate::code::How;
use crate::linkname::claim::{Form, Kind};
use crate::linkname::evidence::{Doubt, Frame, Mentioned, Provider, Reference, References};
use crate::linkname::verdict::{provider, shown_references};
use crate::names;
use crate::printable::printable;
use crate::rules::{self, Insertion};

impl Subject<'_> {
    pub(super) fn ambiguous(&self) -> Sentence {
        if let Some(sentence) = self.doubtful_provider() {
            return Sentence::plain(sentence);
        }
        if self.claim.form == Form::OneArg {
            let provider = self.provider().unwrap_or_else(|| "another package".to_owned());
            return Sentence::plain(format!(
                "the code of {} comes from {provider}, and it does so whether or not {} has a directive for it",
                self.remote, self.package
            ));
        }
        match shown_references(self.claim, self.evidence).first() {
            Some(first) if self.evidence.remote.is_empty() && first.to == 0 => {
                Sentence::plain(format!(
                    "{} is not in the binary, and {} at {:#x} calls address 0: a linker that ignores undefined names leaves that",
                    self.remote,
                    first.innermost().map(|frame| printable(&frame.function)).unwrap_or_default(),
                    first.at
                ))
            }
            Some(_) if self.is_perhaps_private() => Sentence::plain(format!(
                "{package} defines {remote}, and the bytes do not tell whether package {} declares it too, in functions that were all inlined: the source settles it: run gonym check in the module's folder",
                self.target(),
                package = self.definer(),
                remote = self.remote
            )),
            Some(first) => {
                let why = self.why_nothing(first);
                Sentence::led(Some(self.told(first)), format!(", which proves nothing: {why}"))
            }
            None => self.without_reference(),
        }
    }

    /// Whether a pair is about another package's variable, and the local package, or a package with a pair of its
    /// own, defines it.
    fn is_perhaps_private(&self) -> bool {
        let target = self.target();
        let known = |unit: &str| {
            unit != target
                && (unit == self.evidence.package
                    || self.evidence.claimants.iter().any(|other| other == unit))
        };
        self.claim.directive().is_none()
            && !target.is_empty()
            && self.is_data()
            && self.evidence.debug.remote.iter().any(|site| site.go && known(&site.unit))
    }

    /// Why the local package may not have pushed the remote, where it may have.
    fn doubtful_provider(&self) -> Option<String> {
        let Self { remote, package, .. } = self;
        let target = names::import_path(&self.claim.remote);
        if target.is_some_and(|target| *target == *self.evidence.package.as_bytes()) {
            return None;
        }
        self.remote_sites().find_map(|site| match provider(site) {
            Provider::Assembly(p) if *p == self.evidence.package && self.claim.kind == Kind::Var => {
                Some(format!("{remote} is written in {package}'s assembly, and whether a directive gives a variable that name the bytes do not tell"))
            }
            Provider::Assembly(p) if *p == self.evidence.package => {
                Some(format!("{remote} is written in {package}'s assembly, which needs no directive"))
            }
            Provider::Doubtful(p) if *p == self.evidence.package => Some(format!(
                "a file of {package} is named for the code of {remote}, but nothing else says that the package made it: //line leaves the same"
            )),
            _ => None,
        })
    }

    fn why_nothing(&self, first: &Reference) -> String {
        let shared = |frame: &Frame| frame.mentioned == Mentioned::Shared;
        if first.any_doubt().is_none() && !first.is_branch() && first.frames.iter().any(shared) {
            return format!(
                "a one-line function that returns {} leaves the same there; the line calls what may be one, or its file was changed after the build",
                self.remote
            );
        }
        match (first.any_doubt(), first.how) {
            (Some(Doubt::Assembly), _) => "assembly needs no directive for that".to_owned(),
            (Some(Doubt::Generated), _) => {
                "the compiler wrote that code, no source file holds it".to_owned()
            }
            (Some(Doubt::Callback), _) => format!(
                "a function of {}'s own package was inlined there as well, and may have brought it",
                self.remote
            ),
            (Some(Doubt::Devirtualised), _) => {
                "the compiler makes such a call by itself when a profile tells it the callee"
                    .to_owned()
            }
            (Some(Doubt::Attribution), _) => {
                "file and function name disagree about whose code that is".to_owned()
            }
            // 8 MiB is such a number: a function of a large program lies at 0x800000.
            (None, How::Funcval) if !self.is_data() => {
                "an inlined function that returns it leaves the same bytes, and so does a constant equal to its address".to_owned()
            }
            (None, How::Funcval | How::Address | How::Load) if !self.is_data() => {
                "an inlined function that returns it leaves the same bytes".to_owned()
            }
            (None, How::Funcval | How::Address | How::Load | How::Store) => {
                "an inlined function of its own package that uses it leaves the same bytes"
                    .to_owned()
            }
            (None, How::Call | How::Jump) => self.why_call_proves_nothing(),
        }
    }

    fn is_data(&self) -> bool {
        self.remote_sites().all(|site| !site.code)
    }

    fn why_call_proves_nothing(&self) -> String {
        let Self { remote, package, evidence, .. } = self;
        if matches!(evidence.insertion, Insertion::Inserted(_)) {
            return "compiler or linker insert such calls by themselves".to_owned();
        }
        if names::is_exported(&self.claim.remote) {
            return format!("{remote} is exported, so any package may call it");
        }
        if evidence.local.iter().any(|site| matches!(provider(site), Provider::Package(_))) {
            return format!("{package} also compiled a body of its own under the local name");
        }
        if let Some(provider) = self.third_provider() {
            return format!(
                "its code comes from package {provider}, where it may have an exported name"
            );
        }
        if rules::may_use_handle(&evidence.package, &self.claim.remote) {
            return "another package of the standard library has an exported handle for it"
                .to_owned();
        }
        "the call could exist without a linkname".to_owned()
    }

    /// The package that pushed the remote's code under another package's name.
    fn third_provider(&self) -> Option<String> {
        let target = names::import_path(&self.claim.remote)?;
        self.remote_sites().find_map(|site| match provider(site) {
            Provider::Package(p) | Provider::Doubtful(p) if p.as_bytes() != &*target => {
                Some(printable(p.as_bytes()))
            }
            _ => None,
        })
    }

    fn without_reference(&self) -> Sentence {
        let Self { remote, local, .. } = self;
        if names::package(&self.claim.remote).is_none() {
            return Sentence::plain(format!(
                "{remote} is no Go name: what it stands for, a C function or an import under another name, only source tells"
            ));
        }
        if let Some((address, _)) = self.evidence.tables.first() {
            let held = match self.remote_sites().any(|site| site.code) {
                true => format!("{remote} as a function value"),
                false => format!("the address of {remote}"),
            };
            return Sentence::plain(format!(
                "data at {address:#x} holds {held}, and nothing tells whose data it is"
            ));
        }
        if self.evidence.package_possible {
            return Sentence::plain(format!(
                "nothing shows whether package {} has code in this binary, and the package of some code cannot be told",
                self.package
            ));
        }
        match self.by_another() {
            Some(first) => {
                let why = self.why_anothers(first);
                Sentence::led_by_other(self.told(first), format!(", which proves nothing: {why}"))
            }
            None => Sentence::plain(format!(
                "references to {remote} exist whose package cannot be told, so {local} can be neither proven nor ruled out"
            )),
        }
    }

    /// Why a reference of a third package says nothing about the local package.
    fn why_anothers(&self, first: &Reference) -> String {
        let claimants = &self.evidence.claimants;
        let mut from = first.frames.iter().filter_map(|frame| frame.package.as_deref());
        match from.find(|from| claimants.iter().any(|one| one == from)) {
            Some(from) => {
                format!("package {} has a directive of its own", printable(from.as_bytes()))
            }
            None => format!(
                "{} may lead there, and so may a function of {}'s own package that was inlined",
                self.local, self.remote
            ),
        }
    }

    /// A reference from a package that is neither the local one nor the remote's.
    fn by_another(&self) -> Option<&Reference> {
        let References::Searched(references) = &self.evidence.references else { return None };
        let target = names::import_path(&self.claim.remote);
        references.iter().find(|found| {
            let from = found.innermost().and_then(|frame| frame.package.as_deref());
            let from = from.map(str::as_bytes);
            from.is_some() && from != target.as_deref() && found.any_doubt().is_none()
        })
    }
}
