//! Where to cut a file so that every header, section and table is once half there.

use std::path::Path;

use gonym::image::{Format, Image};
use gonym::input;

/// Lengths to cut a file to.
pub struct Cuts {
    /// In order, each once: every boundary, one byte before it and one behind.
    pub at: Vec<u64>,
    /// The last boundary. Go's linker pads some files: what no header claims can go without a trace.
    pub claimed: u64,
}

/// The cuts of the file at `path`, which holds `bytes`.
pub fn of(path: &Path, bytes: &[u8]) -> Cuts {
    let len = bytes.len() as u64;
    let images = images(path);
    let found: Vec<u64> = images.iter().flat_map(|image| boundaries(image, bytes)).collect();
    let claimed = found.iter().copied().filter(|offset| *offset < len).max().unwrap_or(0);
    let around = found.iter().flat_map(|offset| [offset.saturating_sub(1), *offset, offset + 1]);
    let mut at: Vec<u64> = around.filter(|offset| *offset < len).collect();
    at.sort_unstable();
    at.dedup();
    Cuts { at, claimed }
}

pub fn images(path: &Path) -> Vec<Image> {
    let parts = input::open(path).expect("a fixture").parts;
    parts.into_iter().map(|part| Image::parse(part.range).expect("a whole image")).collect()
}

pub fn word(bytes: &[u8], at: usize, order: [usize; 4]) -> u64 {
    order.iter().fold(0, |value, i| value << 8 | u64::from(bytes[at + i]))
}

pub fn little(bytes: &[u8], at: usize) -> u64 {
    word(bytes, at, [3, 2, 1, 0])
}

/// Offsets at which a header, a section or a table begins or ends, read without gonym where gonym's
/// own view does not hold them.
fn boundaries(image: &Image, bytes: &[u8]) -> Vec<u64> {
    let base = image.range.base();
    let mut found: Vec<u64> = vec![1, 4, 16, 20, 28, 32, 52, 64, image.range.len()];
    for section in &image.sections {
        if section.file_size > 0 {
            found.extend([section.offset, section.offset + section.file_size]);
        }
    }
    let slice = &bytes[base as usize..(base + image.range.len()) as usize];
    match image.format {
        Format::Elf => elf_boundaries(slice, image.pointer_size, &mut found),
        Format::MachO => macho_boundaries(slice, image.pointer_size, &mut found),
        Format::Pe => pe_boundaries(slice, &mut found),
    }
    found.iter().map(|offset| base + offset).collect()
}

pub fn elf_boundaries(bytes: &[u8], pointer_size: u8, found: &mut Vec<u64>) {
    let big = bytes[5] == 2;
    let read = |at: usize, size: usize| -> u64 {
        let field = &bytes[at..at + size];
        if big {
            field.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
        } else {
            field.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
        }
    };
    let tables = if pointer_size == 8 {
        [(read(32, 8), read(54, 2), read(56, 2)), (read(40, 8), read(58, 2), read(60, 2))]
    } else {
        [(read(28, 4), read(42, 2), read(44, 2)), (read(32, 4), read(46, 2), read(48, 2))]
    };
    for (offset, size, count) in tables {
        found.extend((0..=count).map(|i| offset + i * size));
    }
}

pub fn macho_boundaries(bytes: &[u8], pointer_size: u8, found: &mut Vec<u64>) {
    let mut at = if pointer_size == 8 { 32 } else { 28 };
    for _ in 0..little(bytes, 16) {
        found.push(at as u64);
        let (kind, size) = (little(bytes, at), little(bytes, at + 4));
        if kind == 2 {
            let [symbols, count, names, len] =
                [8, 12, 16, 20].map(|field| little(bytes, at + field));
            found.extend([symbols, symbols + 16, symbols + count * 16, names, names + len]);
        }
        if kind == 0x1d {
            found.extend([little(bytes, at + 8), little(bytes, at + 8) + little(bytes, at + 12)]);
        }
        at += size as usize;
    }
    found.push(at as u64);
}

pub fn pe_boundaries(bytes: &[u8], found: &mut Vec<u64>) {
    let start = little(bytes, 0x3c) as usize;
    let (sections, optional) =
        (little(bytes, start + 6) & 0xffff, little(bytes, start + 20) & 0xffff);
    let table = start as u64 + 24 + optional;
    found.extend([start as u64, start as u64 + 4, start as u64 + 24, start as u64 + 26]);
    found.extend((0..=sections).map(|i| table + i * 40));
    let (symbols, count) = (little(bytes, start + 12), little(bytes, start + 16));
    if symbols > 0 {
        let strings = symbols + count * 18;
        found.extend([symbols, symbols + 18, strings, strings + 4]);
        found.push(strings + little(bytes, strings as usize));
    }
}
