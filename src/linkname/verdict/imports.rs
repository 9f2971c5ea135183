//! Which packages could use an exported name without a linkname?
//!
//! A direct call of a function whose package the caller may not import needs a directive. A method does not: any package can call it directly with `dep.New().Do()`.

use crate::linkname::evidence::How;
use crate::linkname::evidence::{Frame, Reference};
use crate::names;

use super::case::Case;
use crate::linkname::importable::may_import;

impl Case<'_> {
    /// A direct call of a package-level function with an exported name, where no package of the inline stack may
    /// import the function's package.
    pub(super) fn is_beyond_imports(&self, reference: &Reference) -> bool {
        let function = !names::within_package(&self.claim.remote).contains(&b'.');
        let barred = |frame: &Frame| {
            let package = frame.package.as_deref();
            package.is_some_and(|package| !self.may_import_target(package))
        };
        function
            && matches!(reference.how, How::Call | How::Jump)
            && self.is_anothers_own()
            && reference.frames.iter().all(barred)
    }

    /// Whether the rules about imports let `package` import the remote's package.
    fn may_import_target(&self, package: &str) -> bool {
        let main = self.evidence.main_path.as_deref();
        self.target_package().is_none_or(|target| may_import(package, &target, main))
    }
}
