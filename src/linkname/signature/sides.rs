//! Which function or variable does a [`Side`] name?
//!
//! A method becomes a function whose first parameter is the receiver, which is how its symbol is called.

use std::sync::Arc;

use super::{Side, Subject};
use crate::names;
use crate::source::types::package::{ParsedPackage, WrittenFunction};
use crate::source::types::{Place, Resolver};
use crate::types::{Name, Type};

impl Side {
    /// The declaration that a symbol's name stands for: `a/b%2ec.(*T).m` is `(*T).m` of the package `a/b.c`.
    #[must_use]
    pub fn of_symbol(symbol: &str) -> Option<Self> {
        let package = names::import_path(symbol.as_bytes())?.into_owned();
        let (_, name) = names::split(symbol);
        Some(Self { package: String::from_utf8(package).ok()?, name: name.to_owned() })
    }
}

/// What the side declares.
///
/// # Errors
///
/// The reason why the declaration is not known.
pub(super) fn find(side: &Side, resolver: &Resolver<'_>) -> Result<Subject, &'static str> {
    let package = resolver.declared().package(&side.package);
    let package = package.ok_or("is in a package whose source was not found")?;
    if side.name.contains('[') {
        return Err("is an instance of a generic function");
    }
    if let Some((receiver, method)) = side.name.split_once('.') {
        return method_of(package, receiver, method, resolver);
    }
    if let Some(function) = package.function(&side.name) {
        if function.generic {
            return Err("is generic");
        }
        let place = Place::of(package, function.file);
        return Ok(Subject::Function(resolver.signature(&function.type_, &place)));
    }
    if package.variable(&side.name).is_none() {
        return Err("is not declared in the source");
    }
    let place = Place::of(package, 0);
    let type_ = resolver.value(&Arc::from(side.name.as_str()), &place);
    type_.map(Subject::Variable).ok_or("has a type that is not written down")
}

fn method_of(
    package: &ParsedPackage,
    receiver: &str,
    name: &str,
    resolver: &Resolver<'_>,
) -> Result<Subject, &'static str> {
    let inside = receiver.strip_prefix("(*").and_then(|rest| rest.strip_suffix(')'));
    let pointer = inside.is_some();
    let receiver = inside.unwrap_or(receiver);
    let function = package.method(receiver, name).ok_or("is not declared in the source")?;
    let WrittenFunction { file, generic, pointer_receiver, type_, .. } = function;
    if generic {
        return Err("is a method of a generic type");
    }
    if pointer_receiver && !pointer {
        return Err("has a pointer as its receiver");
    }
    let named = Name {
        package: Arc::from(package.path()),
        name: Arc::from(receiver),
        arguments: Vec::new(),
    };
    let named = Type::Named(Arc::new(named));
    let mut signature = resolver.signature(&type_, &Place::of(package, file));
    // A method of T has a wrapper for *T, which is called in the same way.
    signature.parameters.insert(0, if pointer { named.pointer() } else { named });
    Ok(Subject::Function(signature))
}
