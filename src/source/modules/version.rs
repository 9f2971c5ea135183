//! Which of two module versions is the newer one?
//!
//! Semantic versions as golang.org/x/mod/semver orders them; pseudo-versions are ordinary pre-releases.

use std::cmp::Ordering;

/// Orders two versions; text that is no version comes before every version.
#[must_use]
pub fn compare_versions(one: &str, other: &str) -> Ordering {
    Version::parse(one).cmp(&Version::parse(other))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Version<'a> {
    numbers: [u64; 3],
    prerelease: Prerelease<'a>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Prerelease<'a> {
    Before(Vec<Identifier<'a>>),
    Release,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'a> {
    // More digits mean a larger number; leading zeros are not allowed.
    Number(usize, &'a str),
    Word(&'a str),
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v')?.split('+').next()?;
        let (numbers, prerelease) = match text.split_once('-') {
            Some((numbers, identifiers)) => {
                (numbers, Prerelease::Before(identifiers.split('.').map(identifier).collect()))
            }
            None => (text, Prerelease::Release),
        };
        // v1 and v1.2 mean v1.0.0 and v1.2.0.
        let mut parts = numbers.split('.');
        let mut number = |first: bool| match parts.next() {
            Some(text) => text.parse().ok(),
            None => (!first).then_some(0),
        };
        let numbers = [number(true)?, number(false)?, number(false)?];
        parts.next().is_none().then_some(Self { numbers, prerelease })
    }
}

fn identifier(text: &str) -> Identifier<'_> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Identifier::Number(text.len(), text)
    } else {
        Identifier::Word(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order that semver.org gives, and pseudo-versions between their neighbours.
    #[test]
    fn versions_are_ordered() {
        let ordered = [
            "(devel)",
            "v0.0.0-20191109021931-daa7c04131f5",
            "v0.1.0",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.2.2",
            "v1.2.3-0.20191109021931-daa7c04131f5",
            "v1.2.3",
            "v1.10.0+incompatible",
        ];
        for pair in ordered.windows(2) {
            assert_eq!(compare_versions(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(compare_versions("v1.2.0+a", "v1.2.0"), Ordering::Equal);
    }
}
