//! What sorts of changes are there, and what are they called?

/// A sort of change. Their order is that of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// The version of Go.
    Go,
    /// A setting of the build.
    Setting,
    /// A module.
    Module,
    /// A library that the loader must find.
    Library,
    /// A linkname that only one file betrays.
    Linkname,
    /// The verdict on a linkname that both betray, or on a pair.
    Verdict,
    /// A group of names at one address.
    Alias,
    /// A symbol that only one file has.
    Symbol,
    /// The size of a symbol.
    Size,
    /// The address of a symbol.
    Address,
}

impl Kind {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::Go,
        Self::Setting,
        Self::Module,
        Self::Library,
        Self::Linkname,
        Self::Verdict,
        Self::Alias,
        Self::Symbol,
        Self::Size,
        Self::Address,
    ];

    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Setting => "setting",
            Self::Module => "module",
            Self::Library => "library",
            Self::Linkname => "linkname",
            Self::Verdict => "verdict",
            Self::Alias => "alias",
            Self::Symbol => "symbol",
            Self::Size => "size",
            Self::Address => "address",
        }
    }

    /// The word for several of them.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Go => "versions of Go",
            Self::Setting => "settings",
            Self::Module => "modules",
            Self::Library => "libraries",
            Self::Linkname => "linknames",
            Self::Verdict => "verdicts",
            Self::Alias => "aliases",
            Self::Symbol => "symbols",
            Self::Size => "sizes",
            Self::Address => "addresses",
        }
    }

    /// The kind that `word` means, singular or plural.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| word == kind.word() || word == kind.plural())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_and_plural_are_understood() {
        assert_eq!(Kind::of("linknames"), Kind::of("linkname"));
        assert_eq!(Kind::of("aliases"), Some(Kind::Alias));
        assert_eq!(Kind::of("go"), Some(Kind::Go));
        assert_eq!(Kind::of("symbolss"), None);
        assert!(Kind::ALL.is_sorted());
    }
}
