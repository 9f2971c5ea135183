//! Which linkname directives does the source of one build hold, and what is wrong with them?
//!
//! Source is read from bytes, as the compiler reads it: a lexer, the declarations of a file, the files of a package
//! together. This room knows no binary. It is told what to read as plain data and returns plain data, so that the
//! judgement can compare both.
//!
//! Nothing here runs the `go` command. No file is too broken to be read: [`file::GoFile::fault`] says what could not
//! be understood.
//!
//! ```
//! use gonym::source::file::GoFile;
//!
//! let text = "package p\n\nimport _ \"unsafe\"\n\n//go:linkname nano runtime.nanotime\nfunc nano() int64\n";
//! let file = GoFile::parse(text.as_bytes().to_vec());
//! assert_eq!(file.linknames[0].local, b"nano");
//! assert_eq!(file.linknames[0].line, 5);
//! ```

pub(crate) mod allocation;
pub mod assembly;
pub mod build;
pub mod cache;
pub mod constraint;
pub mod directive;
pub mod file;
pub mod goroot;
pub mod header;
pub(crate) mod lexer;
pub(crate) mod literal;
pub mod mistake;
pub mod modules;
pub mod near_miss;
pub mod opening;
pub mod package;
pub(crate) mod positions;
pub(crate) mod reading;
pub(crate) mod renumber;
pub mod search;
pub mod selection;
pub mod target;
pub mod types;
pub mod uses;

mod declarations;
