//! Ways to build a program: the words of testdata/README.md as flags of `go build`.

use std::path::Path;

/// How a program is built, beside its Go and its platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    Plain,
    External,
    Pie,
    PieExternal,
    StaticPie,
    CShared,
    CArchive,
    Plugin,
    Race,
    Asan,
    Cover,
    LinkShared,
    NoOpt,
    Trampolines,
    Trimpath,
    AllTrimpath,
    Vendored,
    Test,
    Profile,
    Big,
}

/// What a mode asks of the build.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// The word of the README.
    pub word: &'static str,
    /// CGO_ENABLED=1, which takes a C compiler.
    pub cgo: bool,
    /// Flags; `$FOLDER` is the module's folder.
    flags: &'static [&'static str],
    /// Flags for the linker.
    pub link: &'static str,
    /// The first minor version that knows it.
    pub since: u16,
    /// Whether an executable comes out.
    pub runs: bool,
}

const PLAIN: Recipe =
    Recipe { word: "plain", cgo: false, flags: &[], link: "", since: 0, runs: true };

impl Mode {
    /// The modes of linux/amd64, beside those that are asked of single programs.
    pub const NATIVE: [Self; 15] = [
        Self::Plain,
        Self::External,
        Self::Pie,
        Self::PieExternal,
        Self::StaticPie,
        Self::CShared,
        Self::CArchive,
        Self::Race,
        Self::Asan,
        Self::Cover,
        Self::NoOpt,
        Self::Trimpath,
        Self::AllTrimpath,
        Self::Vendored,
        Self::Big,
    ];

    /// What it asks.
    pub fn recipe(self) -> Recipe {
        let cgo = Recipe { cgo: true, ..PLAIN };
        match self {
            Self::Plain => PLAIN,
            Self::External => Recipe { word: "external", link: "-linkmode=external", ..cgo },
            Self::Pie => Recipe { word: "pie", flags: &["-buildmode=pie"], ..PLAIN },
            Self::PieExternal => Recipe {
                word: "pie-external",
                flags: &["-buildmode=pie"],
                link: "-linkmode=external",
                ..cgo
            },
            Self::StaticPie => Recipe {
                word: "static-pie",
                flags: &["-buildmode=pie"],
                link: "-linkmode=external -extldflags=-static-pie",
                ..cgo
            },
            Self::CShared => {
                Recipe { word: "c-shared", flags: &["-buildmode=c-shared"], runs: false, ..cgo }
            }
            Self::CArchive => {
                Recipe { word: "c-archive", flags: &["-buildmode=c-archive"], runs: false, ..cgo }
            }
            Self::Plugin => {
                Recipe { word: "plugin", flags: &["-buildmode=plugin"], runs: false, ..cgo }
            }
            Self::Race => Recipe { word: "race", flags: &["-race"], ..cgo },
            Self::Asan => Recipe { word: "asan", flags: &["-asan"], ..cgo },
            // `go build` knows it since 1.20.
            Self::Cover => Recipe { word: "cover", flags: &["-cover"], since: 20, ..PLAIN },
            Self::LinkShared => Recipe { word: "linkshared", flags: &["-linkshared"], ..cgo },
            Self::NoOpt => Recipe { word: "noopt", flags: &["-gcflags=all=-N -l"], ..PLAIN },
            Self::Trampolines => Recipe { word: "tramp", link: "-debugtramp=2", ..PLAIN },
            Self::Trimpath => Recipe { word: "trimpath", flags: &["-trimpath"], ..PLAIN },
            Self::AllTrimpath => Recipe {
                word: "all-trimpath",
                flags: &["-gcflags=all=-trimpath=$FOLDER", "-asmflags=all=-trimpath=$FOLDER"],
                ..PLAIN
            },
            Self::Vendored => Recipe { word: "vendored", flags: &["-mod=vendor"], ..PLAIN },
            Self::Test => Recipe { word: "test", ..PLAIN },
            // Profiles are read since 1.20 and devirtualise functions since 1.22.
            Self::Profile => {
                Recipe { word: "profile", flags: &["-pgo=default.pgo"], since: 22, ..PLAIN }
            }
            Self::Big => Recipe { word: "big", flags: &["-tags=big"], ..PLAIN },
        }
    }

    /// The flags for `go build`, without those for the linker.
    pub fn flags(self, folder: &Path) -> Vec<String> {
        let folder = folder.display().to_string();
        self.recipe().flags.iter().map(|flag| flag.replace("$FOLDER", &folder)).collect()
    }
}
