//! Which lists of names does a file still have, and is each of them whole?

use serde::{Deserialize, Serialize};

use super::{Binary, Functions};

/// How much of a witness there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Witness {
    /// Read whole: a name that it does not have is not there.
    Whole,
    /// Stripped, or it has only a part of the program's names.
    Missing,
    /// It is in the file and is damaged.
    Damaged,
}

/// How much there is of each list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameWitnesses {
    /// The symbol table.
    pub symtab: Witness,
    /// The function table.
    pub pclntab: Witness,
    /// Inline trees.
    pub inlined: Witness,
}

impl Binary {
    /// Which names the file still has.
    pub fn name_witnesses(&self) -> NameWitnesses {
        *self.witnesses.get_or_init(|| {
            let functions = self.functions().ok();
            let trees = functions.is_some_and(|functions| functions.trees.is_some());
            NameWitnesses {
                symtab: self.symtab_witness(functions),
                pclntab: match functions {
                    Some(functions) if functions.table.fault().is_some() => Witness::Damaged,
                    Some(_) => Witness::Whole,
                    None if self.image.faults.is_empty() => Witness::Missing,
                    None => Witness::Damaged,
                },
                inlined: if trees { Witness::Whole } else { Witness::Missing },
            }
        })
    }

    /// Whether the symbol table holds the program's names.
    ///
    /// A table is present in stripped Mach-O files too (imports), and `strip -K` leaves some names: only a
    /// table that holds every function of pclntab is whole.
    fn symtab_witness(&self, functions: Option<&Functions>) -> Witness {
        let table = self.symbols();
        if !table.faults.is_empty() || (!table.present && !self.image.faults.is_empty()) {
            return Witness::Damaged;
        }
        let whole = match functions {
            Some(functions) => self.have_symbols(functions.table.functions().map(|f| f.entry)),
            None => !table.symbols.is_empty(),
        };
        if whole { Witness::Whole } else { Witness::Missing }
    }
}
