//! Was a function compiled from this text?
//!
//! Its first line tells, which is recorded since Go 1.20; before that the lines of its code. The names of inlined
//! calls must be in the text too.

use std::collections::HashMap;

use super::Calls;
use crate::golang::pclntab::Function;
use crate::names;
use crate::printable::printable;
use crate::source::file::{Declaration, DeclarationKind, GoFile};

/// The declarations with a body in a file, and where its lines begin.
pub(super) struct Text<'a> {
    /// By type of the receiver (empty for functions) and name.
    declared: HashMap<(&'a [u8], &'a [u8]), &'a Declaration>,
    lines: Lines,
    bytes: &'a [u8],
}

impl<'a> Text<'a> {
    pub(super) fn of(file: &'a GoFile) -> Self {
        let named = file.declarations.iter().filter_map(|one| match &one.kind {
            DeclarationKind::Func => Some(((&b""[..], one.name.as_slice()), one)),
            DeclarationKind::Method { receiver, .. } => {
                Some(((receiver.as_slice(), one.name.as_slice()), one))
            }
            _ => None,
        });
        Self { declared: named.collect(), lines: Lines::of(&file.bytes), bytes: &file.bytes }
    }

    /// What shows that `function` was not compiled from this text.
    pub(super) fn contradicts<'c>(
        &self,
        function: &Function<'c>,
        calls: &Calls<'c>,
    ) -> Option<String> {
        let local = names::within_package(function.name());
        if local == b"init" || local.starts_with(b"init.") {
            return None;
        }
        let name = printable(local);
        let Some(declared) = self.declared.get(&key(local)) else {
            let plain = !local.contains(&b'.') && !local.contains(&b'[');
            return plain.then(|| format!("it declares no {name}, which was compiled from it"));
        };
        // A function without a body here was not compiled from this file.
        if !declared.has_body {
            return None;
        }
        let (first, last) = self.lines.around(declared);
        if let Some(line) = function.start_line() {
            let stands = declared.line;
            if !(first..=stands).contains(&line) {
                return Some(format!("{name} stands on line {stands}, in the binary on {line}"));
            }
            return self.unwritten_call(declared, function, calls);
        }
        // Single lines prove nothing: 1 stands for no line, and inlined code can leave some without a mark (go and
        // compile of 1.19 to 1.27: 3 to 12 files of about 1,200 have such a line; first lines of functions: none).
        let own = function.own_lines();
        let elsewhere = !own.is_empty() && !own.iter().any(|line| (first..=last).contains(line));
        if elsewhere {
            return Some(format!("{name} has lines {first} to {last}, in the binary none of them"));
        }
        self.unwritten_call(declared, function, calls)
    }

    /// A call that was inlined into the function, and whose name is not in its text.
    fn unwritten_call<'c>(
        &self,
        declared: &Declaration,
        function: &Function<'c>,
        calls: &Calls<'c>,
    ) -> Option<String> {
        let text = self
            .bytes
            .get(declared.parameters.start.min(declared.body.start)..declared.body.end)?;
        let (name, line) = calls.first(function, |name| lacks(text, name))?;
        let (own, name) = (printable(&declared.name), printable(name));
        Some(format!("the binary's {own} calls {name} on line {line}, which the text does not"))
    }
}

/// Whether `text` certainly does not call the function `name`, although the compiler inserts no such call.
pub(super) fn lacks(text: &[u8], name: &[u8]) -> bool {
    let called = key(names::within_package(name)).1;
    let called = called.strip_prefix(b"_Cfunc_").unwrap_or(called);
    if called.is_empty() || memchr::memmem::find(text, called).is_some() {
        return false;
    }
    // The compiler itself calls the runtime, and makes closures and wrappers.
    names::package(name) != Some(b"runtime") && !names::is_derived(name)
}

/// Receiver type and name of a symbol without its package: `(*T[...]).m`, `T.m`, `f[...]`.
pub(super) fn key(local: &[u8]) -> (&[u8], &[u8]) {
    let (receiver, name) = match memchr::memrchr(b'.', local) {
        Some(dot) if !local.ends_with(b"]") => local.split_at(dot),
        _ => (&b""[..], local),
    };
    let plain = |name: &'_ [u8]| memchr::memchr(b'[', name).unwrap_or(name.len());
    let name = name.strip_prefix(b".").unwrap_or(name);
    let receiver = receiver.strip_prefix(b"(*").unwrap_or(receiver);
    let receiver = receiver.strip_suffix(b")").unwrap_or(receiver);
    (
        receiver.get(..plain(receiver)).unwrap_or_default(),
        name.get(..plain(name)).unwrap_or_default(),
    )
}

/// Offsets where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(bytes: &[u8]) -> Self {
        Self(std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1)).collect())
    }

    /// The line, from 1, of an offset.
    fn line(&self, offset: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }

    /// The first and the last line of a declaration.
    fn around(&self, declared: &Declaration) -> (u32, u32) {
        let receiver = Some(declared.parameters.start).filter(|_| !declared.parameters.is_empty());
        let first = receiver.map_or(declared.line, |start| self.line(start).min(declared.line));
        let end = declared.body.end.max(declared.signature.end);
        (first, self.line(end.saturating_sub(1)).max(declared.line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_lead_to_declarations() {
        for (local, receiver, name) in [
            ("f", "", "f"),
            ("f[...]", "", "f"),
            ("T.m", "T", "m"),
            ("(*T).m", "T", "m"),
            ("(*T[...]).m", "T", "m"),
            ("T[...].m", "T", "m"),
        ] {
            assert_eq!(key(local.as_bytes()), (receiver.as_bytes(), name.as_bytes()), "{local}");
        }
    }
}
