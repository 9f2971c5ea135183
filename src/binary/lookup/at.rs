//! What stands at one address: which symbol, function and inlined bodies, and which other names has it?

use std::cmp::Reverse;

use super::{NamedSymbol, rows};
use crate::binary::{Binary, Functions};
use crate::golang::inline::Frame;
use crate::golang::pclntab::{Function, Position};
use crate::image::{Place, Section};
use crate::names;
use crate::symbols::aliases::{self, Class};

/// One address. Each answer about it is looked up when a method asks for it.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    binary: &'a Binary,
    /// The address.
    pub address: u64,
}

/// A name among those at one address.
#[derive(Clone, Copy, Debug)]
pub struct Alias<'a> {
    /// The symbol.
    pub symbol: NamedSymbol<'a>,
    /// Why it stands there.
    pub class: Class,
}

/// A function at an instruction: the one that holds it, or one that was inlined there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeFrame<'a> {
    /// Its name.
    pub function: &'a [u8],
    /// The package whose folder its file lies in, where that is known. If a directive is in effect, it may be another
    /// package than the one in the name.
    pub package: Option<&'a str>,
    /// The line of the instruction; in an outer frame, the line of the call that was inlined.
    pub position: Option<Position<'a>>,
    /// Whether it holds the instruction, and was not inlined there.
    pub outermost: bool,
}

/// What `go tool addr2line` prints of an address: the function that holds it, and the place in the innermost body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolLine<'a> {
    /// The function of Go's table.
    pub function: &'a [u8],
    /// The file; empty where there is none.
    pub file: &'a [u8],
    /// The line; -1 where there is none.
    pub line: i32,
}

impl<'a> At<'a> {
    pub(super) fn new(binary: &'a Binary, address: u64) -> Self {
        Self { binary, address }
    }

    /// How many digits of hexadecimal an address of this program has.
    #[must_use]
    pub fn digits(&self) -> usize {
        2 * usize::from(self.binary.image.pointer_size)
    }

    /// The section.
    #[must_use]
    pub fn section(&self) -> Option<&'a Section> {
        self.binary.section_at(self.address)
    }

    /// The function of Go's table whose code this is; padding belongs to the function in front of it.
    #[must_use]
    pub fn function(&self) -> Option<Function<'a>> {
        self.binary.functions().ok()?.table.find(self.address)
    }

    /// What `go tool addr2line` prints; none where it prints `?`.
    #[must_use]
    pub fn tool_line(&self) -> Option<ToolLine<'a>> {
        let function = self.function()?;
        let (file, line) = function.tool_position(self.address);
        Some(ToolLine { function: function.name(), file, line })
    }

    /// Where the byte of this address lies in the file; none where the loader makes it, or the file is cut.
    #[must_use]
    pub fn file_offset(&self) -> Option<u64> {
        let section = self.section()?;
        let within = self.address.checked_sub(section.address)?;
        let range = &self.binary.image.range;
        let offset = section.offset.saturating_add(within);
        // Headers of a cut file promise more than there is.
        let stored = within < section.file_size && !section.compressed && offset < range.len();
        stored.then(|| range.base().saturating_add(offset))
    }

    /// The symbol whose own bytes hold the address: none is taken for its neighbour's.
    #[must_use]
    pub fn holding_symbol(&self) -> Option<NamedSymbol<'a>> {
        self.symbol()
            .filter(|found| self.address.wrapping_sub(found.symbol.address) < found.symbol.size)
    }

    /// [`At::frames`] without their packages, for which all functions of the program are looked at.
    #[must_use]
    pub fn bare_frames(&self) -> Vec<Frame<'a>> {
        let Ok(functions) = self.binary.functions() else { return Vec::new() };
        let Some(function) = functions.table.find(self.address) else { return Vec::new() };
        let code = function.decoded();
        match &functions.trees {
            Some(trees) => trees.frames(&functions.table, &code, self.address),
            None => {
                let position = code.position_at(self.address);
                vec![Frame { name: function.name(), position, outermost: true }]
            }
        }
    }

    /// The functions at the instruction: those that were inlined there, the innermost first, then the function that holds
    /// it. Without inline trees only the latter is known.
    #[must_use]
    pub fn frames(&self) -> Vec<CodeFrame<'a>> {
        let Ok(functions) = self.binary.functions() else { return Vec::new() };
        self.bare_frames().into_iter().map(|frame| code_frame(functions, &frame)).collect()
    }

    /// The symbol that holds the address: the innermost if there are several. Of several at one address it is the one
    /// with a name of its own, if possible one that Go's function table has too. The others are its aliases.
    #[must_use]
    pub fn symbol(&self) -> Option<NamedSymbol<'a>> {
        let Self { binary, address } = *self;
        let (start, place) = binary.rows().holder(&binary.image, binary.symbols(), address)?;
        let function = self.function().filter(|function| function.entry == start);
        let rank = |symbol: &NamedSymbol<'_>| {
            let is_name = self.class_alone(symbol).is_none();
            let is_function = function.is_some_and(|f| f.name() == names::without_abi(symbol.name));
            let holds = symbol.symbol.size > address - start;
            (Reverse((is_name, is_function, holds)), symbol.row)
        };
        self.symbols_at(start, place).min_by_key(rank)
    }

    /// All names at the start of the symbol, its own among them, each with its class. Empty if there is only one name.
    #[must_use]
    pub fn aliases(&self) -> Vec<Alias<'a>> {
        let Some(symbol) = self.symbol() else { return Vec::new() };
        let Self { binary, .. } = *self;
        let rows = self.symbols_at(symbol.symbol.address, symbol.symbol.place);
        let rows: Vec<u32> = rows.map(|symbol| symbol.row).collect();
        let (image, table) = (&binary.image, binary.symbols());
        let group = aliases::group(image.format, &image.sections, table, &rows);
        let members = group.into_iter().flat_map(|group| group.members);
        let alias = |member: aliases::Member| Some((binary.symbol(member.symbol)?, member.class));
        members.filter_map(alias).map(|(symbol, class)| Alias { symbol, class }).collect()
    }

    /// The same function for the other ABI: for a function in assembly the wrapper that Go code calls, for a Go function
    /// the wrapper for assembly. Both have one name, and a wrapper comes from no file.
    #[must_use]
    pub fn abi_twins(&self) -> Vec<Function<'a>> {
        let Ok(functions) = self.binary.functions() else { return Vec::new() };
        let Some(function) = self.function() else { return Vec::new() };
        let is_wrapper = |f: &Function<'a>| functions.own_file(f) == Some(&b"<autogenerated>"[..]);
        let wrapper = is_wrapper(&function);
        let others = functions.named(function.name());
        others.filter(|f| f.entry != function.entry && is_wrapper(f) != wrapper).collect()
    }

    fn symbols_at(
        &self,
        address: u64,
        place: Place,
    ) -> impl Iterator<Item = NamedSymbol<'a>> + use<'a> {
        let binary = self.binary;
        let here = binary.rows().at(address).filter_map(|row| binary.symbol(row));
        here.filter(move |found| {
            found.symbol.place == place && rows::section_of(&binary.image, found.symbol).is_some()
        })
    }

    fn class_alone(&self, found: &NamedSymbol<'_>) -> Option<Class> {
        let image = &self.binary.image;
        let section = rows::section_of(image, found.symbol);
        // The name as the table has it: Mach-O's `_` is taken off there.
        let name = self.binary.symbols().name(found.symbol);
        aliases::class_alone(image.format, section, name, found.symbol)
    }
}

fn code_frame<'a>(functions: &'a Functions, frame: &Frame<'a>) -> CodeFrame<'a> {
    let file = frame.position.map(|position| position.file).unwrap_or_default();
    let owners = functions.owners();
    CodeFrame {
        function: frame.name,
        package: owners.owner_of_file(file).or_else(|| owners.owner_of_assembly(file)),
        position: frame.position,
        outermost: frame.outermost,
    }
}
