//! Why a claim is unused, or leaves no trace in any binary.

use super::Subject;
use crate::linkname::claim::Form;
use crate::linkname::evidence::SiteSource;
use crate::linkname::verdict::{NoTrace, Unused};
use crate::printable::printable;

impl Subject<'_> {
    pub(super) fn unused(&self, reason: Unused) -> String {
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

    pub(super) fn no_trace(&self, reason: NoTrace) -> String {
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
}
