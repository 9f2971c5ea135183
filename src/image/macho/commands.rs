//! What does each load command of a Mach-O file say?
//!
//! Format: `mach-o/loader.h`. A command of a bad size ends the walk with a fault: what follows it cannot be found.
//! `segments` reads the commands that describe segments.

use std::mem::size_of;

use object::Endianness;
use object::macho::{DysymtabCommand, SymtabCommand};
use object::pod::{self, Pod};
use object::read::macho::MachHeader;

use super::{SectionDetail, Segment, claims};
use crate::error::Fault;
use crate::image::Section;
use crate::image::extent::Extents;
use crate::input::Range;

pub(super) const LC_SEGMENT: u32 = 0x1;
const LC_SYMTAB: u32 = 0x2;
const LC_DYSYMTAB: u32 = 0xb;
pub(super) const LC_SEGMENT_64: u32 = 0x19;
const LC_UUID: u32 = 0x1b;
const LC_VERSION_MIN_MACOSX: u32 = 0x24;
const LC_VERSION_MIN_IPHONEOS: u32 = 0x25;
const LC_FUNCTION_STARTS: u32 = 0x26;
const LC_DATA_IN_CODE: u32 = 0x29;
const LC_BUILD_VERSION: u32 = 0x32;
/// The walk ends after this many faults.
const MOST_FAULTS: usize = 16;
/// Commands that name a library to be loaded: plain, weak, re-exported, lazy and upward.
const LC_LOAD_DYLIBS: [u32; 5] = [0xc, 0x8000_0018, 0x8000_001f, 0x20, 0x8000_0023];
/// The walk over the load commands, and what it has found so far.
pub(super) struct Walk<'a, M: MachHeader> {
    range: &'a Range,
    pub(super) endian: Endianness,
    pub(super) sections: Vec<Section>,
    pub(super) segments: Vec<Segment>,
    pub(super) details: Vec<SectionDetail>,
    pub(super) os: &'static str,
    pub(super) libraries: Vec<Vec<u8>>,
    pub(super) system_linker: bool,
    pub(super) symtab: Option<SymtabCommand<Endianness>>,
    pub(super) uuid: Option<[u8; 16]>,
    pub(super) fixups: Option<(u64, u64)>,
    pub(super) binds: [Option<(u64, u64)>; 3],
    pub(super) indirect: Option<(u64, u64)>,
    pub(super) extents: Extents<'a>,
    pub(super) faults: Vec<Fault>,
    header: std::marker::PhantomData<M>,
}

/// One load command: its number, its place in the image and its bytes.
pub(super) struct Command<'a> {
    index: u32,
    pub(super) kind: u32,
    pub(super) offset: u64,
    pub(super) bytes: &'a [u8],
}

impl Command<'_> {
    pub(super) fn part(&self) -> String {
        format!("Mach-O load command {} (kind {:#x})", self.index, self.kind)
    }
}

impl<'a, M: MachHeader<Endian = Endianness>> Walk<'a, M> {
    /// Nothing found yet.
    pub(super) fn new(range: &'a Range, endian: Endianness) -> Self {
        Self {
            range,
            endian,
            sections: Vec::new(),
            segments: Vec::new(),
            details: Vec::new(),
            os: "darwin",
            libraries: Vec::new(),
            system_linker: false,
            symtab: None,
            uuid: None,
            fixups: None,
            binds: [None; 3],
            indirect: None,
            extents: Extents::new(range),
            faults: Vec::new(),
            header: std::marker::PhantomData,
        }
    }

    pub(super) fn at(&self, offset: u64) -> u64 {
        self.range.base().saturating_add(offset)
    }

    /// Walks the commands that `header` counts.
    pub(super) fn commands(&mut self, header: &M) {
        let start = size_of::<M>() as u64;
        let len = u64::from(header.sizeofcmds(self.endian));
        self.extents.claim(start, len, || "Mach-O load commands".to_owned());
        let bytes = match self.range.read_up_to("Mach-O load commands", start, len) {
            Ok(bytes) => bytes,
            Err(fault) => return self.faults.push(fault),
        };
        let mut rest = bytes.as_slice();
        for index in 0..header.ncmds(self.endian) {
            let offset = start + (bytes.len() - rest.len()) as u64;
            // A million commands may each be wrong; nobody reads more than a few faults.
            if self.faults.len() >= MOST_FAULTS {
                return;
            }
            let Some((command, tail)) = self.split(index, offset, rest) else { return };
            self.command(&command);
            rest = tail;
        }
    }

    /// The command at the head of `rest`, which lies at `offset`, and what follows it.
    fn split<'b>(
        &mut self,
        index: u32,
        offset: u64,
        rest: &'b [u8],
    ) -> Option<(Command<'b>, &'b [u8])> {
        const HEADER: usize = 8;
        let part = || format!("Mach-O load command {index}");
        let Some([kind, size]) = self.words(rest) else {
            let present = rest.len() as u64;
            self.faults.push(Fault::truncated(part(), self.at(offset), HEADER as u64, present));
            return None;
        };
        if (size as usize) < HEADER {
            let detail = "the command is smaller than its own header";
            self.faults.push(Fault::invalid(
                part(),
                self.at(offset),
                HEADER as u64,
                size.into(),
                detail,
            ));
            return None;
        }
        let Some((bytes, tail)) = rest.split_at_checked(size as usize) else {
            let present = rest.len() as u64;
            self.faults.push(Fault::truncated(part(), self.at(offset), size.into(), present));
            return None;
        };
        Some((Command { index, kind, offset, bytes }, tail))
    }

    fn words(&self, bytes: &[u8]) -> Option<[u32; 2]> {
        let (words, _) = pod::from_bytes::<[object::U32<Endianness>; 2]>(bytes).ok()?;
        Some(words.map(|word| word.get(self.endian)))
    }

    fn command(&mut self, command: &Command<'_>) {
        match command.kind {
            LC_SEGMENT | LC_SEGMENT_64 => self.segment(command),
            LC_SYMTAB => self.symbol_table(command),
            LC_DYSYMTAB => self.dynamic_symbols(command),
            LC_UUID => self.uuid = command.bytes.get(8..24).and_then(|id| id.try_into().ok()),
            LC_BUILD_VERSION => self.build_version(command),
            LC_VERSION_MIN_MACOSX => self.os = "darwin",
            LC_VERSION_MIN_IPHONEOS => self.os = "ios",
            kind if LC_LOAD_DYLIBS.contains(&kind) => self.library(command),
            _ => {}
        }
        // Go's own linker writes neither; the system's always writes the first.
        self.system_linker |= matches!(command.kind, LC_FUNCTION_STARTS | LC_DATA_IN_CODE);
        let claims =
            claims::of_command(command.kind, command.bytes, self.endian, M::pointer_size() == 8);
        for (what, offset, len) in claims {
            let place = match what {
                claims::CHAINED_FIXUPS => Some(&mut self.fixups),
                claims::INDIRECT_SYMBOLS => Some(&mut self.indirect),
                _ => self
                    .binds
                    .iter_mut()
                    .zip(claims::BINDS)
                    .find(|(_, w)| *w == what)
                    .map(|(p, _)| p),
            };
            if let Some(place) = place {
                *place = Some((offset, len));
            }
            self.extents.claim(offset, len, || format!("Mach-O {what} ({})", command.part()));
        }
    }

    /// The struct at the head of a command; a command too short for it is a fault.
    pub(super) fn body<T: Pod>(&mut self, command: &Command<'_>) -> Option<T> {
        let found = pod::from_bytes::<T>(command.bytes).ok().map(|(body, _)| *body);
        if found.is_none() {
            let (wanted, present) = (size_of::<T>() as u64, command.bytes.len() as u64);
            self.faults.push(Fault::truncated(
                command.part(),
                self.at(command.offset),
                wanted,
                present,
            ));
        }
        found
    }

    /// The name of a library lies inside its command.
    fn library(&mut self, command: &Command<'_>) {
        const FIXED: u32 = 24;
        let tail = command.bytes.get(8..).and_then(|bytes| self.words(bytes));
        let start = tail.map_or(0, |[start, _]| start);
        let name = command.bytes.get(start as usize..).unwrap_or_default();
        match memchr::memchr(0, name).and_then(|end| name.get(..end)) {
            Some(name) if start >= FIXED => self.libraries.push(name.to_vec()),
            _ => {
                let (at, present) = (self.at(command.offset), command.bytes.len() as u64);
                let detail = "the name of a library is not inside its command";
                self.faults.push(Fault::invalid(command.part(), at, present, start.into(), detail));
            }
        }
    }

    fn symbol_table(&mut self, command: &Command<'_>) {
        if self.symtab.is_some() {
            let detail = "a second symbol table";
            self.faults.push(Fault::invalid(command.part(), self.at(command.offset), 1, 2, detail));
            return;
        }
        self.symtab = self.body::<SymtabCommand<Endianness>>(command);
    }

    /// The groups of symbols that the loader looks at must lie in the symbol table.
    fn dynamic_symbols(&mut self, command: &Command<'_>) {
        let Some(table) = self.body::<DysymtabCommand<Endianness>>(command) else { return };
        let symbols = self.symtab.map_or(0, |symtab| symtab.nsyms.get(self.endian));
        let groups = [
            ("local", table.ilocalsym, table.nlocalsym),
            ("exported", table.iextdefsym, table.nextdefsym),
            ("undefined", table.iundefsym, table.nundefsym),
        ];
        for (what, first, count) in groups {
            let end = u64::from(first.get(self.endian)) + u64::from(count.get(self.endian));
            if end > symbols.into() && count.get(self.endian) > 0 {
                let detail = format!("the last of the {what} symbols");
                let at = self.at(command.offset);
                self.faults.push(Fault::invalid(command.part(), at, symbols.into(), end, detail));
            }
        }
    }

    fn build_version(&mut self, command: &Command<'_>) {
        const PLATFORM: usize = 8;
        let platform = command.bytes.get(PLATFORM..).and_then(|bytes| self.words(bytes));
        match platform {
            Some([1, _]) => self.os = "darwin",
            // iOS and its simulator.
            Some([2 | 7, _]) => self.os = "ios",
            Some(_) => self.os = "",
            None => {
                let (at, present) = (self.at(command.offset), command.bytes.len() as u64);
                self.faults.push(Fault::truncated(command.part(), at, 24, present));
            }
        }
    }
}
