//! What was left out of an executable or taken from it, so that questions about it stay open?

use super::{Binary, DebugState, Maker, NameList, Witness};

/// A part that an executable lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Missing {
    /// The symbol table does not hold the program's names.
    Symbols,
    /// DWARF.
    Dwarf,
    /// A part of DWARF.
    SomeDwarf,
    /// Go's function table, in a program that Go made.
    Functions,
    /// Inline trees.
    InlineTrees,
    /// Go's build information.
    BuildInformation,
    /// The flags of the linker in the build information.
    LinkerFlags,
}

impl Missing {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Symbols => "symbols",
            Self::Dwarf => "dwarf",
            Self::SomeDwarf => "some-dwarf",
            Self::Functions => "functions",
            Self::InlineTrees => "inline-trees",
            Self::BuildInformation => "build-information",
            Self::LinkerFlags => "linker-flags",
        }
    }
}

impl Binary {
    /// What it lacks; nothing of a program that Go's own toolchain did not make.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let facts = self.facts();
        if facts.maker != Maker::Gc {
            return Vec::new();
        }
        let witnesses = self.name_witnesses();
        let tests = [
            (facts.names != NameList::Symtab, Missing::Symbols),
            (facts.dwarf == DebugState::None, Missing::Dwarf),
            (facts.dwarf == DebugState::Partial, Missing::SomeDwarf),
            (witnesses.pclntab != Witness::Whole, Missing::Functions),
            (
                witnesses.pclntab == Witness::Whole && witnesses.inlined != Witness::Whole,
                Missing::InlineTrees,
            ),
            (self.build().is_none(), Missing::BuildInformation),
            (self.build().is_some() && self.drops_flags(), Missing::LinkerFlags),
        ];
        tests.into_iter().filter(|(lacks, _)| *lacks).map(|(_, part)| part).collect()
    }
}
