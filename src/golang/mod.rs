//! What did Go itself write into the file?
//!
//! Build information, the function table (pclntab), moduledata, inline trees, type descriptors, and which package owns a source folder.
//! Everything here takes slices and numbers. It knows neither a container format nor the command line.
//!
//! ```
//! use gonym::golang::{ldflags::Ldflags, version::GoVersion};
//!
//! assert_eq!(GoVersion::parse("go1.27.3").minor, Some(27));
//! let flags = Ldflags::parse("-s -X main.version=1.2 -checklinkname=0");
//! assert_eq!(flags.set_variables, ["main.version"]);
//! assert!(flags.unchecked_linknames);
//! ```

pub mod buildinfo;
pub mod bytes;
pub mod descriptor;
pub mod folders;
pub mod inline;
pub mod ldflags;
pub mod moduledata;
pub mod pclntab;
pub mod toolchain;
pub mod version;
