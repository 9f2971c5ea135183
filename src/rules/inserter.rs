//! Who may write a reference to a symbol that no source mentions?

/// Who writes the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Inserter {
    /// cmd/compile, or the assembler back end (`cmd/internal/obj`) that runs inside it.
    Compiler,
    /// cmd/link: it redirects a relocation, or writes a function of its own.
    Linker,
}
