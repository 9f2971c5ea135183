//! Which package may import which, so that an exported name needs no linkname?
//!
//! No package imports main. A package below `internal` is only for packages below the folder that holds `internal`
//! (cmd/go/internal/load/pkg.go, disallowInternal).

use crate::names;
use crate::rules;

/// The name of a program that was built from a list of files. Its files may lie anywhere.
const FILES: &str = "command-line-arguments";

/// Whether the rules about imports let `package` import `target`. `main` is the import path of package main; where it
/// is not recorded, anybody may import anything, as in builds of other builders.
pub(super) fn may_import(package: &str, target: &str, main: Option<&str>) -> bool {
    let Some(main) = main else { return true };
    let importer = if package == "main" { main } else { package };
    if package == target || importer == FILES {
        return true;
    }
    if target == "main" {
        return false;
    }
    let Some(above) = names::internal_to(target) else { return true };
    if above.is_empty() {
        return rules::is_standard(importer);
    }
    // The external test of a folder has the folder's import path with `_test`.
    let importer = importer.strip_suffix("_test").unwrap_or(importer);
    let below = importer.strip_prefix(above);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_packages_are_for_what_is_below_their_folder() {
        let main = Some("example.com/app/cmd/x");
        assert!(may_import("main", "example.com/app/internal/a", main));
        assert!(may_import("example.com/app_test", "example.com/app/internal/a", main));
        assert!(!may_import("main", "example.com/dep/internal/a", main));
        assert!(may_import("main", "example.com/dep/internal/a", None));
        assert!(!may_import("example.com/dep", "main", main));
        assert!(!may_import("example.com/dep", "internal/abi", main));
        assert!(may_import("os", "internal/abi", main));
    }
}
