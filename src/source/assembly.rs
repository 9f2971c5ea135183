//! Which symbols does a Go assembly file define, and which does it name?
//!
//! cmd/asm writes a symbol as `path·name(SB)`, with U+00B7 for the dot after the package and U+2215 for the slashes
//! of the path; without a path it is the package's own symbol. Macros are not expanded, and all `#ifdef` branches are
//! read.
//!
//! ```
//! use gonym::source::assembly::Assembly;
//!
//! let text = "TEXT \u{b7}add(SB), $0\n\tCALL runtime\u{b7}nanotime(SB)\n\tRET\n";
//! let mut assembly = Assembly::default();
//! assembly.read(b"example.com/m", text.as_bytes());
//! assert!(assembly.text.contains(&b"example.com/m.add"[..]));
//! assert!(assembly.named.contains(&b"runtime.nanotime"[..]));
//! ```

use std::collections::BTreeSet;

use super::lexer::{Lexer, TokenKind};
use crate::names;

/// The symbols in the assembly of a package; names are whole symbols, as the linker spells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembly {
    /// Functions: `TEXT`.
    pub text: BTreeSet<Vec<u8>>,
    /// Data: `GLOBL` and `DATA`.
    pub data: BTreeSet<Vec<u8>>,
    /// What any other instruction names: calls, loads, addresses.
    pub named: BTreeSet<Vec<u8>>,
}

/// What a statement of assembly does with a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `TEXT`: defines the function.
    Text,
    /// `GLOBL` or `DATA`: defines the data.
    Data,
    /// Branches to it.
    Branch,
    /// Any other operand.
    Operand,
}

/// One symbol in one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The whole symbol, as the linker spells it.
    pub symbol: Vec<u8>,
    /// What the statement does with it.
    pub part: Part,
    /// Its line, from 1.
    pub line: u32,
    /// The column of its statement in bytes, from 1.
    pub column: u32,
    /// The function that the statement belongs to; empty before the first.
    pub within: Vec<u8>,
}

/// Every symbol in a file of the package `path`, in the order of the file.
#[must_use]
pub fn named(path: &[u8], bytes: &[u8]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut within = Vec::new();
    for (text, line) in without_comments(bytes).split(|byte| *byte == b'\n').zip(1..) {
        let mut start = 0;
        for statement in text.split(|byte| *byte == b';') {
            let blanks = statement.len() - statement.trim_ascii_start().len();
            let column = u32::try_from(start + blanks + 1).unwrap_or(u32::MAX);
            start += statement.len() + 1;
            let statement = statement.trim_ascii();
            let word = statement.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            for (at, symbol) in symbols(statement).into_iter().enumerate() {
                let Some(symbol) = whole(path, &symbol) else { continue };
                let part = part(word, at);
                if part == Part::Text {
                    within.clone_from(&symbol);
                }
                found.push(Named { symbol, part, line, column, within: within.clone() });
            }
        }
    }
    found
}

fn part(word: &[u8], at: usize) -> Part {
    match word {
        b"TEXT" if at == 0 => Part::Text,
        b"GLOBL" | b"DATA" if at == 0 => Part::Data,
        b"CALL" | b"JMP" | b"BL" | b"B" | b"BR" | b"JAL" => Part::Branch,
        _ => Part::Operand,
    }
}

impl Assembly {
    /// Adds the symbols in one file of the package `path`.
    pub fn read(&mut self, path: &[u8], bytes: &[u8]) {
        for Named { symbol, part, .. } in named(path, bytes) {
            match part {
                Part::Text => self.text.insert(symbol),
                Part::Data => self.data.insert(symbol),
                Part::Branch | Part::Operand => self.named.insert(symbol),
            };
        }
    }
}

fn without_comments(bytes: &[u8]) -> Vec<u8> {
    let mut kept = bytes.to_vec();
    // Comments are as in Go; what else the lexer finds does not matter.
    for token in Lexer::new(bytes).filter(super::lexer::Token::is_comment) {
        let end = if token.kind == TokenKind::LineComment {
            token.end
        } else {
            token.end.min(bytes.len())
        };
        for byte in kept.get_mut(token.start..end).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    kept
}

/// The text before each `(SB)`, without offsets and ABI; empty for symbols that are local to the file.
fn symbols(statement: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(statement, b"(SB)") {
        let before = statement.get(..at).unwrap_or_default();
        let start = before.iter().rposition(|byte| !is_of_symbol(*byte)).map_or(0, |at| at + 1);
        let mut symbol = before.get(start..).unwrap_or_default();
        // The offset comes after the mark: DATA rupoly<>+0x00(SB)/8.
        if memchr::memmem::find(symbol, b"<>").is_some() {
            found.push(Vec::new()); // keeps its place: DATA x<>+8(SB)/8, $TOC(SB) defines no TOC
            continue;
        }
        if let Some(abi) = memchr::memchr(b'<', symbol) {
            symbol = symbol.get(..abi).unwrap_or_default();
        }
        let offset = symbol.iter().position(|byte| matches!(byte, b'+' | b'-'));
        symbol = symbol.get(..offset.unwrap_or(symbol.len())).unwrap_or_default();
        found.push(symbol.to_vec());
    }
    found
}

fn is_of_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_.~<>+-%/".contains(&byte)
}

/// The symbol as the linker spells it.
fn whole(path: &[u8], symbol: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(symbol).ok()?.replace('\u{2215}', "/");
    let (package, name) = match text.split_once('\u{b7}') {
        Some(("", name)) => (names::escaped(path), name),
        Some((package, name)) => (package.as_bytes().to_vec(), name),
        None => return (!text.is_empty()).then(|| text.into_bytes()),
    };
    let mut symbol = package;
    symbol.push(b'.');
    symbol.extend(name.replace('\u{b7}', ".").into_bytes());
    Some(symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_that_are_defined_and_named() {
        let mut assembly = Assembly::default();
        let source = "#include \"textflag.h\"\n// TEXT ·no(SB)\nTEXT ·Add<ABIInternal>(SB), NOSPLIT, $0-8\n\
            \tCALL runtime·memmove(SB) /* x\ny·z(SB) */; JMP ·other+4(SB)\n\tLEAQ ·own<>(SB), AX\n\
            TEXT runtime∕internal∕atomic·Load(SB),0,$0\nTEXT static<>(SB),0,$0\nGLOBL ·table(SB), RODATA, $8\n\
            TEXT _start(SB),0,$-8\nDATA ·table+0(SB)/8, $·fn(SB)\n\
            DATA own<>+0x08(SB)/8, $elsewhere(SB)\n";
        assembly.read(b"a.b/c.v2", source.as_bytes());
        let names = |set: &BTreeSet<Vec<u8>>| {
            set.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>()
        };
        let text = ["_start", "a.b/c%2ev2.Add", "runtime/internal/atomic.Load"];
        assert_eq!(names(&assembly.text), text);
        assert_eq!(names(&assembly.data), ["a.b/c%2ev2.table"]);
        let named = ["a.b/c%2ev2.fn", "a.b/c%2ev2.other", "elsewhere", "runtime.memmove"];
        assert_eq!(names(&assembly.named), named);
    }
}
