//! Did this `go:linkname` take effect in this binary, and how do you know?
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

pub mod binary;
#[cfg(feature = "cli")]
pub mod cli;
pub mod code;
pub mod error;
pub mod golang;
pub mod image;
pub mod linkname;
pub mod policy;
pub mod printable;
pub mod report;
pub mod rules;
pub mod symbols;
