//! The symbol table as a person reads it.
