//! Which types do the declarations in a package's source denote?
//!
//! [`package`] finds declarations by name, [`parse`] reads their bytes into an [`expression`], [`resolve`] looks up
//! the names in it across packages, `constant` computes array lengths. The result is a [`crate::types::Type`].
//! Function bodies are never read, and nothing here knows linknames.
//!
//! ```
//! use gonym::source::file::GoFile;
//! use gonym::source::types::{Declared, ParsedPackage, Place, Resolver};
//! use gonym::types::machine::Machine;
//! use gonym::types::{Basic, Type};
//!
//! struct One(ParsedPackage);
//!
//! impl Declared for One {
//!     fn package(&self, path: &str) -> Option<&ParsedPackage> {
//!         (path == self.0.path()).then_some(&self.0)
//!     }
//! }
//!
//! let text = "package p\n\ntype Number = int64\n\nvar counter []Number\n";
//! let files = vec![GoFile::parse(text.as_bytes().to_vec())];
//! let one = One(ParsedPackage::new("example.com/p", files));
//! let variable = one.0.variable("counter").expect("it is declared");
//! let machine = Machine::of("amd64", 27).expect("a known platform");
//! let place = Place::of(&one.0, variable.file);
//! let expression = variable.type_.expect("its type is written");
//! let type_ = Resolver::new(&one, machine).resolve(&expression, &place);
//! assert_eq!(type_, Type::Slice(Type::Basic(Basic::Int64).into()));
//! ```

mod constant;
mod definitions;
pub mod expression;
mod operand;
pub mod package;
pub mod parse;
pub mod resolve;

pub use package::{Declared, ParsedPackage};
pub use resolve::{Place, Resolver};
