//! A type or a constant as written, before its names are resolved.
//!
//! Go writes array lengths, type arguments and conversions with one grammar, so types and constant expressions share
//! one tree. Plain data.
//!
//! ```
//! use gonym::source::types::expression::Operator;
//!
//! // The precedence is Go's: `*` binds more tightly than `+`.
//! let (_, times) = Operator::binary(b"*").expect("an operator");
//! let (_, plus) = Operator::binary(b"+").expect("an operator");
//! assert!(times > plus);
//! ```

use std::ops::Range;
use std::sync::Arc;

use crate::types::Direction;

/// A type or a constant expression as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// An identifier.
    Name(Arc<str>),
    /// `x.name`: a name of another package, or a field.
    Selector(Box<Expression>, Arc<str>),
    /// `x[a, b]`: an instance of a generic type.
    Index(Box<Expression>, Vec<Expression>),
    /// `f(x, …)`: a call of a builtin or a conversion.
    Call(Box<Expression>, Vec<Expression>),
    /// `T{…}`. Elements are kept only for `[...]T{…}`, because they give its length.
    Composite(Box<Expression>, Vec<Element>),
    /// A number.
    Number(Arc<str>),
    /// A character.
    Character(Range<usize>),
    /// A string, quoted or raw.
    Text(Range<usize>),
    /// An operator before its operand; `*T` is [`Expression::Pointer`].
    Unary(Operator, Box<Expression>),
    /// An operator between two operands.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `*T`
    Pointer(Box<Expression>),
    /// `[]T`
    Slice(Box<Expression>),
    /// `[N]T`; without a length it is `[...]T`.
    Array(Option<Box<Expression>>, Box<Expression>),
    /// `map[K]V`
    Map(Box<Expression>, Box<Expression>),
    /// `chan T`
    Chan(Direction, Box<Expression>),
    /// `func(…) …`
    Func(Box<FuncType>),
    /// `struct{…}`
    Struct(Vec<WrittenField>),
    /// `interface{…}`
    Interface(WrittenInterface),
}

/// Elements of an array literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// This many elements without an index.
    Plain(u32),
    /// An element with an index.
    At(Expression),
}

/// The operators of integer constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the operators of Go")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    And,
    Or,
    Xor,
    AndNot,
    ShiftLeft,
    ShiftRight,
    /// A comparison or a logical operator, whose value is no number.
    Logical,
    /// `~T` in a constraint.
    Tilde,
}

impl Operator {
    /// The operator between two operands, with its precedence.
    #[must_use]
    pub fn binary(text: &[u8]) -> Option<(Self, u8)> {
        Some(match text {
            b"||" => (Self::Logical, 1),
            b"&&" => (Self::Logical, 2),
            b"==" | b"!=" | b"<" | b"<=" | b">" | b">=" => (Self::Logical, 3),
            b"+" => (Self::Add, 4),
            b"-" => (Self::Subtract, 4),
            b"|" => (Self::Or, 4),
            b"^" => (Self::Xor, 4),
            b"*" => (Self::Multiply, 5),
            b"/" => (Self::Divide, 5),
            b"%" => (Self::Remainder, 5),
            b"<<" => (Self::ShiftLeft, 5),
            b">>" => (Self::ShiftRight, 5),
            b"&" => (Self::And, 5),
            b"&^" => (Self::AndNot, 5),
            _ => return None,
        })
    }

    /// The operator before an operand.
    #[must_use]
    pub fn unary(text: &[u8]) -> Option<Self> {
        Some(match text {
            b"+" => Self::Add,
            b"-" => Self::Subtract,
            b"^" => Self::Xor,
            b"&" => Self::And,
            b"!" => Self::Logical,
            b"~" => Self::Tilde,
            _ => return None,
        })
    }
}

/// Parameters and results as written, one type per name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FuncType {
    /// Types of the parameters.
    pub parameters: Vec<Expression>,
    /// Types of the results.
    pub results: Vec<Expression>,
    /// Whether the last parameter takes any number of values; its type is then the slice.
    pub variadic: bool,
}

/// A field as written, one per name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenField {
    /// Its name; `None` for an embedded field.
    pub name: Option<Arc<str>>,
    /// Its type.
    pub type_: Expression,
    /// The literal of the tag.
    pub tag: Option<Range<usize>>,
}

/// An interface as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenInterface {
    /// Methods.
    pub methods: Vec<(Arc<str>, FuncType)>,
    /// All other elements.
    pub embedded: Vec<Expression>,
}

/// A declared type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenType {
    /// Names of the type parameters.
    pub parameters: Vec<Arc<str>>,
    /// The type after the name.
    pub definition: Expression,
}
