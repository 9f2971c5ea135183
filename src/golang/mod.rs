//! What did Go itself write into the file?
//!
//! Build information, the function table (pclntab), moduledata, inline trees, and which package owns a source folder.
//! Everything here takes slices and numbers. It knows neither a container format nor the command line.

pub mod buildinfo;
pub mod bytes;
pub mod folders;
pub mod inline;
pub mod ldflags;
pub mod moduledata;
pub mod pclntab;
pub mod toolchain;
pub mod version;
