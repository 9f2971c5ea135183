//! Which place in a program does a line of text ask about?
//!
//! This room reads text and looks addresses up; it prints nothing.
//!
//! ```
//! use gonym::trace::asked::Asked;
//!
//! assert_eq!(Asked::parse(b"0x47f0ee"), Asked::Address(0x47_f0ee));
//! assert!(!Asked::is_address_or_blank(b"panic: boom"));
//! ```

pub mod asked;
