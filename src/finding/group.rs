//! The groups of the codes, and where Go or gonym defines their subject.

/// A part of the table of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Group {
    /// Comments that are no directive.
    Comment,
    /// Directives that a build leaves out.
    Build,
    /// Directives that the compiler refuses.
    Compiler,
    /// Directives that say something else than was meant.
    Meaning,
    /// Directives whose target is not what they expect.
    Target,
    /// Declarations that differ from the target's.
    Signature,
    /// What stands beside a verdict.
    Beside,
    /// Rules about names that do not hold.
    Rule,
    /// Sources that are missing or doubtful.
    Gap,
    /// What is wrong with an input.
    Fault,
}

impl Group {
    /// All of them, in the table's order.
    pub const ALL: [Self; 10] = [
        Self::Comment,
        Self::Build,
        Self::Compiler,
        Self::Meaning,
        Self::Target,
        Self::Signature,
        Self::Beside,
        Self::Rule,
        Self::Gap,
        Self::Fault,
    ];

    /// A heading for its codes.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Comment => "Comments that are no directive",
            Self::Build => "Directives that this build does not compile",
            Self::Compiler => "Directives that the compiler refuses",
            Self::Meaning => "Directives that say something else than was meant",
            Self::Target => "Directives whose target is not what they expect",
            Self::Signature => "Declarations that differ from the target's",
            Self::Beside => "Notes beside a verdict",
            Self::Rule => "Rules that do not hold",
            Self::Gap => "Sources that are missing or doubtful",
            Self::Fault => "What is wrong with an input",
        }
    }

    /// Where Go or gonym defines the subject of its codes.
    #[must_use]
    pub fn reference(self) -> &'static str {
        match self {
            Self::Comment | Self::Compiler => {
                "cmd/compile/internal/noder/noder.go, pragma; Compiler Directives in the documentation of cmd/compile"
            }
            Self::Build => "go/build, Context.MatchFile; cmd/go, Build constraints",
            Self::Meaning => {
                "cmd/internal/objabi/path.go, PathToPrefix; cmd/link/internal/loader/loader.go"
            }
            Self::Target => {
                "cmd/link/internal/loader/loader.go, checkLinkname (1.23); cmd/link/internal/ld/data.go"
            }
            Self::Signature => "cmd/compile/abi-internal.md",
            Self::Beside => "docs/src/verdicts.md in gonym's repository",
            Self::Rule => "docs/src/commands.md in gonym's repository",
            Self::Gap => "runtime/debug.BuildInfo; cmd/go, Module cache",
            Self::Fault => "docs/src/promises.md in gonym's repository",
        }
    }
}
