//! Which Go version built the program, and do the tables cover it?
//!
//! ```
//! use gonym::golang::version::GoVersion;
//!
//! assert_eq!(GoVersion::parse("go1.26.1").known_minor(), Some(26));
//! assert_eq!(GoVersion::parse("go1.26.1-vendor").known_minor(), None);
//! ```

use crate::rules;

/// The version that the linker recorded, such as `go1.27.3` or `devel go1.28-8c28ab936a`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoVersion {
    /// The recorded text; for a release without the experiments.
    pub text: String,
    /// The experiments that GOEXPERIMENT switched in a release: `arenas,nospinbitmutex`. Mostly empty.
    pub experiments: String,
    /// `27` of `go1.27.3`. For a development version the next release.
    pub minor: Option<u16>,
    /// Whether it is a release of the Go project; false for `devel` and for versions with a vendor's suffix.
    pub release: bool,
}

impl GoVersion {
    /// Reads a recorded version.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        // `go1.25.14 X:arenas` up to 1.25, `go1.26.11-X:arenas` from then on.
        let (whole, experiments) =
            [" X:", "-X:"].iter().find_map(|mark| text.split_once(mark)).unwrap_or((text, ""));
        let word = whole.split(' ').find(|word| word.starts_with("go1"));
        let minor_text = word.and_then(|word| word.strip_prefix("go1."));
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let minor = minor_text.and_then(|text| text.get(..digits(text))?.parse().ok());
        // Any other text after the version is a vendor's.
        let plain = whole.split(' ').skip(1).all(str::is_empty);
        let release = plain && whole.starts_with("go1.") && word.is_some_and(is_release_word);
        let text = if release { word.unwrap_or(text) } else { text };
        let experiments = if release { experiments.trim() } else { "" };
        Self { text: text.to_owned(), experiments: experiments.to_owned(), minor, release }
    }

    /// The minor version, if the tables of [`rules`] cover it.
    ///
    /// Development versions and vendors' forks have none, because their content is unknown.
    #[must_use]
    pub fn known_minor(&self) -> Option<u16> {
        self.minor.filter(|minor| self.release && *minor <= rules::NEWEST_MINOR)
    }
}

/// `go1.27`, `go1.27.3`, `go1.27rc1` and `go1.27beta2` are releases; `go1.27-vendor` is not.
fn is_release_word(word: &str) -> bool {
    let rest = word.strip_prefix("go1.").unwrap_or_default();
    !rest.is_empty()
        && rest.split('.').all(|part| {
            !part.is_empty() && strip_prerelease(part).bytes().all(|b| b.is_ascii_digit())
        })
}

fn strip_prerelease(part: &str) -> String {
    ["rc", "beta"].iter().fold(part.to_owned(), |text, word| text.replacen(word, "", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_known_and_forks_are_not() {
        let known = |text| GoVersion::parse(text).known_minor();
        assert_eq!(known("go1.27.3"), Some(27));
        assert_eq!(known("go1.19"), Some(19));
        assert_eq!(known("go1.22.1 X:rangefunc"), Some(22));
        assert_eq!(known("go1.26.11-X:arenas"), Some(26));
        assert_eq!(known("go1.26-X:nodwarf5"), Some(26));
        assert_eq!(known("go1.26.1-1-X:arenas"), None);
        assert_eq!(known("go1.26rc1"), Some(26));
        assert_eq!(known("go1.22.3-1 X:systemcrypto"), None);
        assert_eq!(known("devel go1.27-8c28ab936a Thu"), None);
        assert_eq!(known("go1.22.10 (Red Hat 1.22.10-1.el9_4)"), None);
        assert_eq!(known("go1.99.0"), None);
        assert_eq!(known(""), None);
    }

    #[test]
    fn a_development_version_keeps_its_text_and_its_number() {
        let version = GoVersion::parse("devel go1.28-8c28ab936a Thu Nov 5");
        assert_eq!(version.text, "devel go1.28-8c28ab936a Thu Nov 5");
        assert_eq!(version.minor, Some(28));
        assert!(!version.release);
        for text in ["go1.22.1 X:rangefunc,arenas", "go1.22.1-X:rangefunc,arenas"] {
            let version = GoVersion::parse(text);
            assert_eq!(
                (version.text, version.experiments),
                ("go1.22.1".into(), "rangefunc,arenas".into())
            );
        }
    }
}
