//! Which names does every Go file know without an import?

/// Types of the universe: `int(c)` is a constant as `c` is.
pub(super) const CONVERSIONS: &[&[u8]] = &[
    b"bool",
    b"string",
    b"int",
    b"int8",
    b"int16",
    b"int32",
    b"int64",
    b"uint",
    b"uint8",
    b"uint16",
    b"uint32",
    b"uint64",
    b"uintptr",
    b"byte",
    b"rune",
    b"float32",
    b"float64",
    b"complex64",
    b"complex128",
    b"real",
    b"imag",
    b"complex",
    b"min",
    b"max",
    b"len",
    b"cap",
];

/// Functions of the universe, and types that no conversion makes constant.
const UNIVERSE: &[&[u8]] = &[
    b"append", b"clear", b"close", b"copy", b"delete", b"make", b"new", b"panic", b"print",
    b"println", b"recover", b"any", b"error",
];

/// Whether the language itself declares `name`.
pub(super) fn is_of_universe(name: &[u8]) -> bool {
    UNIVERSE.contains(&name) || CONVERSIONS.contains(&name)
}
