//! Where do the bytes of executables come from: a file, a slice of a fat file, a member of an archive?
//!
//! [`open`] is the one way in, for every command and for debug files: it opens a file, goes through the containers in it
//! and gives the ranges of bytes that may be executables, each with its [`Origin`]. What such a range holds is
//! [`crate::image`]'s question.
//!
//! ```no_run
//! for part in gonym::input::open("libapp.a".as_ref())?.parts {
//!     println!("{:?}: {} bytes", part.origin.steps, part.range.len());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

pub(crate) mod archive;
pub(crate) mod fat;
mod file;
mod opener;
mod origin;
mod range;
pub(crate) mod rows;

pub use file::{File, STDIN_LIMIT};
pub use opener::{Contents, Part, open, open_file, open_to_list};
pub use origin::{Origin, Step};
pub use range::Range;
