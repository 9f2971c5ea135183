//! Which instructions and which words of one executable refer to wanted addresses?
//!
//! Takes code and data from the file and passes them to `code`. The caller decides what a reference means.

use super::Binary;
use super::stubs::bare_code;
use crate::code::{self, Code, Found, InstructionSet, RawReference, Wanted};
use crate::error::{Fault, Result};
use crate::golang::pclntab::Function;
use crate::image::Section;

/// Bytes of code that are read at once. Read in one piece, 57 MB of code would be 57 MB of memory until the search is
/// over.
const PIECE: u64 = 2 << 20;

impl Binary {
    /// Why code or data could not be searched, if an answer needed that.
    pub fn search_fault(&self) -> Option<Fault> {
        self.search_fault.get().cloned()
    }

    /// Keeps the first fault of a search for the report.
    pub(crate) fn keep_search_fault(&self, fault: Fault) {
        self.search_fault.get_or_init(|| fault);
    }

    /// Instructions of the program's Go functions that refer to one of `wanted`, directly or through
    /// stubs of a linker.
    ///
    /// # Errors
    /// When there is no function table, the architecture is not searched, or code is cut off.
    pub fn search_code(&self, wanted: &Wanted) -> Result<Found> {
        let mut found = Found::default();
        let through = self.each_reference(wanted, &mut |piece| {
            found.references.extend(piece.references);
            found.undecoded.extend(piece.undecoded);
        })?;
        found.references.extend(through);
        found.references.sort_unstable();
        Ok(found)
    }

    /// The same piece by piece: `tell` gets the references of some functions in order of their instructions, the pieces
    /// in the order of sections and addresses. Returned are those through stubs of a linker.
    ///
    /// # Errors
    /// As [`Binary::search_code`].
    pub(crate) fn each_reference(
        &self,
        wanted: &Wanted,
        tell: &mut dyn FnMut(Found),
    ) -> Result<Vec<RawReference>> {
        let functions = self.functions().map_err(Clone::clone)?;
        let set = InstructionSet::of(&self.image.arch).ok_or_else(|| {
            Fault::unsupported(format!("{} code", self.image.arch), 0, "not searched yet")
        })?;
        let sections = self.stored_sections(|section| section.executable)?;
        let bases = self.bases();
        let bare = if wanted.is_empty() { Vec::new() } else { bare_code(functions, &sections) };
        let asked = wanted.and(bare);
        let (mut through, mut seen) = (Vec::new(), 0);
        for section in sections {
            let end = section.address.saturating_add(section.size.max(section.file_size));
            let inside = functions.table.functions_between(section.address, end);
            if inside.len() == 0 {
                continue;
            }
            seen += inside.len();
            self.image.range.check(
                &self.image.section_part(section),
                section.offset,
                section.file_size,
            )?;
            let most = if set.is_read_alone() { PIECE } else { u64::MAX };
            let mut waiting = inside.peekable();
            while let Some(first) = waiting.peek().map(|function| function.entry) {
                let near = |function: &Function<'_>| {
                    function.entry == first || function.end.saturating_sub(first) <= most
                };
                let piece: Vec<Function<'_>> =
                    std::iter::from_fn(|| waiting.next_if(near)).collect();
                let end = piece.last().map_or(first, |function| function.end);
                let data = self.read_code(section, first, end)?;
                let code: Vec<Code<'_>> =
                    piece.iter().filter_map(|function| cut(&data, first, function)).collect();
                let mut found = code::search(set, &code, &asked, &bases);
                found.references.retain(|reference| {
                    let direct = wanted.contains(reference.to);
                    through.extend((!direct).then_some(*reference));
                    direct
                });
                tell(found);
            }
        }
        let count = functions.table.len();
        if seen < count {
            let detail = "functions whose code lies in a section";
            return Err(Fault::invalid("pclntab", 0, count as u64, seen as u64, detail));
        }
        self.follow_stubs(set, wanted, &mut through)?;
        Ok(through)
    }

    /// The bytes of `section` from one address to another, as far as it has any.
    fn read_code(&self, section: &Section, from: u64, to: u64) -> Result<Vec<u8>> {
        let part = self.image.section_part(section);
        let start = from.saturating_sub(section.address).min(section.file_size);
        let end = to.saturating_sub(section.address).clamp(start, section.file_size);
        self.image.range.read(&part, section.offset.saturating_add(start), end - start)
    }

    /// Words in data, as the loader leaves them, that hold one of `wanted`: address and value, in
    /// order of addresses.
    ///
    /// # Errors
    /// When a section is cut off or a relocation table could not be read.
    pub fn search_words(&self, wanted: &Wanted) -> Result<Vec<(u64, u64)>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(fault) = self.relocations().faults.first() {
            return Err(fault.clone());
        }
        let layout = self.layout();
        let relocated = self.relocations().words.iter().filter(|word| wanted.contains(word.value));
        let mut found: Vec<(u64, u64)> = relocated.map(|word| (word.address, word.value)).collect();
        let stored = |section: &&Section| {
            section.allocated && !section.compressed && holds_pointers(section)
        };
        for section in self.stored_sections(stored)? {
            let data = self.image.read_section(section)?;
            let words =
                code::words(&data, section.address, layout.pointer, layout.big_endian, wanted);
            found.extend(words);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// The code of `function` in `data`, which begins at the address `first`.
fn cut<'a>(data: &'a [u8], first: u64, function: &Function<'_>) -> Option<Code<'a>> {
    let start = usize::try_from(function.entry.checked_sub(first)?).ok()?;
    let size = usize::try_from(function.end.checked_sub(function.entry)?).ok()?;
    let rest = data.get(start..)?;
    let bytes = rest.get(..size.min(rest.len()))?;
    Some(Code { address: function.entry, bytes })
}

/// Whether the program itself keeps pointers there. Code is none of that, nor are the linker's tables (a
/// relocation record holds addresses too) and pclntab, which holds offsets.
fn holds_pointers(section: &Section) -> bool {
    /// `sh_type` of what the program defines (SHT_PROGBITS) and of its arrays of initialisers; 0 in other formats.
    const ELF_DATA: [u32; 5] = [0, 1, 14, 15, 16];
    !section.executable
        && ELF_DATA.contains(&section.kind)
        && memchr::memmem::find(&section.name, b"gopclntab").is_none()
}
