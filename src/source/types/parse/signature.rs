//! Which parameters and results does a signature list?
//!
//! Go writes `a, b T` and `T, U` in the same kind of list; only the whole list tells which it is.

use std::sync::Arc;

use super::Parser;
use crate::source::types::expression::{Expression, FuncType};

impl Parser<'_> {
    /// From the `(` of the parameters to the end of the results.
    pub fn signature(&mut self) -> Option<FuncType> {
        let (parameters, variadic) = self.parameters()?;
        let results = match self.text(0) {
            b"(" => self.parameters()?.0,
            _ if self.begins_type(0) => vec![self.type_()?],
            _ => Vec::new(),
        };
        Some(FuncType { parameters, results, variadic })
    }

    /// Whether the token can begin a type.
    pub(super) fn begins_type(&self, ahead: usize) -> bool {
        let words: [&[u8]; 9] =
            [b"*", b"(", b"[", b"map", b"chan", b"<-", b"func", b"struct", b"interface"];
        self.is_name(ahead) || words.contains(&self.text(ahead))
    }

    /// A list in parentheses: one type per name, or one per entry if there are no names.
    fn parameters(&mut self) -> Option<(Vec<Expression>, bool)> {
        if !self.take(b"(") {
            return None;
        }
        let entries = self.list(b")", Self::parameter)?;
        let variadic = entries.last().is_some_and(|entry| entry.variadic);
        let named = entries.iter().any(|entry| entry.named);
        if !named {
            return Some((entries.into_iter().map(|entry| entry.type_).collect(), variadic));
        }
        // `a, b T`: an entry that is only a name has the type of the next entry with both.
        let (mut types, mut last) = (Vec::new(), None);
        for entry in entries.into_iter().rev() {
            if entry.named {
                last = Some(entry.type_);
            }
            types.push(last.clone()?);
        }
        types.reverse();
        Some((types, variadic))
    }

    fn parameter(&mut self) -> Option<Parameter> {
        if self.is_name(0) && self.text(1) != b"." {
            let bracketed = self.text(1) == b"[";
            if bracketed {
                return self.bracketed_parameter();
            }
            if self.text(1) == b"..." || self.begins_type(1) {
                self.advance();
                return self.parameter_type(true);
            }
        }
        self.parameter_type(false)
    }

    fn parameter_type(&mut self, named: bool) -> Option<Parameter> {
        let variadic = self.take(b"...");
        let type_ = self.type_()?;
        let type_ = if variadic { Expression::Slice(Box::new(type_)) } else { type_ };
        Some(Parameter { type_, named, variadic })
    }

    /// `a []T`, `a [N]T` or the instance `G[T]`.
    fn bracketed_parameter(&mut self) -> Option<Parameter> {
        let (named, type_) = self.bracketed()?;
        Some(Parameter { type_, named: named.is_some(), variadic: false })
    }

    /// A name and a bracket: a name and its type, or an instance.
    pub(super) fn bracketed(&mut self) -> Option<(Option<Arc<str>>, Expression)> {
        let name = self.name()?;
        if self.text(1) == b"]" || self.text(1) == b"..." {
            return Some((Some(name), self.type_()?));
        }
        self.advance();
        let mut inside = self.list(b"]", Self::expression)?;
        if self.begins_type(0) && inside.len() == 1 {
            let length = inside.pop().map(Box::new);
            return Some((Some(name), Expression::Array(length, Box::new(self.type_()?))));
        }
        Some((None, Expression::Index(Box::new(Expression::Name(name)), inside)))
    }
}

struct Parameter {
    type_: Expression,
    named: bool,
    variadic: bool,
}
