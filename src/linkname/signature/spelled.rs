//! Which type does a DWARF type name spell?
//!
//! The compiler writes whole import paths in these names (`*internal/abi.Type`, `[]uint8`, `func(int) string`,
//! `map[string]int`, `struct { x int }`). A plain name is looked up in source afterwards. Of a longer spelling only
//! the outer shape is known; what is inside stays unknown.

use std::sync::Arc;

use crate::types::{Basic, Direction, Name, Signature, Type};

/// How many stars and brackets may stand before a name.
const MOST_DEPTH: usize = 16;

/// The type that `name` spells, in as much detail as its bytes need.
pub(super) fn type_(name: &[u8]) -> Type {
    std::str::from_utf8(name).map_or(UNREAD, |name| spelled(name.trim(), MOST_DEPTH))
}

const UNREAD: Type = Type::Unknown("a type that DWARF names and source does not");

fn spelled(name: &str, depth: usize) -> Type {
    let Some(depth) = depth.checked_sub(1) else { return UNREAD };
    let below = |name: &str| Arc::new(spelled(name, depth));
    if let Some(to) = name.strip_prefix('*') {
        return Type::Pointer(below(to));
    }
    if let Some(of) = name.strip_prefix("[]") {
        return Type::Slice(below(of));
    }
    if let Some((length, of)) = name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return length.parse().map_or(UNREAD, |length| Type::Array(length, below(of)));
    }
    if name.starts_with("map[") {
        return Type::Map(Arc::new(UNREAD), Arc::new(UNREAD));
    }
    if name.starts_with("chan ") || name.starts_with("<-chan ") || name.starts_with("chan<- ") {
        return Type::Chan(Direction::Both, Arc::new(UNREAD));
    }
    if name.starts_with("func(") {
        let unread = Signature { parameters: vec![UNREAD], results: Vec::new(), variadic: false };
        return Type::Func(Arc::new(unread));
    }
    word(name)
}

fn word(name: &str) -> Type {
    match name {
        "unsafe.Pointer" => return Type::Basic(Basic::UnsafePointer),
        "interface {}" => return Type::any(),
        "error" => return Type::Named(Arc::new(declared("", "error"))),
        _ => {}
    }
    if let Some(basic) = Basic::named(name) {
        return Type::Basic(basic);
    }
    let slash = name.rfind('/').map_or(0, |slash| slash + 1);
    let plain = !name.contains(['[', '{', '(', ' ']);
    let dot = name.get(slash..).and_then(|last| last.rfind('.')).map(|dot| slash + dot);
    match dot.and_then(|dot| Some((name.get(..dot)?, name.get(dot + 1..)?))) {
        Some((package, name)) if plain => Type::Named(Arc::new(declared(package, name))),
        _ => UNREAD,
    }
}

fn declared(package: &str, name: &str) -> Name {
    // Only some versions escape dots of the last path element in DWARF.
    let package = package.replace("%2e", ".");
    Name { package: Arc::from(package), name: Arc::from(name), arguments: Vec::new() }
}
