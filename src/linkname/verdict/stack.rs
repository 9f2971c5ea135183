//! Which package does a reference belong to, when several functions stand at its instruction?
//!
//! Nothing here decides. A reference belongs to every frame of its inline stack: each package of the stack may have
//! brought the remote there, by a name of its own or by a value that it passed on. Only of a direct call is it known
//! that the innermost frame made it.

use crate::linkname::claim::Said;
use crate::linkname::evidence::{Access, Doubt, Frame, Mentioned, Reference};
use crate::names;
use crate::rules;

use super::case::Case;

impl<'a> Case<'a> {
    /// References with a frame of the local package. Left out are those whose line belongs to another directive of
    /// the package, and those that an inlined function of another package makes by a name of its own.
    pub(super) fn own_references(&self) -> impl Iterator<Item = &'a Reference> {
        let (package, target) = (self.package(), self.target_package());
        let unnamed = self.directive().is_some_and(Said::is_mark);
        let case = self.again();
        self.all_references().filter(move |reference| {
            let owners = target.as_ref().is_some_and(|target| reference.is_of(target));
            // The owner's function was inlined there. If no source uses the local name, the reference is the owner's.
            let owners = owners && target.as_deref() != Some(package) && unnamed;
            reference.is_of(package)
                && !owners
                && !is_of_other(package, reference)
                && !is_called_by_other(package, reference)
                && !case.is_anothers(reference)
        })
    }

    /// Whether source says that an inlined function of the remote's package left the reference: nothing uses the
    /// local name, and the statement uses that package. A call never counts, because it names its target.
    fn is_anothers(&self, reference: &Reference) -> bool {
        let Some(said) = self.directive().filter(|_| !reference.is_branch()) else { return false };
        let mut own = reference.frames.iter().filter(|frame| self.is_locals(frame));
        own.any(|frame| {
            frame.file.as_deref().is_some_and(|file| said.is_anothers(file, frame.line))
        })
    }

    /// References that the remote's own package made: no other package of the stack may have brought the remote
    /// there.
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

    /// References with frames of third packages only, or with a frame whose package is unknown.
    pub(super) fn third_references(&self) -> impl Iterator<Item = &'a Reference> {
        let target = self.target_package();
        let package = self.package();
        self.all_references().filter(move |reference| {
            let owners = target.as_ref().is_some_and(|target| reference.is_of(target));
            !reference.is_of(package) && (!owners || is_of_nobody(reference))
        })
    }

    /// References that the directive explains: those of the local package and, where source is known, those of
    /// packages that use its exported handle or call the only functions that use it.
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

    /// The remote's name has no package, and no other directive names it: every reference from Go code comes from
    /// this directive.
    pub(super) fn is_sole(&self) -> bool {
        self.evidence.never_imported
            && self.target_package().is_none()
            && self.evidence.claimants.is_empty()
            && self.knows_source()
    }

    /// A package without a claim on the remote may refer to it, or code of an unknown package may.
    pub(super) fn has_strangers(&self) -> bool {
        let known = |frame: &Frame| {
            self.is_locals(frame) || self.is_claimants(frame) && !self.is_owners(frame)
        };
        self.all_references().any(|reference| {
            !reference.frames.iter().any(known)
                || reference.frames.iter().any(|frame| !known(frame) && self.may_bring(frame))
        })
    }

    /// References that a function of the local package may have left where it was inlined without a frame of its own.
    /// Package main has none: nobody imports it, so its functions are inlined in no other package.
    pub(super) fn passed_on(&self) -> impl Iterator<Item = &'a Reference> {
        let main = self.package() == "main";
        let case = self.again();
        // Code in a doubtful folder may be the local package's even inside a frame of the owner: an external test
        // that calls a package of a module that is not recorded (1.24 to 1.26; tests/generated found it).
        let around = self.all_references().filter(|reference| {
            !reference.is_of(case.package())
                && case.target_package().is_some_and(|target| reference.is_of(&target))
                && is_in_doubt(reference)
        });
        let around: Vec<&Reference> = around.collect();
        self.third_references().chain(around).filter(move |reference| {
            // A package that does not import the local package holds none of its functions, if the code is that
            // package's at all: a function of an external test stands in the folder of the package that it tests. If
            // a package has its own directive on the remote and its imports are unknown, the reference counts as its
            // own.
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

    /// Code or data of the local package may refer to the remote: its own references, those that its inlined
    /// functions may have left, and words of data that nobody is known to own.
    pub(super) fn may_refer(&self) -> bool {
        self.own_references().next().is_some()
            || self.passed_on().any(|reference| !reference.is_branch())
            || !self.evidence.tables.is_empty()
    }

    /// Code outside the local package may refer to the remote.
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

    /// Another claim names the same remote, and its local package is the frame's package.
    pub(super) fn is_claimants(&self, frame: &Frame) -> bool {
        let claimants = &self.evidence.claimants;
        frame.package.as_deref().is_some_and(|package| claimants.iter().any(|one| one == package))
    }

    /// Another package with its own directive on the remote refers to it.
    pub(super) fn is_used_by_claimants(&self) -> bool {
        let mut frames = self.all_references().flat_map(|reference| &reference.frames);
        frames.any(|frame| !self.is_locals(frame) && self.is_claimants(frame))
    }

    /// Whether the source of the frame's package may name the remote, by its own directive or in another way.
    ///
    /// Where a third package's source was read, it says what the package names. For Go's own packages a table lists
    /// all directives, and they import no packages but Go's.
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

    /// Whether the frame's package may have brought the remote there: by naming it, or by calling a function of
    /// another package whose body is one expression, which leaves no frame.
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

    /// A copy of this value, for iterators that outlive it.
    fn again(&self) -> Case<'a> {
        Case { claim: self.claim, evidence: self.evidence }
    }
}

/// Some frame's file and name disagree about its package.
pub(super) fn is_in_doubt(reference: &Reference) -> bool {
    reference.frames.iter().any(|frame| frame.doubt == Some(Doubt::Attribution))
}

/// The package of some frame is unknown.
pub(super) fn is_of_nobody(reference: &Reference) -> bool {
    reference.frames.iter().any(|frame| frame.package.is_none())
}

/// A line of `package` names the local name of another directive of the package, and no line names this directive's.
fn is_of_other(package: &str, reference: &Reference) -> bool {
    let own = |frame: &&Frame| frame.package.as_deref() == Some(package);
    let has = |wanted| reference.frames.iter().filter(own).any(|frame| frame.mentioned == wanted);
    has(Mentioned::Other) && !has(Mentioned::This) && !has(Mentioned::Shared)
}

/// A direct call that certainly stands in another package's source, and no line passes the local name there.
fn is_called_by_other(package: &str, reference: &Reference) -> bool {
    let innermost = reference.innermost();
    let other = innermost.is_some_and(|frame| {
        frame.doubt.is_none() && frame.package.as_deref().is_some_and(|other| other != package)
    });
    let named = reference.frames.iter().any(Frame::is_named);
    reference.is_branch() && reference.doubt != Some(Doubt::Devirtualised) && other && !named
}
