//! Which types do the declarations in a package's source denote?
//!
//! [`package`] finds declarations by name, [`parse`] reads their bytes into an [`expression`], [`resolve`] looks up
//! the names in it across packages, `constant` computes array lengths. The result is a [`crate::types::Type`].
//! Function bodies are never read, and nothing here knows linknames.

mod constant;
mod definitions;
pub mod expression;
mod operand;
pub mod package;
pub mod parse;
pub mod resolve;

pub use package::{Declared, ParsedPackage};
pub use resolve::{Place, Resolver};
