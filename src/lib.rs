//! Did this `go:linkname` take effect in this binary, and how do you know?
//!
//! A linkname's local name never reaches the symbol table, so its effect is proven by what else it
//! leaves: a call that nothing but a linkname allows, a function whose name says another package
//! than its source file, a body under a name that should have none.
//!
//! The way through the folders, each of which sees only those before it (a test holds that):
//!
//! - [`input`]: where the bytes come from: files, and the containers in them.
//! - [`image`]: one executable as the loader sees it: sections, symbols, relocations, imports.
//! - [`golang`]: what Go itself wrote into it: build information, functions, inline trees, and
//!   which package owns a source folder.
//! - [`names`]: the grammar of Go's symbol names; free to all.
//! - [`finding`]: the table of everything that is told beside a verdict; free to all.
//! - [`rules`]: what each Go version does by itself; free to all.
//! - [`source`]: Go source: which files one build selects, where they lie, what they say about
//!   directives; it knows no binary.
//! - [`symbols`]: the symbol table as a person reads it: letters, sizes, names at one address.
//! - [`code`]: who refers to which address.
//! - [`binary`]: all of that for one executable, each part read on first use; what stands at an address, where a name
//!   stands ([`binary::lookup`]), and the facts that head every report.
//! - [`linkname`]: the heart: a claim, the evidence about it, the verdict.
//! - [`policy`]: names that must or must not be there.
//! - [`request`]: what is asked of a binary.
//! - [`check`]: the engine: all of it judged, complete, with what the exit code says.
//! - [`scan`]: the engine for sources alone: every directive, and what is wrong with it.
//! - [`outcome`]: what a run comes to; free to all.
//! - [`report`]: what was found, as text and JSON.
//! - `cli`: one file per subcommand.
//!
//! ```no_run
//! use gonym::binary::Binary;
//! use gonym::linkname::{claim::Claim, evidence::gather, verdict::judge};
//!
//! let claim = Claim::parse_pair("main.runtimeNano=runtime.nanotime")?;
//! for binary in Binary::open("app".as_ref())?.binaries {
//!     for evidence in gather(&binary, std::slice::from_ref(&claim)) {
//!         let verdict = judge(&claim, &evidence);
//!         println!("{} ({})", verdict.word(), verdict.reason());
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

pub mod binary;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod code;
pub mod dwarf;
pub mod error;
pub mod finding;
pub mod golang;
pub mod image;
pub mod input;
pub mod linkname;
pub mod names;
pub mod outcome;
pub mod policy;
pub mod printable;
pub mod report;
pub mod request;
pub mod rules;
pub mod scan;
pub mod source;
pub mod symbols;
pub mod types;

/// The example of the book compiles.
#[cfg(doctest)]
#[doc = include_str!("../docs/src/library.md")]
struct Book;
