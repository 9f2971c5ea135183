//! What does each Go release do by itself, so that nobody takes it for the effect of a directive?
//!
//! Tables and rules for Go versions, none of them read from the inspected file. This room knows neither executables
//! nor source nor claims. It imports nothing from the rest of the crate, and every other room may use it.
//!
//! A version that is newer than the tables gets an answer of its own, never that of the newest known one: the caller
//! then answers `unproven`.
//!
//! ```
//! use gonym::rules;
//!
//! assert!(rules::is_standard("net/http") && !rules::is_standard("example.com/m"));
//! assert!(rules::is_intrinsic(b"math/bits.TrailingZeros64"));
//! ```

mod defined;
mod defined_table;
mod handles;
mod inserted;
mod inserted_table;
mod inserter;
mod intrinsics;
mod named;
mod permission;
mod permissions_table;
mod release;
mod replacements;
mod shame;
mod shame_table;
mod symbols;

pub use defined::{is_linker_defined, linker_defines};
pub use handles::{handle_of, may_use_handle};
pub use inserted::{Insertion, NEWEST_MINOR, OLDEST_MINOR, insertion};
pub use inserter::Inserter;
pub use intrinsics::is_intrinsic;
pub use named::may_name;
pub use permission::{Handle, Permission, Pull, Unchecked};
pub use release::{FIRST_CHECKED_MINOR, Facts, Release};
pub use replacements::{Replacement, replacement, replacements};
pub use shame::shame;
pub use symbols::{Mark, Symbol, SymbolKind, is_known_symbol, is_standard, is_undeclared};
