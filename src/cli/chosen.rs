//! Which one of the executables in a file is meant, where a command wants exactly one?

use std::ffi::OsStr;
use std::path::Path;

use clap::Args;

use super::inputs::Hashing;
use crate::binary::Binary;
use crate::error::{Error, Fault};
use crate::printable::printable;
use crate::report::FaultEntry;

/// What chooses one executable of a fat file or an archive.
#[derive(Args, Debug, Default)]
pub(super) struct Choice {
    /// The architecture to take of a fat Mach-O file
    #[arg(long, value_name = "ARCH")]
    slice: Option<String>,
    /// The member to take of an archive
    #[arg(long, value_name = "NAME")]
    member: Option<String>,
    #[command(flatten)]
    hashing: Hashing,
}

/// The executable that is meant.
pub(super) struct Chosen {
    /// It; none if the file holds no Go executable that can be read.
    pub(super) binary: Option<Binary>,
    /// The path as reports show it.
    pub(super) path: String,
    /// Everything wrong with it, and with the file.
    pub(super) faults: Vec<FaultEntry>,
}

impl Chosen {
    /// Adds what is wrong with the file, if that was found while it was searched.
    pub(super) fn add_fault(&mut self, fault: Option<Fault>) {
        self.faults.extend(fault.map(|fault| FaultEntry::new(&self.path, &fault)));
    }
}

impl Choice {
    /// Opens `path` and takes the executable that is meant, if it has Go's function table.
    ///
    /// # Errors
    /// When several are in the file and it is not said which.
    pub(super) fn open(&self, path: &OsStr) -> Result<Chosen, Error> {
        let shown = path.to_string_lossy().into_owned();
        let entry = |fault| FaultEntry::new(&shown, &fault);
        let opened = match Binary::open(Path::new(path)) {
            Ok(opened) => opened,
            Err(fault) => {
                let faults = vec![entry(fault)];
                return Ok(Chosen { binary: None, path: shown, faults });
            }
        };
        let mut faults = opened.faults;
        let binary = self.one(&shown, opened.binaries)?;
        faults.extend(self.hashing.hash(binary.image.range.file()).err());
        faults.extend(binary.faults());
        faults.extend(binary.function_fault());
        faults.sort();
        faults.dedup();
        let binary = Some(binary).filter(|binary| binary.functions().is_ok());
        Ok(Chosen { binary, faults: faults.into_iter().map(entry).collect(), path: shown })
    }

    fn one(&self, path: &str, binaries: Vec<Binary>) -> Result<Binary, Error> {
        let is_slice = |binary: &Binary| {
            self.slice.is_none() || binary.origin.slice() == self.slice.as_deref()
        };
        let is_member = |binary: &Binary| {
            let member = binary.origin.member();
            self.member.as_ref().is_none_or(|name| member == Some(name.as_bytes()))
        };
        let all: Vec<String> = binaries.iter().map(called).collect();
        let mut meant: Vec<Binary> =
            binaries.into_iter().filter(|binary| is_slice(binary) && is_member(binary)).collect();
        // Of an archive's members those of Go: a C archive of Go's holds C objects beside it.
        if meant.len() > 1 && meant.iter().any(Binary::is_go) {
            meant.retain(Binary::is_go);
        }
        let several: Vec<String> = meant.iter().map(called).collect();
        let path = printable(path.as_bytes());
        let options = "--slice ARCH, --member NAME";
        match (meant.pop(), meant.is_empty()) {
            (Some(one), true) => Ok(one),
            (None, _) => Err(Error::Usage(format!(
                "{path}: {options}: none is called so; there are {}",
                all.join(", ")
            ))),
            (Some(_), false) => Err(Error::Usage(format!(
                "{path} holds several executables, say which one ({options}): {}",
                several.join(", ")
            ))),
        }
    }
}

/// What tells an executable of a file from the others.
fn called(binary: &Binary) -> String {
    let slice = binary.origin.slice().map(|slice| printable(slice.as_bytes()));
    let member = binary.origin.member().map(printable);
    let names: Vec<String> = slice.into_iter().chain(member).collect();
    if names.is_empty() { "the file itself".to_owned() } else { names.join("/") }
}
