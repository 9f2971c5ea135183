//! What does a reference prove?
//!
//! Each rule was held against twins: programs without the directive whose files have the same SHA-256.
//!
//! A direct call or jump names its target in the source of the innermost function at its instruction. A function
//! value that was passed on is called indirectly, inlined or not (1.18 to 1.27, amd64, arm64, 386), unless a profile
//! says which function it is. A function value, and every reference to a variable, may come from any function of the
//! stack, or from an inlined function of any package that returns it.

use crate::linkname::claim::Kind;
use crate::linkname::evidence::How;
use crate::linkname::evidence::{Doubt, Frame, Mentioned, Reference};
use crate::names;
use crate::rules::{Inserter, Insertion};

use super::Proof;
use super::case::Case;

impl Case<'_> {
    /// What `reference` proves about the claim, if anything.
    pub(super) fn proof_of(&self, reference: &Reference) -> Option<Proof> {
        let proven = self.is_alone_in(reference)
            || (self.knows_source()
                && (self.is_named_in(reference) || self.is_of_mains_alone(reference)));
        let proof = if reference.how == How::Funcval { Proof::Funcval } else { Proof::Referenced };
        proven.then_some(proof)
    }

    /// Whether `reference` could not exist without a linkname.
    pub(super) fn proves(&self, reference: &Reference) -> bool {
        self.proof_of(reference).is_some()
    }

    /// Whether source and lines say that this reference to a variable is the directive's own.
    pub(super) fn settles(&self, reference: &Reference) -> bool {
        let alone = self.is_sole() && reference.any_doubt() != Some(Doubt::Assembly);
        alone || reference.frames.iter().enumerate().any(|(at, _)| self.settles_at(reference, at))
    }

    /// Every reference is the local package's, from a line that mentions the local name.
    pub(super) fn all_own_lines(&self) -> bool {
        self.all_references()
            .all(|reference| reference.is_of(self.package()) && self.settles(reference))
    }

    /// A direct call or jump in the local package's source: no other package at the instruction may have named the
    /// remote there.
    fn is_alone_in(&self, reference: &Reference) -> bool {
        let own = reference.innermost().is_some_and(|frame| self.is_locals(frame));
        own && reference.is_branch() && self.is_open(reference)
    }

    /// A reference to something of package main. Its functions are inlined in no other package, so a reference to a
    /// value proves as a call does.
    fn is_of_mains_alone(&self, reference: &Reference) -> bool {
        let other = |frame: &Frame| !self.is_locals(frame) && self.may_bring(frame);
        self.target_package().as_deref() == Some("main")
            && self.is_open(reference)
            && !reference.frames.iter().any(other)
            && reference.frames.iter().any(|frame| frame.mentioned == Mentioned::Nobody)
    }

    /// The local package's source certainly stands at the instruction, and its line is not another directive's. A
    /// reference by any other package would need a linkname too.
    fn is_open(&self, reference: &Reference) -> bool {
        let own = |frame: &&Frame| self.is_locals(frame);
        let certain = reference.frames.iter().filter(own).any(|frame| frame.doubt.is_none());
        let innermost = reference.innermost().is_some_and(|frame| frame.doubt.is_none());
        let own = reference.frames.iter().filter(own);
        let other = own.clone().any(|frame| frame.mentioned == Mentioned::Other);
        let this = own.clone().any(Frame::is_named);
        reference.doubt.is_none()
            && certain
            && innermost
            && (this || !other)
            && (self.needs_linkname() || self.is_beyond_imports(reference))
    }

    /// Source is known, and a line at the instruction names the local name of the directive.
    fn is_named_in(&self, reference: &Reference) -> bool {
        (0..reference.frames.len()).any(|at| self.is_named_at(reference, at))
    }

    /// Whether the line of frame `at` names the directive's local name, in a package that may use it.
    ///
    /// Other packages call a handle with an exported name, and the handle's own package may leave no code. An inlined
    /// function of the remote's package leaves the same bytes, and so does another package's handle for the same
    /// function. Only a line that names this handle tells them apart.
    fn is_named_at(&self, reference: &Reference, at: usize) -> bool {
        let Some(frame) = reference.frames.get(at) else { return false };
        let by_handle = || {
            names::is_exported(&self.claim.local)
                && frame.package.as_deref() != self.target_package().as_deref()
                && !self.is_claimants(frame)
                && frame.doubt.is_none()
                && reference.doubt.is_none()
                && (self.needs_linkname() || self.is_written(reference, at))
        };
        let allowed = self.is_locals(frame) || frame.mentioned == Mentioned::Called || by_handle();
        allowed && self.settles_at(reference, at)
    }

    /// The compiler inserts calls of this function by itself, but not this reference. It inserts calls only and never
    /// takes the function's value in code, and a line that calls the local name itself leaves a call of its own.
    fn is_written(&self, reference: &Reference, at: usize) -> bool {
        let called = at == 0 && reference.frames.first().is_some_and(|frame| frame.called);
        let kind = match reference.how {
            How::Funcval => true,
            How::Call => called,
            How::Jump | How::Address | How::Load | How::Store => false,
        };
        kind && self.evidence.insertion == Insertion::Inserted(Inserter::Compiler)
            && self.claim.kind == Kind::Func
            && self.needs_other_than_insertion()
    }

    /// Whether the line of frame `at` decides which package the reference belongs to.
    ///
    /// The innermost frame has the line of the instruction itself. A frame further out handed the value to the
    /// functions that were inlined there, so those must have no way of their own to the remote. A package with its
    /// own directive, whose function takes the local name as an argument and ignores it, leaves the same file.
    fn settles_at(&self, reference: &Reference, at: usize) -> bool {
        let Some(frame) = reference.frames.get(at) else { return false };
        if frame.package.is_none()
            || matches!(frame.doubt, Some(Doubt::Assembly | Doubt::Generated))
        {
            return false;
        }
        let others = || {
            let others = reference.frames.iter().filter(|other| !self.is_locals(other));
            others.filter(|other| other.package != frame.package)
        };
        let insertion = self.evidence.insertion;
        let inserted = matches!(insertion, Insertion::Inserted(_));
        let certain = reference.doubt.is_none()
            && (insertion == Insertion::NotInserted || self.is_written(reference, at))
            && frame.doubt.is_none();
        match frame.mentioned {
            // What an inlined function returns is called through a register; if its address is known, by a direct
            // call.
            Mentioned::Shared if !reference.is_branch() => false,
            Mentioned::This | Mentioned::Shared if at == 0 => {
                (reference.is_branch() && (!inserted || frame.called))
                    || !others().any(|other| self.is_claimants(other))
            }
            Mentioned::This | Mentioned::Shared if reference.is_branch() => {
                certain && !others().any(|other| self.may_name(other))
            }
            Mentioned::This | Mentioned::Shared => {
                certain && !others().any(|other| self.may_bring(other))
            }
            Mentioned::Called => certain,
            Mentioned::Unknown | Mentioned::Other | Mentioned::Nobody => false,
        }
    }
}
