//! Whose is a directive, and what do reports tell of it beside a verdict?
//!
//! ```no_run
//! use gonym::{Binary, Request, check};
//!
//! for binary in Binary::open("app".as_ref())?.binaries {
//!     for judged in check(&binary, &Request::default()).judged {
//!         if let Some(facts) = judged.source {
//!             println!("{} of {}: {}", facts.word, facts.module, facts.findings.len());
//!         }
//!     }
//! }
//! # Ok::<(), gonym::Error>(())
//! ```

use std::path::PathBuf;

use super::permit::Permit;
use crate::finding::{Finding, Owner};

/// What is known of a directive beyond its claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceFacts {
    /// Where the directive comes from: the main module, a dependency or Go.
    pub owner: Owner,
    /// The module, with its version if it has one; `std` for Go's own, empty if there are no modules.
    pub module: String,
    /// The directive's word: `linkname` or `linknamestd`; `assembly` for a symbol in assembly.
    pub word: &'static str,
    /// The file that holds it.
    pub file: PathBuf,
    /// Most severe first.
    pub findings: Vec<Finding>,
    /// What Go's rules say, for a pull from Go's own packages.
    pub permit: Option<Permit>,
    /// Whether the source may be another build's. Only a binary shows that.
    pub stale: bool,
}
