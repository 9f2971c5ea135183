//! What would an object file hold if it were linked?
//!
//! In an object file addresses are offsets in sections, and references are relocations. Here it gets addresses of its
//! own: its sections one after another, then 16 bytes for each undefined symbol, then a GOT. The relocations are
//! applied to a copy of its bytes, so that everything that reads a linked program can read it. Each format says what
//! its relocations do and where symbols are. A relocation that cannot be applied is a fault, and code then counts as
//! not searched.

pub(super) mod forms;

use std::collections::BTreeMap;

use super::file::Range;
use super::{Detail, FileKind, Image, RelativeWord, Relocations, elf, macho, pe};
use crate::error::Fault;
use forms::Form;

/// Where the first section is put.
pub(super) const BASE: u64 = 0x40_0000;
/// Sections begin at multiples of this: no instruction set's relocations ask for more.
const ALIGNMENT: u64 = 0x1000;
/// Apart, so that no two undefined symbols are taken for one.
const UNDEFINED_SIZE: u64 = 16;
/// Addresses beyond are no processor's.
const HIGHEST: u64 = 1 << 47;

/// What linking an object has given.
#[derive(Clone, Debug, Default)]
pub(super) struct Linked {
    /// Address of undefined symbol number 0.
    undefined: u64,
    relocations: Relocations,
}

impl Linked {
    /// The address that row `index` of the symbol table has here if nobody defines it.
    pub(super) fn undefined(&self, index: u64) -> u64 {
        self.undefined.saturating_add(index.saturating_mul(UNDEFINED_SIZE))
    }

    /// The words of the GOT, and what could not be applied.
    pub(super) fn relocations(&self) -> &Relocations {
        &self.relocations
    }
}

/// `image`, linked by itself if it is an object file.
pub(super) fn linked(mut image: Image) -> Image {
    if image.kind != FileKind::Relocatable || image.linked.is_some() {
        return image;
    }
    let bytes = match image.range.read("object file", 0, image.range.len()) {
        Ok(bytes) => bytes,
        Err(fault) => return failed(image, fault),
    };
    if let Err(fault) = place(&mut image) {
        return failed(image, fault);
    }
    let end =
        image.sections.iter().filter(|s| s.allocated).map(|s| s.address.saturating_add(s.size));
    let undefined = aligned(end.max().unwrap_or(BASE));
    image.linked = Some(Linked { undefined, ..Linked::default() });
    let mut work = Work {
        bytes,
        undefined,
        got: 0,
        pointer: image.pointer_size,
        words: BTreeMap::new(),
        faults: Vec::new(),
        unapplied: 0,
    };
    match &image.detail {
        Detail::Elf(tables) => elf::relocate(&image, tables, &mut work),
        Detail::MachO(tables) => macho::relocate(&image, tables, &mut work),
        Detail::Pe(tables) => pe::relocate(&image, tables, &mut work),
    }
    let Work { bytes, words, mut faults, unapplied, .. } = work;
    if let (2.., Some(last)) = (unapplied, faults.last_mut()) {
        last.detail = format!("{}; relocations that are not applied: {unapplied}", last.detail);
    }
    let words = words.into_iter().map(|(address, value)| RelativeWord { address, value }).collect();
    image.linked = Some(Linked { undefined, relocations: Relocations { words, faults } });
    image.range = image.range.replaced(bytes);
    // What it leaves undefined, others may define: a linker first, then a loader.
    image.dynamic = true;
    image
}

fn failed(mut image: Image, fault: Fault) -> Image {
    let relocations = Relocations { words: Vec::new(), faults: vec![fault] };
    image.linked = Some(Linked { undefined: 0, relocations });
    image
}

fn aligned(address: u64) -> u64 {
    address.checked_next_multiple_of(ALIGNMENT).unwrap_or(HIGHEST)
}

/// Gives every allocated section an address. Mach-O objects bring some along, which begin at 0: those
/// are shifted, because nothing lies at address 0 of a program.
fn place(image: &mut Image) -> Result<(), Fault> {
    if matches!(image.detail, Detail::MachO(_)) {
        for section in &mut image.sections {
            section.address = section.address.saturating_add(BASE);
        }
        return Ok(());
    }
    let mut at = BASE;
    for section in image.sections.iter_mut().filter(|section| section.allocated) {
        section.address = at;
        at = aligned(at.saturating_add(section.size));
        if at >= HIGHEST {
            let part = format!("section {}", crate::printable::printable(&section.name));
            let place = image.range.base().saturating_add(section.offset);
            let detail = "sections larger than any memory";
            return Err(Fault::invalid(part, place, HIGHEST, section.size, detail));
        }
    }
    Ok(())
}

/// One reference that a relocation asks to be filled in.
pub(super) struct Fix {
    /// Offset in the object of the first byte to change.
    pub(super) at: u64,
    /// The address that this byte has.
    pub(super) address: u64,
    /// How the bytes hold the reference.
    pub(super) form: Form,
    /// The address referred to.
    pub(super) target: u64,
}

/// An object while its relocations are applied.
pub(super) struct Work {
    bytes: Vec<u8>,
    undefined: u64,
    got: u64,
    pointer: u8,
    words: BTreeMap<u64, u64>,
    pub(super) faults: Vec<Fault>,
    unapplied: u64,
}

impl Work {
    /// Makes room for a GOT behind the undefined ones of `rows` symbols.
    pub(super) fn count_symbols(&mut self, rows: u64) {
        let end = self.undefined.saturating_add(rows.saturating_mul(UNDEFINED_SIZE));
        self.got = aligned(end);
    }

    /// The address of the GOT entry of symbol `index`, whose own address is `value`.
    pub(super) fn got_entry(&mut self, index: u32, value: u64) -> u64 {
        let entry = self.got.saturating_add(u64::from(index) * u64::from(self.pointer));
        self.words.insert(entry, value);
        entry
    }

    /// The little-endian number of `size` bytes at `at`, with its sign.
    pub(super) fn stored(&self, at: u64, size: u8) -> i64 {
        let start = usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(start..).and_then(|rest| rest.get(..size.into()));
        let value =
            bytes.unwrap_or_default().iter().rev().fold(0u64, |v, b| v << 8 | u64::from(*b));
        let unused = 64 - 8 * u32::from(size.clamp(1, 8));
        (value << unused).cast_signed() >> unused
    }

    /// Applies `fix`; false when its bytes are not there or its target is out of reach.
    pub(super) fn apply(&mut self, fix: &Fix) -> bool {
        let start = usize::try_from(fix.at).unwrap_or(usize::MAX);
        let bytes = self.bytes.get_mut(start..);
        bytes.is_some_and(|bytes| fix.form.write(bytes, fix.address, fix.target))
    }

    /// Notes a relocation that is not applied: the first is told, the others are counted.
    pub(super) fn refuse(
        &mut self,
        range: &Range,
        part: &str,
        at: u64,
        detail: impl FnOnce() -> String,
    ) {
        self.unapplied += 1;
        if self.unapplied == 1 {
            let place = range.base().saturating_add(at);
            self.faults.push(Fault::unsupported(part, place, detail()));
        }
    }
}
