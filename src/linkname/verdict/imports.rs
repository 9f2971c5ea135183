//! Which packages could use an exported name without a linkname?
//!
//! No package imports main. A package below `internal` is only for packages below the folder that holds `internal`
//! (cmd/go/internal/load/pkg.go, disallowInternal). So a direct call of such a function from anywhere else needs a
//! directive. A method does not: any package can call it directly with `dep.New().Do()`.

use crate::linkname::evidence::How;
use crate::linkname::evidence::{Frame, Reference};
use crate::names;

use super::case::Case;

/// The name of a program that was built from a list of files. Its files may lie anywhere.
const FILES: &str = "command-line-arguments";

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
        // The external test of a folder has the folder's import path with `_test`.
        let importer = importer.strip_suffix("_test").unwrap_or(importer);
        let below = importer.strip_prefix(above);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
