//! Did this `go:linkname` take effect in this binary, and how do you know?
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

#[cfg(feature = "cli")]
pub mod cli;
pub mod error;
pub mod image;
pub mod printable;
pub mod symbols;
