//! Did this `go:linkname` take effect in this binary, and how do you know?
//!
//! `//go:linkname f runtime.nanotime` lets a package use another package's function or variable that is not exported.
//! The local name `f` never reaches the symbol table. So gonym proves the effect by what else a linkname leaves: a
//! call that only a linkname allows, a function whose name and source file belong to different packages, a body under
//! a name that should have none.
//!
//! ```no_run
//! use gonym::{Binary, Claim, Request, check};
//!
//! let pairs = vec![Claim::parse_pair("main.runtimeNano=runtime.nanotime")?];
//! let request = Request { pairs, ..Request::default() };
//! for binary in Binary::open("app".as_ref())?.binaries {
//!     for judged in check(&binary, &request).judged {
//!         println!("{} ({})", judged.verdict.word(), judged.verdict.reason());
//!     }
//! }
//! # Ok::<(), gonym::Error>(())
//! ```
//!
//! # Words
//!
//! - **local**, **remote**: the two names of a directive. The local name is declared in the directive's package; the
//!   remote is the symbol that the directive links it to.
//! - **pull**: a directive that uses a function or variable of another package.
//! - **push**: a directive that publishes a body or value of its own package under another name.
//! - **mark**: a directive with one argument, which permits other packages to pull the name.
//! - **owner**: the package that the remote's name belongs to.
//! - **claim**: the statement that a linkname is in effect. It comes from a directive in source, or from a pair
//!   `LOCAL=REMOTE` of names.
//! - **witness**: a part of the file that tells about names, such as the symbol table, the function table or DWARF. A
//!   name counts as absent only if the witness was read whole.
//! - **evidence**: everything that the witnesses tell about one claim.
//! - **verdict**: the answer to a claim, with its reason: `in-effect`, `not-in-effect`, `unused`, `no-trace` or
//!   `unproven`.
//! - **unit**: a compilation unit, the output of one run of the compiler. For Go it is a package.
//! - **frame**: one function at an instruction. If functions were inlined there, an instruction has several frames, the
//!   innermost first.
//! - **finding**: a message with a code that `gonym rule` explains. **gap**: source that is missing or doubtful.
//!   **fault**: damage in an input.
//!
//! # Modules
//!
//! Each module uses only those before it, and a test checks that.
//!
//! - [`error`], [`printable`], [`names`], [`finding`], [`outcome`], [`rules`]: used by all. Errors, safe text, the
//!   grammar of symbol names, the table of codes, exit statuses, and what each Go version does by itself.
//! - [`input`]: where bytes come from: a file, a slice of a fat file, a member of an archive.
//! - [`image`]: one executable as the loader sees it: sections, symbols, relocations, imports.
//! - [`golang`]: what Go wrote into it: build information, functions, inline trees, and which package owns a folder.
//! - [`symbols`]: the symbol table as a person reads it: letters, sizes, names at one address.
//! - [`types`]: Go types: identity, layout, registers.
//! - [`source`]: Go source: which files a build selects, where they are, what they declare.
//! - [`code`]: which instructions refer to an address.
//! - [`dwarf`]: what debugging information says about a name.
//! - [`binary`]: all of that for one executable, each part read on first use.
//! - [`linkname`]: claims, the evidence about them, the verdict; and the directives of a build.
//! - [`policy`]: rules about names that must or must not be in a binary.
//! - [`explain`](mod@explain): everything about one name or address.
//! - [`why`](mod@why): the chain of references that leads to a name.
//! - [`request`]: what is asked about a binary.
//! - [`check`](mod@check): judges what is asked, and decides what holds.
//! - [`scan`](mod@scan): finds directives in sources, and their mistakes.
//! - [`trace`]: which place in a program a line of text asks about.
//! - [`diff`](mod@diff): what changed from one executable to another.
//! - [`report`]: the results as text and JSON.
//! - `cli`: one file per subcommand.
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

pub mod binary;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod code;
pub mod diff;
pub mod dwarf;
pub mod error;
pub mod explain;
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
pub mod trace;
pub mod types;
pub mod why;

pub use binary::Binary;
pub use check::{Checked, Judged, check};
pub use error::{Error, Fault};
pub use finding::{Code, Finding, Level};
pub use linkname::claim::Claim;
pub use linkname::verdict::Verdict;
pub use request::Request;
pub use scan::{Scanned, scan};

/// The example of the book compiles.
#[cfg(doctest)]
#[doc = include_str!("../docs/src/library.md")]
struct Book;
