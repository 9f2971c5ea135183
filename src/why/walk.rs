//! The shortest way from the roots to one of several places.
//!
//! Breadth first, the roots in their order, the references of each function in order of what they refer to. So of
//! several shortest chains always the same one is found. Method tables are gone through only where nothing else leads:
//! of all chains the one through the fewest of them is taken, of these the shortest.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::numbers::{Numbers, Place};
use super::objects::{Object, Objects};
use super::references::References;
use super::roots::Root;
use crate::binary::Binary;
use crate::code::How;
use crate::golang::descriptor::Descriptor;
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
    /// A method of a type, by the type's own table or by one for an interface. The linker keeps a method only if
    /// something calls it through an interface or may find it by reflection, so such a table alone is no reason.
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

/// A search under way. Nodes are counted from 0.
struct Search {
    /// Targets, sorted.
    wanted: Vec<usize>,
    /// For each node the one before it; a root has itself.
    from: Vec<u32>,
    open: VecDeque<u32>,
    /// Steps through method tables: from, to.
    later: Vec<(u32, u32)>,
    budget: usize,
}

impl Search {
    /// Reaches node `index` from `from`; returned if it is a target.
    fn reach(&mut self, index: usize, from: u32) -> Option<usize> {
        let slot = self.from.get_mut(index).filter(|slot| **slot == NONE)?;
        *slot = from;
        self.open.push_back(index as u32);
        self.wanted.binary_search(&index).is_ok().then_some(index)
    }
}

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
            return self.wrapped(node, tell);
        }
        let (start, end) = match self.objects.object(&self.numbers, node) {
            Object::Bytes(start, end) => (start, end),
            Object::Type(descriptor, end) => {
                self.methods(&descriptor, tell)?;
                (node, end)
            }
        };
        let words = self.references.words(start, end);
        let is_itab =
            words.iter().any(|(_, to)| self.numbers.is_function(*to)) && self.itab(node).is_some();
        for (at, to) in words {
            let method = is_itab && self.numbers.is_function(*to);
            let bend = if method { Bend::Method } else { Bend::Word };
            self.refer(*to, bend, self.numbers.address(*at), tell)?;
        }
        ControlFlow::Continue(())
    }

    /// The type and the interface of the method table at `node`, if it is one: its first words are the interface and the
    /// type (internal/abi/iface.go, ITab).
    pub(super) fn itab(&self, node: Node) -> Option<(Descriptor, Descriptor)> {
        let types = self.objects.types.as_ref()?;
        let pointer = Place::from(self.binary.layout().pointer);
        let at = |word: Place| {
            let place = self.references.word(node.checked_add(word * pointer)?)?;
            types.at(self.numbers.address(place))
        };
        let (interface, concrete) = (at(0)?, at(1)?);
        (interface.interface && !concrete.interface).then_some((concrete, interface))
    }

    /// The function that `node` wraps. Its body was inlined into the wrapper, and traces show it by that word.
    fn wrapped(&self, node: Node, tell: &mut dyn FnMut(Hop) -> ControlFlow<()>) -> ControlFlow<()> {
        let found = self.binary.functions().ok().and_then(|functions| {
            let function = functions.table.function(node as usize)?;
            let (at, offset) = functions.trees.as_ref()?.wrapped(&functions.table, &function)?;
            let to = self.numbers.entry_at(functions.table.text().wrapping_add(offset.into()))?;
            Some(Hop { to, bend: Bend::Word, at })
        });
        found.map_or(ControlFlow::Continue(()), tell)
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
        descriptor: &Descriptor,
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
        }
        for (at, address) in types.named_types(descriptor) {
            if let Some(to) = self.numbers.data_at(address) {
                tell(Hop { to: self.objects.start_of(to), bend: Bend::Word, at })?;
            }
        }
        ControlFlow::Continue(())
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
        // Objects of real programs hardly overlap.
        let budget = 16 * (count + self.references.count_words()) + (1 << 20);
        let mut search = Search {
            wanted,
            from: vec![NONE; count],
            open: VecDeque::new(),
            later: Vec::new(),
            budget,
        };
        for (_, place) in roots {
            if let Some(found) = search.reach(*place as usize, *place) {
                return self.chain(roots, &search.from, found);
            }
        }
        loop {
            while let Some(next) = search.open.pop_front() {
                match self.expand(&mut search, next) {
                    ControlFlow::Break(Some(found)) => {
                        return self.chain(roots, &search.from, found);
                    }
                    ControlFlow::Break(None) => return Walked::Endless,
                    ControlFlow::Continue(()) => {}
                }
            }
            if search.later.is_empty() {
                return Walked::Nothing;
            }
            for (from, to) in std::mem::take(&mut search.later) {
                if let Some(found) = search.reach(to as usize, from) {
                    return self.chain(roots, &search.from, found);
                }
            }
        }
    }

    /// Reaches everything that node number `next` leads to; methods wait. Ends with a target, or with none if the file
    /// makes the search endless.
    fn expand(&self, search: &mut Search, next: u32) -> ControlFlow<Option<usize>> {
        let Some(node) = self.node(next as usize) else { return ControlFlow::Continue(()) };
        let is_code = self.numbers.is_function(node);
        let mut found = None;
        let ended = self.hops(node, &mut |hop| {
            if !is_code {
                search.budget = search.budget.saturating_sub(1);
            }
            let Some(index) = self.index(hop.to) else { return ControlFlow::Continue(()) };
            if hop.bend == Bend::Method {
                if search.from.get(index) == Some(&NONE) {
                    search.later.push((next, index as u32));
                }
            } else {
                found = search.reach(index, next);
            }
            let stop = found.is_some() || search.budget == 0;
            if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if ended.is_break() { ControlFlow::Break(found) } else { ControlFlow::Continue(()) }
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
