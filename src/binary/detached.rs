//! Where is what was stripped from a binary, and does that file really belong to it?
//!
//! Stripped releases keep their symbols and DWARF in a second file: `objcopy --only-keep-debug` for ELF and PE,
//! `dsymutil` for Mach-O. That file has no code, so symbols and debugging information come from it and everything
//! else from the binary. Its name and place prove nothing: it must have the binary's identification.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Binary;
use super::lookup::Lookup;
use crate::error::{Fault, FaultCode, Result};
use crate::image::identity::crc32;
use crate::image::{Image, Place, Section, SymbolTable};
use crate::input::{self, File};

/// Where distributions keep debug files (GDB manual, "Separate Debug Files").
const SYSTEM: &str = "/usr/lib/debug";

impl Binary {
    /// The file that symbols or debugging information were taken from, if not the binary itself.
    #[must_use]
    pub fn debug_file(&self) -> Option<&Path> {
        self.detached.as_ref().map(|image| image.range.file().path())
    }

    /// Takes symbols and debugging information from the file at `path`, where it has them. To be
    /// called before either is asked for.
    ///
    /// # Errors
    /// When the file cannot be read, or does not prove that it belongs to the binary.
    pub fn attach(&mut self, path: &Path) -> Result<()> {
        let image = self.belonging(path)?;
        self.take_from(image);
        Ok(())
    }

    /// Looks for the debug file where debuggers do, if symbols or debugging information are missing.
    ///
    /// # Errors
    /// When there is a file in such a place and it does not belong to the binary; not when there is
    /// none.
    pub fn attach_found(&mut self) -> Result<()> {
        let lacks_debug = self.image.debug_section(".debug_info").is_none();
        if !lacks_debug && self.has_symbols() {
            return Ok(());
        }
        let mut fault = None;
        for path in self.places().into_iter().filter(|path| path.is_file()) {
            match self.belonging(&path) {
                Ok(image) => {
                    self.take_from(image);
                    return Ok(());
                }
                Err(found) => fault = fault.or(Some(found)),
            }
        }
        fault.map_or(Ok(()), Err)
    }

    fn has_symbols(&self) -> bool {
        let table = self.symbols();
        table.present && table.symbols.iter().any(|symbol| symbol.place != Place::Undefined)
    }

    /// From now on `image`, the debug file of this binary, provides what the binary itself lacks.
    fn take_from(&mut self, image: Image) {
        if !self.has_symbols()
            && let Some(table) = self.symbols_in(&image)
        {
            self.symbols = OnceLock::from(table);
            (self.witnesses, self.lookup) = (OnceLock::new(), Lookup::default());
        }
        self.debug = OnceLock::new();
        self.detached = Some(image);
    }

    /// Where its debug file would be.
    fn places(&self) -> Vec<PathBuf> {
        let own = self.image.range.file().path();
        let identity = self.image.identity();
        let mut places = Vec::new();
        if let Some((first, rest)) = identity.build_id.as_deref().and_then(<[u8]>::split_first) {
            let folder = Path::new(SYSTEM).join(".build-id").join(hex(&[*first]));
            places.push(folder.join(format!("{}.debug", hex(rest))));
        }
        let (Some(folder), Some(name)) = (own.parent(), own.file_name()) else { return places };
        if let Some(link) = identity.debug_link
            && let Some(name) = plain_name(&link.name)
        {
            places.extend([folder.join(name), folder.join(".debug").join(name)]);
            let whole = folder.canonicalize().unwrap_or_default();
            let below = whole.strip_prefix("/").map(|below| Path::new(SYSTEM).join(below));
            places.extend(below.map(|below| below.join(name)));
        }
        let mut bundle = name.to_owned();
        bundle.push(".dSYM");
        let inside = ["Contents", "Resources", "DWARF"].iter().collect::<PathBuf>();
        places.push(folder.join(bundle).join(inside).join(name));
        // A link can lead back to the binary itself.
        places.retain(|place| place != own);
        places
    }

    /// The image in the file at `path` that belongs to this binary.
    fn belonging(&self, path: &Path) -> Result<Image> {
        let contents = input::open(path).map_err(of_debug_file)?;
        let mut fault = None;
        for part in contents.parts {
            if part.origin.member().is_some() {
                let detail = "an archive is no debug file";
                return Err(of_debug_file(Fault::unsupported("file", part.range.base(), detail)));
            }
            let image = Image::parse(part.range).map_err(of_debug_file)?;
            match self.check_belongs(&image, &contents.file) {
                Ok(()) => return Ok(image),
                Err(found) => fault = fault.or(Some(found)),
            }
        }
        Err(fault.unwrap_or_else(|| self.stranger(path, "", "no executable in it")))
    }

    /// Fails unless `image`, which is the file `file` or a slice of it, carries this binary's
    /// identification.
    fn check_belongs(&self, image: &Image, file: &File) -> Result<()> {
        let path = file.path();
        let (wanted, found) = (&self.image, image);
        if (wanted.format, &wanted.arch) != (found.format, &found.arch) {
            let told = |image: &Image| format!("{} {}", image.format.word(), image.arch);
            return Err(self.stranger(path, &told(wanted), &told(found)));
        }
        let (mine, theirs) = (wanted.identity(), found.identity());
        let pairs = [
            ("UUID", mine.uuid.map(Vec::from), theirs.uuid.map(Vec::from)),
            ("build id", mine.build_id, theirs.build_id),
            ("Go build id", mine.go_build_id, theirs.go_build_id),
        ];
        for (what, mine, theirs) in pairs {
            let (Some(mine), Some(theirs)) = (mine, theirs) else { continue };
            if mine == theirs {
                return Ok(());
            }
            let told = |id: &[u8]| match what {
                "Go build id" => format!("{what} {}", crate::printable::printable(id)),
                _ => format!("{what} {}", hex(id)),
            };
            return Err(self.stranger(path, &told(&mine), &told(&theirs)));
        }
        let Some(link) = mine.debug_link else {
            let detail = "nothing that identifies it";
            return Err(self.stranger(path, "an identification in both files", detail));
        };
        let sum = crc32(file).map_err(of_debug_file)?;
        match sum == link.crc {
            true => Ok(()),
            false => {
                let told = |sum: u32| format!("CRC-32 {sum:08x}");
                Err(self.stranger(path, &told(link.crc), &told(sum)))
            }
        }
    }

    fn stranger(&self, path: &Path, wanted: &str, found: &str) -> Fault {
        let path = crate::printable::printable(path.as_os_str().as_encoded_bytes());
        let part = format!("debug file {path}");
        let detail = format!("of another build: the binary has {wanted}, it has {found}");
        Fault::new(FaultCode::Mismatch, part, self.image.range.base(), 0, 0, detail)
    }

    /// The symbols of the debug file, in terms of the binary's own sections; `None` if it has no symbol table.
    fn symbols_in(&self, detached: &Image) -> Option<SymbolTable> {
        let mut table = detached.read_symbols();
        if !table.present {
            return None;
        }
        let sections = Sections::between(detached, &self.image);
        for symbol in &mut table.symbols {
            if let Place::Section(index) = symbol.place {
                symbol.place = sections.of(index);
            }
        }
        table.faults = table.faults.into_iter().map(of_debug_file).collect();
        self.add_imports(&mut table);
        Some(table)
    }

    /// A dSYM has no undefined symbols; the binary still has them.
    fn add_imports(&self, table: &mut SymbolTable) {
        let undefined = |place| place == Place::Undefined;
        if table.symbols.iter().any(|symbol| undefined(symbol.place)) {
            return;
        }
        let own = self.symbols();
        for symbol in own.symbols.iter().filter(|symbol| undefined(symbol.place)) {
            let name = own.name(symbol);
            let (Ok(name_start), Ok(name_len)) =
                (u32::try_from(table.names.len()), u32::try_from(name.len()))
            else {
                return;
            };
            table.names.extend_from_slice(name);
            table.symbols.push(crate::image::Symbol { name_start, name_len, ..*symbol });
        }
    }
}

/// For each section of the debug file its number in the binary. Tools may leave sections out.
struct Sections(Vec<Option<u32>>);

impl Sections {
    fn between(detached: &Image, own: &Image) -> Self {
        let known: BTreeMap<_, u32> = own.sections.iter().map(Self::key).zip(0..).collect();
        let found = detached.sections.iter().map(|section| known.get(&Self::key(section)).copied());
        Self(found.collect())
    }

    fn key(section: &Section) -> (u64, &[u8], &[u8]) {
        (section.address, &section.name, &section.segment)
    }

    /// The place of what lies in section `index` of the debug file. If the binary has no such section, it is no part of
    /// the program.
    fn of(&self, index: u32) -> Place {
        let found = self.0.get(index as usize).copied().flatten();
        found.map_or(Place::Debug, Place::Section)
    }
}

/// A fault in the other file.
fn of_debug_file(fault: Fault) -> Fault {
    let part = format!("debug file: {}", fault.part);
    Fault { part, ..fault }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// `name` if it is the plain name of a file, which leads to no other folder.
fn plain_name(name: &[u8]) -> Option<&str> {
    let name = std::str::from_utf8(name).ok()?;
    let parts = Path::new(name).components();
    let plain = parts.count() == 1 && !name.contains(['/', '\\', ':']) && name != "..";
    plain.then_some(name).filter(|name| *name != ".")
}
