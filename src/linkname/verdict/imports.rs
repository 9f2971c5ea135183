//! Who could say an exported name without a linkname?
//!
//! Nobody imports package main, and a package below `internal` is for those below the folder that holds it
//! (cmd/go/internal/load/pkg.go, disallowInternal). A call of such a function from anywhere else has no other way
//! than a directive. Methods have one: `dep.New().Do()` calls them directly wherever it stands.

use crate::linkname::evidence::How;
use crate::linkname::evidence::{Frame, Reference};
use crate::names;

use super::case::Case;

/// What a program is called that was built from files: it may stand anywhere.
const FILES: &str = "command-line-arguments";

impl Case<'_> {
    /// A direct call of a package-level function with an exported name at which no package stands that may import
    /// its own.
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

    /// Whether the rules of imports let `package` import the remote's.
    fn may_import_target(&self, package: &str) -> bool {
        let (Some(main), Some(target)) = (&self.evidence.main_path, self.target_package()) else {
            return true;
        };
        let importer = if package == "main" { main } else { package };
        if package == target || importer == FILES {
            return true;
        }
        if target == "main" {
            return false;
        }
        let Some(above) = names::internal_to(&target) else { return true };
        if above.is_empty() {
            return crate::rules::is_standard(importer);
        }
        // External tests of the folder's own package are called so.
        let importer = importer.strip_suffix("_test").unwrap_or(importer);
        let below = importer.strip_prefix(above);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
