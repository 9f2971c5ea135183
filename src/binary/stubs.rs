//! Which code of one executable belongs to no function that Go knows, and where do calls to it lead?
//!
//! Entries of linkage tables, veneers of other linkers, and Go's trampolines only jump to another function: a call of
//! one is a reference to that function.

use std::collections::BTreeMap;

use super::{Binary, Functions};
use crate::code::{self, Bases, Code, InstructionSet, LeadsTo, RawReference, Wanted};
use crate::error::{Fault, Result};
use crate::image::Section;

/// Bytes of the longest stub: eight instructions.
const LONGEST_STUB: u64 = 32;

/// The most stubs of one program. The largest program measured calls 3,284 trampolines.
const MOST_STUBS: usize = 1 << 16;

/// The most stubs in a row before a function is reached: a trampoline, then an entry of a linkage table.
const MOST_HOPS: usize = 4;

impl Binary {
    /// The base addresses that some registers hold throughout the program, where the file has them.
    pub(super) fn bases(&self) -> Bases {
        let section = |name: &[u8]| self.image.section_named(name).map(|section| section.address);
        let got = section(b".got");
        match self.image.arch.as_str() {
            // 64-bit ELF V2 ABI Specification for Power, 3.3: 0x8000 behind the start of .got.
            "ppc64" | "ppc64le" => {
                Bases { toc: got.map(|got| got.wrapping_add(0x8000)), ..Bases::default() }
            }
            // MIPS ABI: the global pointer is 0x7ff0 behind the start of .got.
            "mips" | "mipsle" | "mips64" | "mips64le" => {
                Bases { gp: got.map(|got| got.wrapping_add(0x7ff0)), ..Bases::default() }
            }
            // i386 ABI: _GLOBAL_OFFSET_TABLE_ is the start of .got.plt, of .got without one.
            "386" => Bases { got: section(b".got.plt").or(got), ..Bases::default() },
            _ => Bases::default(),
        }
    }

    /// Replaces a reference to a stub by one to where the stub leads, if that is wanted. Drops other
    /// references to code that is not wanted.
    ///
    /// # Errors
    /// When there are more stubs than any program has.
    pub(super) fn follow_stubs(
        &self,
        set: InstructionSet,
        wanted: &Wanted,
        references: &mut Vec<RawReference>,
    ) -> Result<()> {
        let mut open: Vec<u64> = references.iter().map(|reference| reference.to).collect();
        open.retain(|to| !wanted.contains(*to));
        let mut leads: BTreeMap<u64, LeadsTo> = BTreeMap::new();
        for _ in 0..MOST_HOPS {
            open.sort_unstable();
            open.dedup();
            if leads.len() + open.len() > MOST_STUBS {
                let detail = format!("{} calls of code outside all functions", open.len());
                return Err(Fault::unsupported("stubs", 0, detail));
            }
            let found = self.read_stubs(set, &open);
            open = found.values().filter_map(|leads_to| self.target(*leads_to)).collect();
            open.retain(|to| !wanted.contains(*to) && !leads.contains_key(to));
            leads.extend(found);
        }
        references.retain_mut(|reference| {
            wanted.contains(reference.to) || self.redirect(reference, &leads, wanted)
        });
        Ok(())
    }

    fn read_stubs(&self, set: InstructionSet, entries: &[u64]) -> BTreeMap<u64, LeadsTo> {
        let bases = self.bases();
        let mut found = BTreeMap::new();
        for section in self.image.sections.iter().filter(|section| section.executable) {
            let first = entries.partition_point(|entry| *entry < section.address);
            let end = section.address.saturating_add(section.file_size);
            let behind = entries.partition_point(|entry| *entry < end);
            let inside = entries.get(first..behind).unwrap_or_default();
            if inside.is_empty() {
                continue;
            }
            let Ok(data) = self.image.read_section(section) else { continue };
            let codes: Vec<Code<'_>> = inside
                .iter()
                .filter_map(|entry| {
                    let start = usize::try_from(entry - section.address).ok()?;
                    let rest = data.get(start..)?;
                    let bytes = rest.get(..rest.len().min(LONGEST_STUB as usize))?;
                    Some(Code { address: *entry, bytes })
                })
                .collect();
            let stubs = code::stubs(set, &codes, &bases);
            found.extend(stubs.into_iter().map(|stub| (stub.entry, stub.leads_to)));
        }
        found
    }

    fn target(&self, leads_to: LeadsTo) -> Option<u64> {
        match leads_to {
            LeadsTo::Address(address) => Some(address),
            LeadsTo::Slot(slot) => self.word(slot),
        }
    }

    /// Whether `reference` leads to a wanted address. If so, it is changed to that address: a function, or
    /// a word that the loader fills with one.
    fn redirect(
        &self,
        reference: &mut RawReference,
        leads: &BTreeMap<u64, LeadsTo>,
        wanted: &Wanted,
    ) -> bool {
        let mut at = reference.to;
        for _ in 0..MOST_HOPS {
            let Some(leads_to) = leads.get(&at) else { return false };
            if let LeadsTo::Slot(slot) = leads_to
                && wanted.contains(*slot)
            {
                (reference.to, reference.through) = (*slot, true);
                return true;
            }
            let Some(to) = self.target(*leads_to) else { return false };
            if wanted.contains(to) {
                reference.to = to;
                return true;
            }
            at = to;
        }
        false
    }
}

/// Start and length of the code that no source file accounts for: parts of executable sections without a
/// function of Go's table, and functions of the table that come from no file, such as trampolines.
pub(super) fn bare_code(functions: &Functions, sections: &[&Section]) -> Vec<(u64, u64)> {
    let mut bare = Vec::new();
    for section in sections {
        let end = section.address.saturating_add(section.size.max(section.file_size));
        let mut inside = functions.table.functions_between(section.address, end);
        let Some(first) = inside.next() else {
            bare.push((section.address, end - section.address));
            continue;
        };
        let last = inside.last().unwrap_or(first);
        bare.push((section.address, first.entry.saturating_sub(section.address)));
        bare.push((last.end, end.saturating_sub(last.end)));
    }
    let small = functions.table.functions().filter(|function| {
        function.end.saturating_sub(function.entry) <= LONGEST_STUB && function.file().is_none()
    });
    bare.extend(small.map(|function| (function.entry, 1)));
    bare.retain(|(_, len)| *len > 0);
    bare
}
