//! Where on this machine may the source of a module or of a Go version be?
//!
//! What the `go` command reads to find out: its environment, go.mod and go.work, modules.txt, the module cache, the
//! Go installations. This file knows no build: it says where things are, not which are wanted.
//!
//! ```
//! use gonym::source::modules::{GoMod, escaped};
//!
//! let said = GoMod::parse("module example.com/m\n\ngo 1.26\n\nrequire example.com/Lib v1.2.0\n");
//! assert_eq!((said.module.as_str(), said.minor), ("example.com/m", Some(26)));
//! assert_eq!(escaped("example.com/Lib"), "example.com/!lib");
//! ```

mod cache;
mod environment;
mod gomod;
mod goroot;
mod graph;
mod vendored;
mod version;

pub use cache::{cached, escaped, is_cached, is_copy_of_cached};
pub use environment::{Given, Places};
pub use gomod::{GoMod, Module, Replacement, module_above};
pub use goroot::{Goroot, find_goroot};
pub use graph::requirements;
pub use vendored::{Vendor, Vendored};
pub use version::compare_versions;
