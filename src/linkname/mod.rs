//! Did this linkname take effect, and how do we know?
//!
//! A [`claim::Claim`] says that a directive is in effect. [`evidence::gather`] collects what the binary shows about
//! it. [`verdict::judge`] decides; it is a pure function of the two. Only `evidence` reads a binary.
//!
//! ```no_run
//! use gonym::linkname::{claim::Claim, evidence::gather, verdict::judge};
//!
//! let claims = [Claim::parse_pair("main.runtimeNano=runtime.nanotime")?];
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     for (claim, evidence) in claims.iter().zip(gather(&binary, &claims)) {
//!         println!("{}", judge(claim, &evidence).word());
//!     }
//! }
//! # Ok::<(), gonym::Error>(())
//! ```

pub mod claim;
pub mod discover;
pub mod evidence;
mod importable;
pub(crate) mod mention;
pub mod neighbours;
pub mod permit;
mod record;
pub mod scan;
pub mod signature;
pub mod source_claims;
pub mod source_facts;
pub mod verdict;
