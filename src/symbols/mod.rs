//! The symbol table as a person reads it: letters, sizes, order, other names.
//!
//! `letters` and `sizes` follow Go 1.27's `cmd/internal/objfile`; `listing` combines them into sorted rows; `aliases`
//! groups the names that share an address. This room knows images, but not Go's own metadata.
//!
//! ```
//! use gonym::image::Format;
//! use gonym::symbols::{markers::is_marker, shown_name};
//!
//! assert!(is_marker(b"runtime.text") && !is_marker(b"runtime.nanotime"));
//! assert_eq!(shown_name(Format::MachO, b"_main.main"), b"main.main");
//! ```

pub mod aliases;
pub mod letters;
pub mod listing;
pub mod markers;
pub(crate) mod sizes;

/// `name` as nm shows it. Mach-O stores every name with a leading `_`. Go's nm removes it if a dot follows
/// (`debug/macho/file.go`, `parseSymtab`, go1.27), because those are Go's own names; `_getpid` and `_go:buildid` keep
/// theirs.
#[must_use]
pub fn shown_name(format: crate::image::Format, name: &[u8]) -> &[u8] {
    match name {
        [b'_', shown @ ..]
            if format == crate::image::Format::MachO && memchr::memchr(b'.', name).is_some() =>
        {
            shown
        }
        _ => name,
    }
}
