//! How is a type shown to a person? As Go writes it, with whole import paths.
//!
//! The names come from files; whoever prints the text must escape it.

use std::fmt::{Display, Formatter, Result};

use super::{Direction, Field, Interface, Name, Signature, Type};

/// Longer lists are cut, so that a line stays a line.
const MOST_SHOWN: usize = 12;

impl Display for Type {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Self::Basic(basic) => out.write_str(basic.word()),
            Self::Named(name) => name.fmt(out),
            Self::Pointer(to) => write!(out, "*{to}"),
            Self::Slice(of) => write!(out, "[]{of}"),
            Self::Array(length, of) => write!(out, "[{length}]{of}"),
            Self::Map(key, value) => write!(out, "map[{key}]{value}"),
            Self::Chan(Direction::Both, of) => write!(out, "chan {of}"),
            Self::Chan(Direction::Send, of) => write!(out, "chan<- {of}"),
            Self::Chan(Direction::Receive, of) => write!(out, "<-chan {of}"),
            Self::Func(signature) => write!(out, "func{signature}"),
            Self::Struct(fields) => structure(fields, out),
            Self::Interface(interface) => interface.fmt(out),
            Self::Unknown(why) => write!(out, "?({why})"),
        }
    }
}

impl Display for Name {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        if !self.package.is_empty() {
            write!(out, "{}.", self.package)?;
        }
        out.write_str(&self.name)?;
        if self.arguments.is_empty() {
            return Ok(());
        }
        out.write_str("[")?;
        list(&self.arguments, out)?;
        out.write_str("]")
    }
}

impl Display for Signature {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        out.write_str("(")?;
        parameters(self, out)?;
        out.write_str(")")?;
        match self.results.as_slice() {
            [] => Ok(()),
            [one] => write!(out, " {one}"),
            several => {
                out.write_str(" (")?;
                list(several, out)?;
                out.write_str(")")
            }
        }
    }
}

impl Display for Interface {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        if self.methods.is_empty() && self.embedded.is_empty() {
            return out.write_str("any");
        }
        out.write_str("interface{")?;
        for (index, (name, _, signature)) in self.methods.iter().take(MOST_SHOWN).enumerate() {
            let between = if index > 0 { "; " } else { "" };
            write!(out, "{between}{name}{signature}")?;
        }
        for (index, embedded) in self.embedded.iter().take(MOST_SHOWN).enumerate() {
            let between = if index > 0 || !self.methods.is_empty() { "; " } else { "" };
            write!(out, "{between}{embedded}")?;
        }
        out.write_str("}")
    }
}

fn parameters(signature: &Signature, out: &mut Formatter<'_>) -> Result {
    let (Some((last, first)), true) = (signature.parameters.split_last(), signature.variadic)
    else {
        return list(&signature.parameters, out);
    };
    list(first, out)?;
    let between = if first.is_empty() { "" } else { ", " };
    match last {
        Type::Slice(of) => write!(out, "{between}...{of}"),
        other => write!(out, "{between}{other}"),
    }
}

fn list(types: &[Type], out: &mut Formatter<'_>) -> Result {
    for (index, type_) in types.iter().take(MOST_SHOWN).enumerate() {
        let between = if index > 0 { ", " } else { "" };
        write!(out, "{between}{type_}")?;
    }
    if types.len() > MOST_SHOWN { out.write_str(", …") } else { Ok(()) }
}

fn structure(fields: &[Field], out: &mut Formatter<'_>) -> Result {
    out.write_str("struct{")?;
    for (index, field) in fields.iter().take(MOST_SHOWN).enumerate() {
        let between = if index > 0 { "; " } else { "" };
        match field.embedded {
            true => write!(out, "{between}{}", field.type_)?,
            false => write!(out, "{between}{} {}", field.name, field.type_)?,
        }
    }
    let end = if fields.len() > MOST_SHOWN { "; …}" } else { "}" };
    out.write_str(end)
}
