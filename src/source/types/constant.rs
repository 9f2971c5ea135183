//! What integer is the value of a constant expression?
//!
//! Enough of Go's constants for array lengths: integers of up to 127 bits, typed and untyped, `iota`, conversions,
//! `len`, `unsafe.Sizeof` and similar functions, constants of other packages. Floating-point and boolean values are
//! not computed; what depends on them is unknown.

use std::sync::Arc;

use super::expression::{Expression, Operator};
use super::resolve::{Place, Resolver};
use crate::types::layout::{Layout, round_up};
use crate::types::{Basic, Type};

/// An integer constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// The number.
    pub(super) number: i128,
    /// Its type; `None` if it is untyped.
    pub(super) type_: Option<Type>,
    /// Whether it was written as a floating-point number, whose division is not integer division.
    float: bool,
}

impl Value {
    fn untyped(number: i128) -> Self {
        Self { number, type_: None, float: false }
    }

    fn typed(number: i128, type_: Type) -> Self {
        Self { number, type_: Some(type_), float: false }
    }
}

impl Resolver<'_> {
    /// The value of `expression`, if it is an integer and can be known.
    pub(super) fn constant(&self, expression: &Expression, at: &Place<'_>) -> Option<Value> {
        self.deeper(|| self.constant_here(expression, at))?
    }

    fn constant_here(&self, expression: &Expression, at: &Place<'_>) -> Option<Value> {
        match expression {
            Expression::Number(text) => number(text),
            Expression::Character(part) => character(at.bytes(part)).map(Value::untyped),
            Expression::Name(name) => self.constant_name(name, at),
            Expression::Selector(of, name) => {
                let Expression::Name(import) = of.as_ref() else { return None };
                let place = self.imported(import, at)?;
                self.declared_constant(name, &place)
            }
            Expression::Unary(operator, operand) => {
                self.negated(*operator, self.constant(operand, at)?)
            }
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.constant(left, at)?, self.constant(right, at)?);
                self.combined(*operator, &left, &right)
            }
            Expression::Call(function, arguments) => self.call(function, arguments, at),
            _ => None,
        }
    }

    fn constant_name(&self, name: &Arc<str>, at: &Place<'_>) -> Option<Value> {
        if let (Some(iota), "iota") = (at.iota, name.as_ref()) {
            return Some(Value::untyped(i128::from(iota)));
        }
        let home = at.package_scope();
        self.declared_constant(name, &home).or_else(|| {
            let mut dots = self.dot_imports(at);
            dots.find_map(|place| self.declared_constant(name, &place))
        })
    }

    /// The constant `name` in the package of `at`.
    fn declared_constant(&self, name: &str, at: &Place<'_>) -> Option<Value> {
        let written = at.package.constant(name)?;
        let place = at.of_file(written.file, Some(written.iota));
        let value = self.constant(&written.value, &place)?;
        match &written.type_ {
            Some(type_) => self.convert(&value, self.resolve(type_, &place)),
            None => Some(value),
        }
    }

    /// The number of bits of an integer type, and whether it is signed.
    fn bits(&self, type_: &Type) -> Option<(u32, bool)> {
        let Type::Basic(basic) = type_.underlying(self) else { return None };
        let signed =
            matches!(basic, Basic::Int | Basic::Int8 | Basic::Int16 | Basic::Int32 | Basic::Int64);
        let unsigned = matches!(
            basic,
            Basic::Uint | Basic::Uint8 | Basic::Uint16 | Basic::Uint32 | Basic::Uint64
        ) || basic == Basic::Uintptr;
        if !signed && !unsigned {
            return None;
        }
        let layout = Layout::of(&Type::Basic(basic), self.machine(), self).ok()?;
        Some((u32::try_from(layout.size).ok()?.checked_mul(8)?, signed))
    }

    fn convert(&self, value: &Value, to: Type) -> Option<Value> {
        let (bits, signed) = self.bits(&to)?;
        let fits = match signed {
            true => value.number >= -(1 << (bits - 1)) && value.number < 1 << (bits - 1),
            false => value.number >= 0 && value.number < 1 << bits,
        };
        fits.then(|| Value::typed(value.number, to))
    }

    fn negated(&self, operator: Operator, operand: Value) -> Option<Value> {
        let number = match operator {
            Operator::Add => operand.number,
            Operator::Subtract => operand.number.checked_neg()?,
            Operator::Xor => match operand.type_.as_ref().map(|type_| self.bits(type_)) {
                Some(Some((bits, false))) => ((1 << bits) - 1) ^ operand.number,
                Some(None) => return None,
                _ => !operand.number,
            },
            _ => return None,
        };
        self.of_type(number, operand.type_, operand.float)
    }

    /// `number` as a constant of the type, if the type can hold it.
    fn of_type(&self, number: i128, type_: Option<Type>, float: bool) -> Option<Value> {
        let value = Value { number, type_: None, float };
        match type_ {
            Some(type_) => self.convert(&value, type_),
            None => Some(value),
        }
    }

    fn combined(&self, operator: Operator, left: &Value, right: &Value) -> Option<Value> {
        let shift = || u32::try_from(right.number).ok().filter(|bits| *bits < 120);
        let (a, b) = (left.number, right.number);
        let float = left.float || right.float;
        let number = match operator {
            Operator::Add => a.checked_add(b)?,
            Operator::Subtract => a.checked_sub(b)?,
            Operator::Multiply => a.checked_mul(b)?,
            Operator::Divide if float && a.checked_rem(b)? != 0 => return None,
            Operator::Divide => a.checked_div(b)?,
            Operator::Remainder => a.checked_rem(b)?,
            Operator::And => a & b,
            Operator::Or => a | b,
            Operator::Xor => a ^ b,
            Operator::AndNot => a & !b,
            Operator::ShiftLeft => a.checked_mul(1_i128.checked_shl(shift()?)?)?,
            Operator::ShiftRight => a >> shift()?,
            Operator::Logical | Operator::Tilde => return None,
        };
        let shifts = matches!(operator, Operator::ShiftLeft | Operator::ShiftRight);
        let other = if shifts { None } else { right.type_.clone() };
        self.of_type(number, left.type_.clone().or(other), float && !shifts)
    }

    fn call(
        &self,
        function: &Expression,
        arguments: &[Expression],
        at: &Place<'_>,
    ) -> Option<Value> {
        let (argument, rest) = arguments.split_first()?;
        if !rest.is_empty() {
            return None;
        }
        if let Expression::Selector(of, name) = function
            && matches!(of.as_ref(), Expression::Name(import) if self.is_unsafe(import, at))
        {
            return self.measured(name, argument, at);
        }
        if let Expression::Name(name) = function
            && matches!(name.as_ref(), "len" | "cap")
            && at.package.is_free(name)
        {
            return self.length(argument, at).map(|length| Value::typed(length, INT));
        }
        let type_ = self.resolve(function, at);
        self.convert(&self.constant(argument, at)?, type_)
    }

    /// `unsafe.Sizeof(x)` and similar calls.
    fn measured(&self, name: &str, argument: &Expression, at: &Place<'_>) -> Option<Value> {
        let bytes = match name {
            "Sizeof" => self.layout(&self.type_of(argument, at)?)?.size,
            "Alignof" => self.layout(&self.type_of(argument, at)?)?.align,
            "Offsetof" => {
                let Expression::Selector(of, field) = argument else { return None };
                self.offset(&self.type_of(of, at)?, field)?
            }
            _ => return None,
        };
        Some(Value::typed(i128::from(bytes), Type::Basic(Basic::Uintptr)))
    }

    /// The offset of a field that is not promoted.
    fn offset(&self, type_: &Type, field: &str) -> Option<u64> {
        let Type::Struct(fields) = type_.underlying(self) else { return None };
        let mut end = 0_u64;
        for each in fields.iter() {
            let layout = self.layout(&each.type_)?;
            let start = round_up(end, layout.align)?;
            if each.name.as_ref() == field {
                return Some(start);
            }
            end = start.checked_add(layout.size)?;
        }
        None
    }

    fn length(&self, argument: &Expression, at: &Place<'_>) -> Option<i128> {
        if let Some(text) = self.text_length(argument, at) {
            return Some(text);
        }
        let type_ = self.type_of(argument, at)?.underlying(self);
        let array = match type_ {
            Type::Pointer(to) => to.underlying(self),
            other => other,
        };
        match array {
            Type::Array(length, _) => Some(i128::from(length)),
            _ => None,
        }
    }

    /// The length of a constant string in bytes.
    fn text_length(&self, expression: &Expression, at: &Place<'_>) -> Option<i128> {
        match expression {
            Expression::Text(part) => plain_length(at.bytes(part)),
            Expression::Binary(Operator::Add, left, right) => {
                let left = self.deeper(|| self.text_length(left, at))??;
                left.checked_add(self.deeper(|| self.text_length(right, at))??)
            }
            Expression::Name(name) => {
                let written = at.package.constant(name)?;
                let place = at.of_file(written.file, Some(written.iota));
                self.deeper(|| self.text_length(&written.value, &place))?
            }
            _ => None,
        }
    }
}

const INT: Type = Type::Basic(Basic::Int);

/// The value of an integer literal: `1_000`, `0x1F`, `0b1`, `0o7`, `017`, and `1e6`.
fn number(text: &str) -> Option<Value> {
    let text = text.replace('_', "");
    let lower = text.to_ascii_lowercase();
    let parse = |digits: &str, radix| i128::from_str_radix(digits, radix).ok().map(Value::untyped);
    if let Some(digits) = lower.strip_prefix("0x") {
        return parse(digits, 16);
    }
    if let Some(digits) = lower.strip_prefix("0b") {
        return parse(digits, 2);
    }
    if let Some(digits) = lower.strip_prefix("0o") {
        return parse(digits, 8);
    }
    if let Some((digits, exponent)) = lower.split_once('e') {
        let power = 10_i128.checked_pow(exponent.trim_start_matches('+').parse().ok()?)?;
        let number = digits.parse::<i128>().ok()?.checked_mul(power)?;
        return Some(Value { number, type_: None, float: true });
    }
    match lower.strip_prefix('0') {
        Some(digits) if !digits.is_empty() => parse(digits, 8),
        _ => parse(&lower, 10),
    }
}

/// The value of a character literal; of the escapes only the short ones are known.
fn character(literal: &[u8]) -> Option<i128> {
    let inside = literal.strip_prefix(b"'")?.strip_suffix(b"'")?;
    let short: &[(&[u8], u8)] = &[
        (b"\\n", b'\n'),
        (b"\\t", b'\t'),
        (b"\\r", b'\r'),
        (b"\\\\", b'\\'),
        (b"\\'", b'\''),
        (b"\\x00", 0),
    ];
    if let Some((_, byte)) = short.iter().find(|(text, _)| *text == inside) {
        return Some(i128::from(*byte));
    }
    let mut characters = std::str::from_utf8(inside).ok()?.chars();
    let first = characters.next().filter(|first| *first != '\\')?;
    characters.next().is_none().then(|| i128::from(u32::from(first)))
}

/// The length of a string literal without escapes.
fn plain_length(literal: &[u8]) -> Option<i128> {
    let (raw, inside) = match literal.split_first()? {
        (b'`', rest) => (true, rest.strip_suffix(b"`")?),
        (b'"', rest) => (false, rest.strip_suffix(b"\"")?),
        _ => return None,
    };
    // Raw strings lose their carriage returns.
    let odd = if raw { b'\r' } else { b'\\' };
    (!inside.contains(&odd)).then_some(inside.len() as i128)
}
