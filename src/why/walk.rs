//! The shortest way from the roots to one of several places.
//!
//! Breadth first, the roots in their order, the references of each function in order of what they refer to. So of
//! several shortest chains always the same one is found.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::numbers::{Numbers, Place};
use super::objects::{Object, Objects};
use super::references::References;
use super::roots::Root;
use crate::binary::Binary;
use crate::code::How;
use crate::image::Section;

/// What a chain goes through: a function or an object of data, each by the number of its first byte.
pub(super) type Node = Place;

/// How one node leads to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bend {
    /// Code calls, jumps, or forms, reads or writes the address.
    Code(How),
    /// Code takes the address of a function value.
    Value,
    /// A word of data holds the address, or that of a function value.
    Word,
    /// A method of a type.
    Method,
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hop {
    pub(super) to: Node,
    pub(super) bend: Bend,
    /// The instruction, word or record.
    pub(super) at: u64,
}

/// Everything that is known about who refers to what.
pub(super) struct Graph<'a> {
    pub(super) binary: &'a Binary,
    pub(super) numbers: Numbers<'a>,
    pub(super) references: References,
    pub(super) objects: Objects,
    /// Start and end of the sections of slots that linkers make.
    slots: Vec<(Place, Place)>,
}

/// What a search came to.
pub(super) enum Walked {
    /// The nodes from a root to the target.
    Chain(Root, Vec<Node>),
    /// None of the targets can be reached.
    Nothing,
    /// The file makes the search longer than any program's.
    Endless,
}

const NONE: u32 = u32::MAX;

impl<'a> Graph<'a> {
    pub(super) fn new(
        binary: &'a Binary,
        numbers: Numbers<'a>,
        references: References,
        objects: Objects,
    ) -> Self {
        let is_slots = |section: &&Section| memchr::memmem::find(&section.name, b"got").is_some();
        let sections = binary.image.sections.iter().filter(is_slots);
        let slots = sections.filter_map(|section| {
            let start = numbers.data_at(section.address)?;
            Some((start, numbers.end(start)))
        });
        let slots = slots.collect();
        Self { binary, numbers, references, objects, slots }
    }

    /// Calls `tell` for each node that `node` refers to.
    pub(super) fn hops(
        &self,
        node: Node,
        tell: &mut dyn FnMut(Hop) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.numbers.is_function(node) {
            let entry = self.numbers.address(node);
            for reference in self.references.of_function(node) {
                let at = entry.wrapping_add(reference.distance());
                self.refer(reference.to, Bend::Code(reference.how()), at, tell)?;
            }
            return ControlFlow::Continue(());
        }
        let end = match self.objects.object(&self.numbers, node) {
            Object::Bytes(end) => end,
            Object::Type(descriptor, end) => {
                self.methods(&descriptor, tell)?;
                end
            }
        };
        for (at, to) in self.references.words(node, end) {
            self.refer(*to, Bend::Word, self.numbers.address(*at), tell)?;
        }
        ControlFlow::Continue(())
    }

    /// The nodes that a reference to `to` leads to: through a linker's slot, to the function of a function value, and to
    /// the data itself.
    fn refer(
        &self,
        to: Place,
        bend: Bend,
        at: u64,
        tell: &mut dyn FnMut(Hop) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.numbers.is_function(to) {
            return tell(Hop { to, bend, at });
        }
        let slot = self.slots.iter().any(|(start, end)| (*start..*end).contains(&to));
        let to = if slot { self.references.word(to).unwrap_or(to) } else { to };
        if self.numbers.is_function(to) {
            return tell(Hop { to, bend, at });
        }
        if let Some(value) = self.references.word(to).filter(|to| self.numbers.is_function(*to)) {
            let bend = if matches!(bend, Bend::Code(_)) { Bend::Value } else { bend };
            tell(Hop { to: value, bend, at })?;
        }
        tell(Hop { to: self.objects.start_of(to), bend, at })
    }

    fn methods(
        &self,
        descriptor: &crate::golang::descriptor::Descriptor,
        tell: &mut dyn FnMut(Hop) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(types) = &self.objects.types else { return ControlFlow::Continue(()) };
        let text = self.binary.functions().map_or(0, |functions| functions.table.text());
        for method in types.methods(descriptor) {
            for offset in method.functions.into_iter().filter(|offset| *offset > 0) {
                let entry = text.wrapping_add_signed(offset.into());
                if let Some(to) = self.numbers.entry_at(entry) {
                    tell(Hop { to, bend: Bend::Method, at: method.at })?;
                }
            }
            self.signature(types.address(method.signature), method.at, tell)?;
        }
        for (at, offset) in types.signatures(descriptor) {
            self.signature(types.address(offset), at, tell)?;
        }
        ControlFlow::Continue(())
    }

    fn signature(
        &self,
        address: u64,
        at: u64,
        tell: &mut dyn FnMut(Hop) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match self.numbers.data_at(address) {
            Some(to) => tell(Hop { to: self.objects.start_of(to), bend: Bend::Word, at }),
            None => ControlFlow::Continue(()),
        }
    }

    /// The number of a node among all: functions first, then objects.
    fn index(&self, node: Node) -> Option<usize> {
        if self.numbers.is_function(node) {
            return Some(node as usize);
        }
        Some(self.numbers.functions() as usize + self.objects.index(node)?)
    }

    fn node(&self, index: usize) -> Option<Node> {
        let functions = self.numbers.functions() as usize;
        match index.checked_sub(functions) {
            None => Place::try_from(index).ok(),
            Some(object) => self.objects.start(object),
        }
    }

    /// The shortest chain from one of `roots` to one of `targets`, which are nodes.
    pub(super) fn walk(&self, roots: &[(Root, Place)], targets: &[Node]) -> Walked {
        let mut wanted: Vec<usize> = targets.iter().filter_map(|node| self.index(*node)).collect();
        wanted.sort_unstable();
        let count = self.numbers.functions() as usize + self.objects.count();
        let mut from: Vec<u32> = vec![NONE; count];
        let mut open: VecDeque<u32> = VecDeque::new();
        let is_wanted = |index: usize| wanted.binary_search(&index).is_ok();
        for (_, place) in roots {
            let (index, number) = (*place as usize, *place);
            if from.get(index) == Some(&NONE) {
                if let Some(slot) = from.get_mut(index) {
                    *slot = number;
                }
                if is_wanted(index) {
                    return self.chain(roots, &from, index);
                }
                open.push_back(number);
            }
        }
        // Objects of real programs hardly overlap.
        let mut budget = 16 * (count + self.references.count_words()) + (1 << 20);
        while let Some(next) = open.pop_front() {
            let Some(node) = self.node(next as usize) else { continue };
            let mut reached = None;
            let is_code = self.numbers.is_function(node);
            let ended = self.hops(node, &mut |hop| {
                if !is_code {
                    budget = budget.saturating_sub(1);
                }
                let Some(index) = self.index(hop.to) else { return ControlFlow::Continue(()) };
                let Some(slot) = from.get_mut(index).filter(|slot| **slot == NONE) else {
                    return if budget == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
                };
                *slot = next;
                open.push_back(index as u32);
                if is_wanted(index) {
                    reached = Some(index);
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            });
            match (reached, ended) {
                (Some(index), _) => return self.chain(roots, &from, index),
                (None, ControlFlow::Break(())) => return Walked::Endless,
                (None, ControlFlow::Continue(())) => {}
            }
        }
        Walked::Nothing
    }

    fn chain(&self, roots: &[(Root, Place)], from: &[u32], target: usize) -> Walked {
        let (mut nodes, mut at) = (Vec::new(), target);
        loop {
            let Some(node) = self.node(at) else { return Walked::Nothing };
            nodes.push(node);
            match from.get(at) {
                Some(before) if *before as usize != at && *before != NONE => at = *before as usize,
                _ => break,
            }
        }
        nodes.reverse();
        let root = nodes.first().and_then(|first| roots.iter().find(|(_, place)| place == first));
        root.map_or(Walked::Nothing, |(root, _)| Walked::Chain(*root, nodes))
    }

    /// The first `most` nodes that lead to one of `targets`, in order of their numbers.
    pub(super) fn referrers(&self, targets: &[Node], most: usize) -> Vec<(Node, Hop)> {
        let functions = (0..self.numbers.functions()).map(Some);
        let objects = (0..self.objects.count()).map(|index| self.objects.start(index));
        let mut found = Vec::new();
        for node in functions.chain(objects).flatten() {
            let ended = self.hops(node, &mut |hop| {
                if hop.to == node || targets.binary_search(&hop.to).is_err() {
                    return ControlFlow::Continue(());
                }
                found.push((node, hop));
                ControlFlow::Break(())
            });
            if ended.is_break() && found.len() >= most {
                break;
            }
        }
        found
    }

    /// The first step from `node` to `to`.
    pub(super) fn hop(&self, node: Node, to: Node) -> Option<Hop> {
        let mut found = None;
        _ = self.hops(node, &mut |hop| {
            if hop.to != to {
                return ControlFlow::Continue(());
            }
            found = Some(hop);
            ControlFlow::Break(())
        });
        found
    }
}
