//! Where the sources of a build lie: every way that a Go build finds its packages.
//!
//! Each case lays out a tree, and modules in a proxy of files; a real Go builds it. `gonym check`, run
//! without a PATH, must name exactly the directives that `go list -deps` with the same flags, go/parser and the
//! assembler know (`common::compiled`), at their places: a directive out of another version, another
//! copy or another platform's file would be surplus. What is missing must be said, in the given words.
//! `GONYM_SOURCE=full` builds the trimmed cases with every version, too.

#[path = "../common/mod.rs"]
mod common;

/// A program that pulls on its own and calls one package.
macro_rules! app {
    ($import:literal, $call:literal) => {
        concat!(
            "\npackage main\n\nimport (\n\t_ \"unsafe\"\n\n\t\"",
            $import,
            "\"\n)\n\n//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\n",
            "//go:linkname began main.began\nvar began int64\n\n",
            "func main() { println(nanotime() > began, ",
            $call,
            "() > 0) }\n"
        )
    };
}

mod builds;
mod case;
mod modules;
mod place;
mod trees;
mod unrecorded;

/// A package with a pull of its own.
const LIB: &str = "\npackage lib\n\nimport _ \"unsafe\"\n\n//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\n\
                   //go:linkname stamp\nvar stamp int64\n\nfunc Now() int64 { return nanotime() + stamp }\n";
/// Like it, and not to be found: another line, another name.
const DECOY: &str = "\n\npackage lib\n\nimport _ \"unsafe\"\n\n//go:linkname decoy runtime.nanotime\nfunc decoy() int64\n\n\
                     func Now() int64 { return decoy() }\n";
