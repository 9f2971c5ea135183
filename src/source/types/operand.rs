//! What is the type of an operand of `unsafe.Sizeof` or `len`, or of a variable without a written type?
//!
//! Only operands that show their type are supported: conversions, composite literals, variables, their fields and
//! elements, calls of functions by name. Methods are not followed.

use std::sync::Arc;

use super::expression::{Element, Expression, Operator};
use super::resolve::{Place, Resolver};
use crate::types::{Basic, Signature, Type};

/// The deepest promoted field in embedded structs.
const MOST_EMBEDDED: usize = 4;

impl Resolver<'_> {
    /// The type of a value, if it is visible without type checking.
    #[must_use]
    pub fn type_of(&self, expression: &Expression, at: &Place<'_>) -> Option<Type> {
        self.deeper(|| self.type_of_here(expression, at))?
    }

    fn type_of_here(&self, expression: &Expression, at: &Place<'_>) -> Option<Type> {
        match expression {
            Expression::Composite(type_, elements) => self.composite(type_, elements, at),
            Expression::Unary(Operator::And, of) => Some(self.type_of(of, at)?.pointer()),
            Expression::Pointer(of) => self.element(&self.type_of(of, at)?),
            Expression::Index(of, _) => self.element(&self.type_of(of, at)?),
            Expression::Selector(of, name) => self.selected(of, name, at),
            Expression::Name(name) => self.value(name, at),
            Expression::Call(function, arguments) => self.called(function, arguments, at),
            Expression::Text(_) => Some(Type::Basic(Basic::String)),
            _ => {
                let value = self.constant(expression, at)?;
                Some(value.type_.unwrap_or(Type::Basic(Basic::Int)))
            }
        }
    }

    fn composite(&self, type_: &Expression, elements: &[Element], at: &Place<'_>) -> Option<Type> {
        if let Expression::Array(None, of) = type_ {
            let length = self.count(elements, at)?;
            return Some(Type::Array(length, Arc::new(self.resolve(of, at))));
        }
        known(self.resolve(type_, at))
    }

    /// The largest index plus one.
    fn count(&self, elements: &[Element], at: &Place<'_>) -> Option<u64> {
        let (mut next, mut length) = (0_u64, 0);
        for element in elements {
            next = match element {
                Element::Plain(count) => next.checked_add(u64::from(*count))?,
                Element::At(index) => {
                    u64::try_from(self.constant(index, at)?.number).ok()?.checked_add(1)?
                }
            };
            length = next.max(length);
        }
        Some(length)
    }

    fn element(&self, of: &Type) -> Option<Type> {
        match of.underlying(self) {
            Type::Pointer(to) => match to.underlying(self) {
                // `p[i]` of a pointer to an array. `*p` looks the same here, and is not needed.
                Type::Array(_, element) => Some(element.as_ref().clone()),
                _ => Some(to.as_ref().clone()),
            },
            Type::Array(_, element) | Type::Slice(element) => Some(element.as_ref().clone()),
            _ => None,
        }
    }

    fn selected(&self, of: &Expression, name: &Arc<str>, at: &Place<'_>) -> Option<Type> {
        if let Expression::Name(import) = of
            && at.package.is_free(import)
            && let Some(place) = self.imported(import, at)
        {
            return self.value(name, &place);
        }
        self.field(&self.type_of(of, at)?, name, MOST_EMBEDDED)
    }

    fn field(&self, type_: &Type, name: &str, depth: usize) -> Option<Type> {
        let structure = match type_.underlying(self) {
            Type::Pointer(to) => to.underlying(self),
            other => other,
        };
        let Type::Struct(fields) = structure else { return None };
        if let Some(field) = fields.iter().find(|field| field.name.as_ref() == name) {
            return Some(field.type_.clone());
        }
        let depth = depth.checked_sub(1)?;
        let mut embedded = fields.iter().filter(|field| field.embedded);
        embedded.find_map(|field| self.field(&field.type_, name, depth))
    }

    /// The type of a variable or constant of the package.
    pub(crate) fn value(&self, name: &Arc<str>, at: &Place<'_>) -> Option<Type> {
        if let Some(variable) = at.package.variable(name) {
            let place = at.of_file(variable.file, None);
            return match (&variable.type_, &variable.value) {
                (Some(type_), _) => Some(self.resolve(type_, &place)),
                (None, Some(value)) => self.type_of(value, &place),
                (None, None) => None,
            };
        }
        if let Some(signature) = self.function(name, at) {
            return Some(Type::Func(Arc::new(signature)));
        }
        if matches!(name.as_ref(), "true" | "false") && at.package.is_free(name) {
            return Some(Type::Basic(Basic::Bool));
        }
        let value = self.constant(&Expression::Name(name.clone()), at)?;
        Some(value.type_.unwrap_or(Type::Basic(Basic::Int)))
    }

    /// The type of a conversion, of `new(T)`, or of a call of a function with one result.
    fn called(
        &self,
        function: &Expression,
        arguments: &[Expression],
        at: &Place<'_>,
    ) -> Option<Type> {
        if let Expression::Name(name) = function
            && at.package.is_free(name)
            && let ("new" | "make", [type_, ..]) = (name.as_ref(), arguments)
        {
            let type_ = self.resolve(type_, at);
            return Some(if name.as_ref() == "new" { type_.pointer() } else { type_ });
        }
        let named = match function {
            Expression::Name(name) => self.function(name, at),
            Expression::Selector(of, name) => match of.as_ref() {
                Expression::Name(import) => {
                    self.imported(import, at).and_then(|place| self.function(name, &place))
                }
                _ => None,
            },
            _ => None,
        };
        match named.as_ref().map(|signature| signature.results.as_slice()) {
            Some([result]) => known(result.clone()),
            Some(_) => None,
            None => known(self.resolve(function, at)),
        }
    }

    /// The signature of a function of the package, if it is not generic.
    fn function(&self, name: &str, at: &Place<'_>) -> Option<Signature> {
        let written = at.package.function(name).filter(|written| !written.generic)?;
        Some(self.signature(&written.type_, &at.of_file(written.file, None)))
    }
}

fn known(type_: Type) -> Option<Type> {
    (!matches!(type_, Type::Unknown(_))).then_some(type_)
}
