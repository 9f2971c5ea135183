//! Which Go version compiles a folder, if the user does not say?

use std::path::Path;

use crate::rules;
use crate::source::modules::{Goroot, Places, module_above};

/// The version of the Go tree that the folder is part of. Else the version that GOTOOLCHAIN names, or that of the
/// first installation found, but at least the one that go.mod asks for.
pub(super) fn at_hand(folder: &Path, places: &Places) -> u16 {
    if let Some(minor) = folder.ancestors().find_map(Goroot::at).and_then(|own| own.minor()) {
        return minor;
    }
    let named = places.setting("GOTOOLCHAIN").and_then(minor_of);
    let installed = || places.goroots().iter().find_map(|root| Goroot::at(root))?.minor();
    let minor = named.or_else(installed).unwrap_or(rules::NEWEST_MINOR);
    let text = module_above(folder, "go.mod").map(|(root, _)| root.join("go.mod"));
    let text = text.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let asked = text.lines().filter_map(|line| minor_of(line.trim().strip_prefix("go ")?)).max();
    asked.map_or(minor, |asked| asked.max(minor))
}

/// `27` of `1.27`, `go1.27.3`.
#[must_use]
pub fn minor_of(text: &str) -> Option<u16> {
    let rest = text.trim().trim_start_matches("go").strip_prefix("1.")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::minor_of;

    #[test]
    fn a_version_is_read_with_and_without_its_prefix() {
        assert_eq!(["1.27", "go1.27.3", "1.25rc1"].map(minor_of), [Some(27), Some(27), Some(25)]);
        assert_eq!(["2.0", "seven", "1.", ""].map(minor_of), [None; 4]);
    }
}
