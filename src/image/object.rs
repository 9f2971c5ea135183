//! What would an object file hold if it were linked?
//!
//! In an object file addresses are offsets in sections, and references are relocations. Here it gets addresses of its
//! own: its sections one after another, then 16 bytes for each undefined symbol, then a GOT. The relocations are
//! applied to a copy of its bytes, so that everything that reads a linked program can read it. Each format says what
//! its relocations do and where symbols are. A relocation that cannot be applied is a fault, and code then counts as
//! not searched.

pub(super) mod forms;
pub(super) mod work;

use super::{Detail, FileKind, Image, RelativeWord, Relocations, elf, macho, pe};
use crate::error::Fault;
use work::{BASE, HIGHEST, UNDEFINED_SIZE, Work, aligned};

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
    let mut work = Work::new(bytes, undefined, image.pointer_size);
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
    // Other files may define what it leaves undefined: those that it is linked with, or libraries.
    image.dynamic = true;
    image
}

fn failed(mut image: Image, fault: Fault) -> Image {
    let relocations = Relocations { words: Vec::new(), faults: vec![fault] };
    image.linked = Some(Linked { undefined: 0, relocations });
    image
}

/// Gives every allocated section an address. The sections of a Mach-O object have addresses from 0 on.
/// Those are shifted, because nothing lies at address 0 of a program.
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
