//! The symbol table as a person reads it: which letter, which size, which order, which other names?
//!
//! `letters` and `sizes` follow Go 1.27's `cmd/internal/objfile`, `listing` joins them to rows in
//! order, `aliases` groups the names that share an address. Knows images, not Go's own metadata.

pub mod aliases;
pub mod letters;
pub mod listing;
pub mod markers;
pub mod sizes;

/// Mach-O stores every name with a leading `_`. Go's nm takes it off where a dot follows
/// (`debug/macho/file.go`, `parseSymtab`, go1.27), because those are Go's own names; `_getpid` and
/// `_go:buildid` keep theirs.
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
