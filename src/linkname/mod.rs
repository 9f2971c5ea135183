//! Did this linkname take effect, and how do we know?
//!
//! A [`claim::Claim`] says that a directive is in effect; [`evidence::gather`] collects what the
//! binary shows about it; [`verdict::judge`] decides, a pure function of the two. Only `evidence`
//! touches a binary.

pub mod claim;
pub mod evidence;
pub mod mention;
pub mod neighbours;
pub mod permit;
mod record;
pub mod scan;
pub mod signature;
pub mod source_claims;
pub mod verdict;
