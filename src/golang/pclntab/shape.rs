//! The differences between the layouts of the function table, as data: one row per layout.
//!
//! The magic tells the layouts of 1.16 and later apart. Go 1.2 to 1.15 have one magic and three forms of a function's
//! record, told apart by the content of the records. Read in runtime/{runtime2, symtab,funcdata.h} and
//! cmd/link/internal/ld/pcln.go of go1.5, 1.8 to 1.20 and 1.27, and compared with those versions' own tools.

/// The fields that every layout has in a function's record, as offsets after its entry.
pub(super) const NAME: usize = 0;
/// pc-value table of file numbers.
pub(super) const PCFILE: usize = 16;
/// pc-value table of lines.
pub(super) const PCLINE: usize = 20;
/// How many `pcdata` slots follow the record.
pub(super) const PCDATA_COUNT: usize = 24;

/// One layout of the table and of its records. Offsets count from the end of a record's entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Whether entries and `funcdata` are addresses. If not, they are 32-bit offsets from `runtime.text` and
    /// `go:func.*`.
    pub(super) absolute: bool,
    /// Whether names, files and pc-value tables have parts of their own. If not, all offsets count from the table's
    /// first byte.
    pub(super) divided: bool,
    /// Whether the header holds `textStart` between the counts and the parts.
    pub(super) header_text: bool,
    /// Bytes of a record before its `pcdata` array.
    pub(super) size: usize,
    /// Where the offset of the compilation unit is, to which file numbers are relative.
    pub(super) unit: Option<usize>,
    /// Where the line is on which the function begins.
    pub(super) start_line: Option<usize>,
    /// Where the flags are that mark assembly (`FuncFlagAsm`).
    pub(super) flags: Option<usize>,
    /// Where the number of `funcdata` slots is, and its size: one byte, or four.
    pub(super) funcdata_count: Count,
    /// How inlined calls are recorded. If the magic does not decide, the most likely form first.
    pub(super) inline: &'static [InlineShape],
}

/// A number in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    Byte(usize),
    Word(usize),
}

/// How inlined calls are recorded.
#[derive(Clone, Copy, Debug)]
pub struct InlineShape {
    /// `pcdata` slot of the index into the tree.
    pub(super) index_slot: u32,
    /// `funcdata` slot of the tree.
    pub(super) tree_slot: u32,
    /// Bytes of one entry of the tree.
    pub size: usize,
    /// Offset of the function name's offset.
    pub name: usize,
    /// How an entry tells the position of its call.
    pub caller: Caller,
}

/// How an entry of an inline tree tells the position of the call in its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// By a pc, relative to the function's entry, at this offset of the entry.
    Pc(usize),
    /// By the parent's index (signed, negative for none), file number and line, at these offsets.
    Index {
        /// Offset of the parent's index.
        parent: usize,
        /// Offset of the file number.
        file: usize,
        /// Offset of the line.
        line: usize,
    },
}

const TREE_120: InlineShape =
    InlineShape { index_slot: 2, tree_slot: 3, size: 16, name: 4, caller: Caller::Pc(8) };
const TREE_116: InlineShape =
    InlineShape { size: 20, name: 12, caller: Caller::Pc(16), ..TREE_120 };
const TREE_113: InlineShape = InlineShape { tree_slot: 4, ..TREE_116 };
const TREE_112: InlineShape = InlineShape { index_slot: 1, tree_slot: 2, ..TREE_116 };
const TREE_109: InlineShape =
    InlineShape { size: 16, caller: Caller::Index { parent: 0, file: 4, line: 8 }, ..TREE_112 };

/// Go 1.20 and later.
pub(super) const SHAPE_120: Shape = Shape {
    absolute: false,
    divided: true,
    header_text: true,
    size: 40,
    unit: Some(28),
    start_line: Some(32),
    flags: Some(37),
    funcdata_count: Count::Byte(39),
    inline: &[TREE_120],
};
/// Go 1.18 and 1.19.
pub(super) const SHAPE_118: Shape = Shape {
    size: 36,
    start_line: None,
    flags: Some(33),
    funcdata_count: Count::Byte(35),
    inline: &[TREE_116],
    ..SHAPE_120
};
/// Go 1.16 and 1.17: flags exist since 1.17, and none of them tells assembly.
pub(super) const SHAPE_116: Shape =
    Shape { absolute: true, header_text: false, flags: None, ..SHAPE_118 };
/// Go 1.12 to 1.15.
pub(super) const SHAPE_112: Shape = Shape {
    divided: false,
    size: 32,
    unit: None,
    funcdata_count: Count::Byte(31),
    inline: &[TREE_113, TREE_112],
    ..SHAPE_116
};
/// Go 1.2 to 1.11; inlined calls are recorded since 1.9.
pub(super) const SHAPE_102: Shape =
    Shape { funcdata_count: Count::Word(28), inline: &[TREE_109], ..SHAPE_112 };

/// Each magic with its shape. If several shapes share a magic, the newest.
pub(super) const MAGICS: [(u32, Shape); 4] = [
    (0xffff_fff1, SHAPE_120),
    (0xffff_fff0, SHAPE_118),
    (0xffff_fffa, SHAPE_116),
    (0xffff_fffb, SHAPE_112),
];
