//! Which segments and sections does a segment command of a Mach-O file describe, and where do their bytes lie?
//!
//! Format: `mach-o/loader.h`.

use std::mem::size_of;

use object::Endianness;
use object::pod;
use object::read::macho::{MachHeader, Section as _, Segment as _};

use super::commands::{Command, LC_SEGMENT, LC_SEGMENT_64, Walk};
use super::{SectionDetail, Segment};
use crate::error::Fault;
use crate::image::Section;

const VM_PROT_WRITE: u32 = 2;
const VM_PROT_EXECUTE: u32 = 4;
const SECTION_TYPE: u32 = 0xff;
/// `S_ZEROFILL`, `S_GB_ZEROFILL` and `S_THREAD_LOCAL_ZEROFILL`: no bytes in the file.
const ZEROFILL: [u32; 3] = [0x1, 0xc, 0x12];
const S_ATTR_INSTRUCTIONS: u32 = 0x8000_0400;

impl<M: MachHeader<Endian = Endianness>> Walk<'_, M> {
    /// The segment and its sections.
    pub(super) fn segment(&mut self, command: &Command<'_>) {
        let is_64 = M::pointer_size() == 8;
        if is_64 != (command.kind == LC_SEGMENT_64) {
            let detail = "a segment of the other word size";
            let wanted = if is_64 { LC_SEGMENT_64 } else { LC_SEGMENT };
            let at = self.at(command.offset);
            self.faults.push(Fault::invalid(
                command.part(),
                at,
                wanted.into(),
                command.kind.into(),
                detail,
            ));
            return;
        }
        let Some(segment) = self.body::<M::Segment>(command) else { return };
        let endian = self.endian;
        let (offset, len) = segment.file_range(endian);
        let address = segment.vmaddr(endian).into();
        self.segments.push(Segment { address, offset, file_size: len });
        self.extents.claim(offset, len, || {
            format!("Mach-O segment {}", crate::printable::printable(segment.name()))
        });
        let count = segment.nsects(endian);
        let table = command.bytes.get(size_of::<M::Segment>()..).unwrap_or_default();
        let present = (table.len() / size_of::<M::Section>()).min(count as usize);
        if present < count as usize {
            let wanted = u64::from(count) * size_of::<M::Section>() as u64;
            let part = format!("section headers of {}", command.part());
            let at = self.at(command.offset) + size_of::<M::Segment>() as u64;
            self.faults.push(Fault::truncated(part, at, wanted, table.len() as u64));
        }
        let Ok((headers, _)) = pod::slice_from_bytes::<M::Section>(table, present) else { return };
        for header in headers {
            self.section(&segment, header);
            self.details.push(SectionDetail {
                first_indirect: header.reserved1(endian),
                stub_size: header.reserved2(endian),
                relocations: (header.reloff(endian), header.nreloc(endian)),
            });
        }
    }

    fn section(&mut self, segment: &M::Segment, header: &M::Section) {
        let endian = self.endian;
        let flags = header.flags(endian).0;
        let size = header.size(endian).into();
        let segment_bytes: u64 = segment.filesize(endian).into();
        // A dSYM describes the sections of its executable and holds none of their bytes.
        let empty = ZEROFILL.contains(&(flags & SECTION_TYPE)) || segment_bytes == 0;
        // An object file has one segment, without a name. In Go's objects it has no protection bits either.
        let object = segment.name().is_empty();
        let section_segment = header.segment_name();
        let protection = segment.initprot(endian).0;
        let section = Section {
            name: header.name().to_vec(),
            segment: header.segment_name().to_vec(),
            address: header.addr(endian).into(),
            size,
            offset: header.offset(endian).into(),
            file_size: if empty { 0 } else { size },
            flags: flags.into(),
            kind: 0,
            // Debugging data is never loaded, although Go's linker gives it addresses.
            allocated: header.segment_name() != b"__DWARF",
            writable: if object {
                section_segment != b"__TEXT"
            } else {
                protection & VM_PROT_WRITE != 0
            },
            executable: (object || protection & VM_PROT_EXECUTE != 0)
                && flags & S_ATTR_INSTRUCTIONS != 0,
            compressed: crate::image::is_gnu_compressed(header.name()),
        };
        let index = self.sections.len() + 1;
        let name = || crate::printable::printable(&section.name);
        self.extents.claim(section.offset, section.file_size, || {
            format!("Mach-O section {index} {}", name())
        });
        let relocations = u64::from(header.nreloc(endian)) * 8;
        self.extents.claim(header.reloff(endian).into(), relocations, || {
            format!("Mach-O relocations of section {index} {}", name())
        });
        self.sections.push(section);
    }
}
