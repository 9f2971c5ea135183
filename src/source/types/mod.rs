//! Which types do the declarations of a package's source mean?
//!
//! [`package`] finds declarations by their name, [`parse`] reads their bytes into an [`expression`],
//! [`resolve`] looks the names in it up across packages, [`constant`] computes array lengths. The result
//! is a [`crate::types::Type`]. Bodies are never read, and nothing here knows a linkname.

mod constant;
mod definitions;
pub mod expression;
mod operand;
pub mod package;
pub mod parse;
pub mod resolve;

pub use package::{Declared, ParsedPackage};
pub use resolve::{Place, Resolver};
