//! Which linkname directives does the source of one build hold?
//!
//! Go source as the compiler and the `go` command read it: which files a build selects, where their
//! modules lie, what they declare. This room knows no binary.

pub mod constraint;
pub mod header;
pub mod selection;
