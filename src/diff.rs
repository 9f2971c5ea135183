//! What changed between two executables of one program?
//!
//! Whoever releases or upgrades asks this: which functions and variables came, went and grew, which linknames, aliases
//! and verdicts are no longer what they were, which Go, settings, modules and libraries differ. Both files are asked by
//! the engines that other commands have, so `diff` cannot disagree with them. What only one file has left after
//! stripping is not compared, and [`Difference::listed`] says so.
//!
//! ```no_run
//! use gonym::binary::Binary;
//! use gonym::diff::{Wanted, diff};
//!
//! let open = |path: &str| Binary::open(path.as_ref()).map(|opened| opened.binaries);
//! for (old, new) in open("app-1")?.iter().zip(&open("app-2")?) {
//!     let difference = diff(old, new, &Wanted::default());
//!     println!("{} symbols moved", difference.symbols.moved);
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod aliases;
mod build;
mod kind;
mod linknames;
mod pairs;
mod rows;
mod symbols;

use crate::binary::Binary;
use crate::linkname::claim::Claim;
pub use aliases::AliasChange;
pub use build::{BuildChange, Subject};
pub use kind::Kind;
pub use linknames::{LinknameChange, Linknames, Side};
pub use pairs::PairOutcome;
pub use rows::Listed;
pub use symbols::{Spot, SymbolChange, Symbols};

/// What is asked beside what is always compared.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Claims that are judged on both files.
    pub pairs: Vec<Claim>,
    /// Whether symbols that only moved are wanted one by one. An edit at the start of the code moves all of them.
    pub moved: bool,
}

/// What differs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Difference {
    /// Which names were compared.
    pub listed: Listed,
    /// Go, settings, modules, libraries and the linker.
    pub build: Vec<BuildChange>,
    /// Symbols, or functions.
    pub symbols: Symbols,
    /// Linknames that a file betrays by itself.
    pub linknames: Linknames,
    /// Groups of names at one address that came or went; none where a file has no symbol table.
    pub aliases: Vec<AliasChange>,
    /// The pairs, in the order in which they were asked.
    pub pairs: Vec<PairOutcome>,
}

/// Compares `old` with `new`.
#[must_use]
pub fn diff(old: &Binary, new: &Binary, wanted: &Wanted) -> Difference {
    let listed = Listed::of(old, new);
    Difference {
        listed,
        build: build::changes(old, new),
        symbols: symbols::compare(
            &rows::rows(old, new, listed),
            &rows::rows(new, old, listed),
            wanted.moved,
        ),
        linknames: linknames::compare(old, new),
        aliases: if listed == Listed::Symbols { aliases::changes(old, new) } else { Vec::new() },
        pairs: pairs::judged(old, new, &wanted.pairs),
    }
}
