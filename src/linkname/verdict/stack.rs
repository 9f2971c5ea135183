//! Whose is a reference, when several functions stand at its instruction?
//!
//! Questions only. A reference belongs to every frame of its inline stack: each of their packages may have brought
//! the remote there, by its own name for it or by a value that it passed on. A direct call alone is known to be the
//! innermost one's.

use crate::linkname::claim::Directive;
use crate::linkname::evidence::{Access, Doubt, Frame, Mentioned, Reference};
use crate::names;
use crate::rules;

use super::case::Case;

impl<'a> Case<'a> {
    /// References with code of the local package in their stack, but for those whose line belongs to another
    /// directive of the package, and for what an inlined function of another package calls by a name of its own.
    pub(super) fn own_references(&self) -> impl Iterator<Item = &'a Reference> {
        let (package, target) = (self.package(), self.target_package());
        let unnamed = self.directive().is_some_and(Directive::is_mark);
        let case = self.again();
        self.all_references().filter(move |reference| {
            let owners = target.as_ref().is_some_and(|target| reference.is_of(target));
            // What the owner inlined there is not the local name's, where nothing in the source uses that.
            let owners = owners && target.as_deref() != Some(package) && unnamed;
            reference.is_of(package)
                && !owners
                && !is_of_other(package, reference)
                && !is_called_by_other(package, reference)
                && !case.is_anothers(reference)
        })
    }

    /// Whether an inlined function of the remote's package left the reference, by what source says: nothing uses the
    /// local name, and the statement uses that package. A call is none of those: it names its target.
    fn is_anothers(&self, reference: &Reference) -> bool {
        let Some(said) = self.directive().filter(|_| !reference.is_branch()) else { return false };
        let mut own = reference.frames.iter().filter(|frame| self.is_locals(frame));
        own.any(|frame| {
            frame.file.as_deref().is_some_and(|file| said.is_anothers(file, frame.line))
        })
    }

    /// References that the remote's own package made: no other one of the stack may have brought the remote there.
    pub(super) fn owner_references(&self) -> impl Iterator<Item = &'a Reference> {
        let target = self.target_package();
        let case = self.again();
        self.all_references().filter(move |reference| {
            let Some(target) = target.as_deref().filter(|target| reference.is_of(target)) else {
                return false;
            };
            let others =
                || reference.frames.iter().filter(|frame| frame.package.as_deref() != Some(target));
            let local = target != case.package() && reference.is_of(case.package());
            !local && !others().any(|frame| case.may_bring(frame))
        })
    }

    /// References from code of third packages alone, or of nobody knows whom.
    pub(super) fn third_references(&self) -> impl Iterator<Item = &'a Reference> {
        let target = self.target_package();
        let package = self.package();
        self.all_references().filter(move |reference| {
            let owners = target.as_ref().is_some_and(|target| reference.is_of(target));
            !reference.is_of(package) && (!owners || is_of_nobody(reference))
        })
    }

    /// References that the directive accounts for: the local package's own, and those of whoever uses its
    /// exported handle, or calls the only functions that use it, where the directive is known from source.
    pub(super) fn uses(&self) -> impl Iterator<Item = &'a Reference> {
        let handle = self.knows_source() && names::is_exported(&self.claim.local);
        let sole = self.is_sole();
        let case = self.again();
        let by_handle = self.third_references().filter(move |reference| {
            if sole && reference.any_doubt() != Some(Doubt::Assembly) {
                return true;
            }
            let used = |frame: &Frame| frame.package.is_some() && !case.is_claimants(frame);
            let called = |frame: &Frame| frame.mentioned == Mentioned::Called;
            (handle && reference.frames.iter().any(used)) || reference.frames.iter().any(called)
        });
        self.own_references().chain(by_handle)
    }

    /// No other directive names a remote without a package: whatever code of Go refers to it does so by this one.
    pub(super) fn is_sole(&self) -> bool {
        self.evidence.never_imported
            && self.target_package().is_none()
            && self.evidence.claimants.is_empty()
            && self.knows_source()
    }

    /// Code of a package may refer to the remote that no claim on it is about, or code of nobody knows whom.
    pub(super) fn has_strangers(&self) -> bool {
        let known = |frame: &Frame| {
            self.is_locals(frame) || self.is_claimants(frame) && !self.is_owners(frame)
        };
        self.all_references().any(|reference| {
            !reference.frames.iter().any(known)
                || reference.frames.iter().any(|frame| !known(frame) && self.may_bring(frame))
        })
    }

    /// References that a function of the local package may have left where it was inlined without a frame of its
    /// own. Nobody imports package main, so its functions are inlined nowhere else.
    pub(super) fn passed_on(&self) -> impl Iterator<Item = &'a Reference> {
        let main = self.package() == "main";
        let case = self.again();
        // A folder that is in doubt may be the local package's also where code of the owner stands around it: an
        // external test that calls a package of a module that is not recorded (1.24 to 1.26; tests/generated found it).
        let around = self.all_references().filter(|reference| {
            !reference.is_of(case.package())
                && case.target_package().is_some_and(|target| reference.is_of(&target))
                && is_in_doubt(reference)
        });
        let around: Vec<&Reference> = around.collect();
        self.third_references().chain(around).filter(move |reference| {
            // A package that does not import the local one holds none of its functions, if the code is that
            // package's at all: a function of an external test stands in the folder of the package it tests. Of
            // those with a directive of their own on the remote nothing else is believed.
            let holds = |frame: &Frame| match frame.imports_local {
                _ if frame.doubt == Some(Doubt::Attribution) => true,
                Some(imports) => imports,
                None => !(case.knows_source() && case.is_claimants(frame)),
            };
            match main {
                true => is_of_nobody(reference),
                false => reference.frames.iter().any(holds),
            }
        })
    }

    /// Code or data of the local package may refer to the remote: its own references, those that one of its
    /// functions may have left where it was inlined, and words of nobody knows whose data.
    pub(super) fn may_refer(&self) -> bool {
        self.own_references().next().is_some()
            || self.passed_on().any(|reference| !reference.is_branch())
            || !self.evidence.tables.is_empty()
    }

    /// Code beside the local package's may refer to the remote.
    pub(super) fn is_used_outside(&self, reference: &Reference) -> bool {
        reference.frames.iter().any(|frame| !self.is_locals(frame) && self.may_name(frame))
    }

    /// The frame is certainly the local package's source.
    pub(super) fn is_locals(&self, frame: &Frame) -> bool {
        frame.package.as_deref() == Some(self.package())
    }

    fn is_owners(&self, frame: &Frame) -> bool {
        frame.package.is_some() && frame.package.as_deref() == self.target_package().as_deref()
    }

    /// Another claim about the remote is the frame's package's.
    pub(super) fn is_claimants(&self, frame: &Frame) -> bool {
        let claimants = &self.evidence.claimants;
        frame.package.as_deref().is_some_and(|package| claimants.iter().any(|one| one == package))
    }

    /// Code of another package with a directive of its own on the remote refers to it.
    pub(super) fn is_used_by_claimants(&self) -> bool {
        let mut frames = self.all_references().flat_map(|reference| &reference.frames);
        frames.any(|frame| !self.is_locals(frame) && self.is_claimants(frame))
    }

    /// Whether the source of the frame's package may name the remote, by a directive of its own or another way.
    ///
    /// What a third package's source names is known where it was read. Of Go's own packages a table knows all
    /// directives, and they import nobody else's.
    pub(super) fn may_name(&self, frame: &Frame) -> bool {
        let Some(package) = &frame.package else { return true };
        if frame.doubt == Some(Doubt::Attribution)
            || self.is_owners(frame)
            || self.is_claimants(frame)
        {
            return true;
        }
        match frame.access {
            Access::Names => true,
            Access::Free | Access::Imports => false,
            Access::Unknown => rules::may_name(package, &self.claim.remote),
        }
    }

    /// Whether the frame's package may have brought the remote there: by naming it, or by a function of another
    /// package whose body is one expression, which leaves no frame.
    pub(super) fn may_bring(&self, frame: &Frame) -> bool {
        if self.may_name(frame) {
            return true;
        }
        match frame.access {
            Access::Names | Access::Imports => true,
            Access::Free => false,
            Access::Unknown => {
                let standard = |package: &String| rules::is_standard(package);
                self.target_package().is_none_or(|target| standard(&target))
            }
        }
    }

    /// The same questions, for iterators that outlive this value.
    fn again(&self) -> Case<'a> {
        Case { claim: self.claim, evidence: self.evidence }
    }
}

/// File and name of some frame disagree about its package.
pub(super) fn is_in_doubt(reference: &Reference) -> bool {
    reference.frames.iter().any(|frame| frame.doubt == Some(Doubt::Attribution))
}

/// Some frame is of nobody knows which package.
pub(super) fn is_of_nobody(reference: &Reference) -> bool {
    reference.frames.iter().any(|frame| frame.package.is_none())
}

/// A line of `package` names the local name of another directive of it, and none this one's.
fn is_of_other(package: &str, reference: &Reference) -> bool {
    let own = |frame: &&Frame| frame.package.as_deref() == Some(package);
    let has = |wanted| reference.frames.iter().filter(own).any(|frame| frame.mentioned == wanted);
    has(Mentioned::Other) && !has(Mentioned::This) && !has(Mentioned::Shared)
}

/// A direct call that certainly stands in another package's source, on no line that got the local name handed.
fn is_called_by_other(package: &str, reference: &Reference) -> bool {
    let innermost = reference.innermost();
    let other = innermost.is_some_and(|frame| {
        frame.doubt.is_none() && frame.package.as_deref().is_some_and(|other| other != package)
    });
    let named = reference.frames.iter().any(Frame::is_named);
    reference.is_branch() && reference.doubt != Some(Doubt::Devirtualised) && other && !named
}
