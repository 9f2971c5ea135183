//! What is the underlying type of a named type, and are its values on the heap?

use std::sync::Arc;

use super::resolve::{Place, Resolver, TOO_DEEP};
use crate::types::{Basic, Definitions, Interface, Name, Signature, Type};

impl Definitions for Resolver<'_> {
    fn underlying(&self, name: &Name) -> Type {
        if name.package.is_empty() {
            return error_interface();
        }
        let Some(package) = self.declared.package(&name.package) else {
            return Type::Unknown("a type of a package that was not found");
        };
        let at = Place::of(package, 0);
        self.deeper(|| self.definition(&name.name, &name.arguments, &at)).unwrap_or(TOO_DEEP)
    }

    fn off_heap(&self, name: &Name) -> bool {
        // Since 1.20 a type marks others; before there was a pragma.
        if matches!(name.name.as_ref(), "nih" | "NotInHeap")
            && matches!(name.package.as_ref(), "internal/runtime/sys" | "runtime/internal/sys")
        {
            return true;
        }
        let package = self.declared.package(&name.package);
        if package.is_some_and(|package| package.is_marked_off_heap(&name.name)) {
            return true;
        }
        let below = |type_: &Type| match type_ {
            Type::Named(name) => self.off_heap(name),
            _ => false,
        };
        let fields = |type_: &Type| match type_ {
            Type::Struct(fields) => fields.iter().any(|field| below(&field.type_)),
            other => below(other),
        };
        self.deeper(|| fields(&self.underlying(name))).unwrap_or(false)
    }
}

fn error_interface() -> Type {
    let results = vec![Type::Basic(Basic::String)];
    let signature = Signature { parameters: Vec::new(), results, variadic: false };
    let methods = vec![(Arc::from("Error"), Arc::from(""), Arc::new(signature))];
    Type::Interface(Arc::new(Interface { methods, embedded: Vec::new() }))
}
