//! What is a Go type: how large, where are its pointers, which registers carry it?
//!
//! A [`Type`] is the meaning of a type expression whose names are resolved. [`layout`] gives its size, alignment and
//! pointers as cmd/compile does. [`convention`] places a whole signature in registers and on the stack. [`identity`]
//! says when two types are identical. This room knows no source and no binary; it asks a [`Definitions`] what a named
//! type is.
//!
//! What cannot be known is [`Type::Unknown`], and a type that contains it by value is unknown too.
//!
//! ```
//! use gonym::types::{Basic, Type, identity::identical};
//!
//! let byte = Basic::named("byte").map(Type::Basic);
//! assert!(byte.is_some_and(|byte| identical(&byte.pointer(), &Type::Basic(Basic::Uint8).pointer())));
//! ```

pub mod convention;
pub mod identity;
pub mod layout;
pub mod machine;
mod text;

use std::sync::Arc;

/// A type, as far as it could be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A predeclared type, or `unsafe.Pointer`.
    Basic(Basic),
    /// A declared type.
    Named(Arc<Name>),
    /// `*T`
    Pointer(Arc<Type>),
    /// `[]T`
    Slice(Arc<Type>),
    /// `[N]T`
    Array(u64, Arc<Type>),
    /// `map[K]V`
    Map(Arc<Type>, Arc<Type>),
    /// `chan T`
    Chan(Direction, Arc<Type>),
    /// `func(…) …`
    Func(Arc<Signature>),
    /// `struct{…}`
    Struct(Arc<[Field]>),
    /// `interface{…}`
    Interface(Arc<Interface>),
    /// Something that could not be resolved, and why.
    Unknown(&'static str),
}

/// The predeclared types. An alias (`byte`, `rune`, `any`) is the type that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "Go's own names")]
pub enum Basic {
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
    Float32,
    Float64,
    Complex64,
    Complex128,
    String,
    UnsafePointer,
}

/// The direction of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `chan T`
    Both,
    /// `chan<- T`
    Send,
    /// `<-chan T`
    Receive,
}

/// A declared type. Two are identical if package, name and type arguments are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The import path; empty for `error` and `comparable`, which belong to no package.
    pub package: Arc<str>,
    /// The name in the package's scope.
    pub name: Arc<str>,
    /// The type arguments of a generic type.
    pub arguments: Vec<Type>,
}

/// Parameters and results of a function; a method's receiver is the first parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The types of the parameters.
    pub parameters: Vec<Type>,
    /// The types of the results.
    pub results: Vec<Type>,
    /// Whether the last parameter was written with `...`; its type is then the slice.
    pub variadic: bool,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name; for an embedded field the name of its type.
    pub name: Arc<str>,
    /// The package that declares it, which matters if the name is not exported.
    pub package: Arc<str>,
    /// Whether it is embedded: written as a type only.
    pub embedded: bool,
    /// Its type.
    pub type_: Type,
    /// The tag as written.
    pub tag: Option<Arc<[u8]>>,
}

/// An interface as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The methods by name; the package matters if the name is not exported.
    pub methods: Vec<(Arc<str>, Arc<str>, Arc<Signature>)>,
    /// The embedded interfaces and unions.
    pub embedded: Vec<Type>,
}

/// Where named types are looked up.
pub trait Definitions {
    /// The underlying type of `name` as its declaration writes it, which may be a named type again. [`Type::Unknown`]
    /// if the declaration is not known.
    fn underlying(&self, name: &Name) -> Type;

    /// Whether values of `name` are never on Go's heap, so that the garbage collector ignores pointers to them.
    fn off_heap(&self, name: &Name) -> bool;
}

/// The longest chain of named types: Go allows any length, the longest seen is 6.
const MOST_NAMES: usize = 64;

impl Type {
    /// The type behind all names.
    #[must_use]
    pub fn underlying(&self, definitions: &dyn Definitions) -> Self {
        let mut type_ = self.clone();
        for _ in 0..MOST_NAMES {
            match &type_ {
                Self::Named(name) => type_ = definitions.underlying(name),
                _ => return type_,
            }
        }
        Self::Unknown("a type that is declared as itself")
    }

    /// The interface without methods: `interface{}`.
    #[must_use]
    pub fn any() -> Self {
        Self::Interface(Arc::new(Interface { methods: Vec::new(), embedded: Vec::new() }))
    }

    /// A pointer to this type.
    #[must_use]
    pub fn pointer(self) -> Self {
        Self::Pointer(Arc::new(self))
    }
}

impl Basic {
    /// The predeclared type with this name, aliases included.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "byte" => return Some(Self::Uint8),
            "rune" => return Some(Self::Int32),
            _ => {}
        }
        BASICS.iter().find(|(_, word)| *word == name).map(|(basic, _)| *basic)
    }

    /// How Go writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = BASICS.iter().find(|(basic, _)| *basic == self);
        found.map_or("unsafe.Pointer", |(_, word)| word)
    }
}

/// `unsafe.Pointer` is missing: no scope has it under that name.
const BASICS: &[(Basic, &str)] = &[
    (Basic::Bool, "bool"),
    (Basic::Int, "int"),
    (Basic::Int8, "int8"),
    (Basic::Int16, "int16"),
    (Basic::Int32, "int32"),
    (Basic::Int64, "int64"),
    (Basic::Uint, "uint"),
    (Basic::Uint8, "uint8"),
    (Basic::Uint16, "uint16"),
    (Basic::Uint32, "uint32"),
    (Basic::Uint64, "uint64"),
    (Basic::Uintptr, "uintptr"),
    (Basic::Float32, "float32"),
    (Basic::Float64, "float64"),
    (Basic::Complex64, "complex64"),
    (Basic::Complex128, "complex128"),
    (Basic::String, "string"),
];
