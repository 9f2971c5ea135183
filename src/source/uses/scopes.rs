//! What does a name mean inside a function?

use std::collections::HashMap;

/// What a name was declared as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Declared {
    /// A variable, a parameter or a type.
    Other,
    Constant,
}

/// The open blocks and their declarations.
#[derive(Default)]
pub(super) struct Scopes<'a> {
    names: HashMap<&'a [u8], Vec<Declared>>,
    /// Every name, in the order of declaration.
    order: Vec<&'a [u8]>,
    /// Where each open block begins in `order`.
    blocks: Vec<usize>,
}

impl<'a> Scopes<'a> {
    pub(super) fn open(&mut self) {
        self.blocks.push(self.order.len());
    }

    pub(super) fn close(&mut self) {
        let from = self.blocks.pop().unwrap_or_default();
        for name in self.order.drain(from..) {
            if let Some(declared) = self.names.get_mut(name) {
                declared.pop();
            }
        }
    }

    pub(super) fn declare(&mut self, name: &'a [u8], declared: Declared) {
        // A name that the package declares is not local.
        if !self.blocks.is_empty() && name != b"_" {
            self.names.entry(name).or_default().push(declared);
            self.order.push(name);
        }
    }

    /// What the innermost block with the name declares it as.
    pub(super) fn get(&self, name: &[u8]) -> Option<Declared> {
        self.names.get(name)?.last().copied()
    }
}
