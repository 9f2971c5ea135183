//! Did this linkname take effect, and how do we know?
//!
//! A [`claim::Claim`] says that a directive is in effect. [`evidence::gather`] collects what the binary shows about
//! it. [`verdict::judge`] decides; it is a pure function of the two. Only `evidence` reads a binary.
//! touches a binary.

pub mod claim;
pub mod evidence;
pub mod neighbours;
mod record;
pub mod scan;
pub mod signature;
pub mod source_claims;
pub mod verdict;
