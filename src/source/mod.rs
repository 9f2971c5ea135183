//! Which linkname directives does the source of one build hold, and what is wrong with them?
//!
//! Source is read as the compiler reads it, from bytes: a lexer, what one file declares, what the
//! files of a package say together. This room knows no binary; it is told what to read as plain data
//! and hands out plain data, so that the judgement can hold one against the other.
//!
//! Nothing here runs the `go` command, and no file is too broken to be read: what cannot be
//! understood is said in [`file::GoFile::fault`].

pub mod allocation;
pub mod assembly;
pub mod build;
pub mod cache;
pub mod constraint;
pub mod directive;
pub mod file;
pub mod goroot;
pub mod header;
pub mod lexer;
pub mod literal;
pub mod mistake;
pub mod modules;
pub mod near_miss;
pub mod opening;
pub mod package;
pub mod positions;
pub mod reading;
pub mod renumber;
pub mod search;
pub mod selection;
pub mod target;
pub mod types;
pub mod uses;

mod declarations;
