//! `gonym aliases`: the names that share an address, each with its class.

use std::ffi::OsString;

use clap::Args;

use super::inputs::{self, Common, Format};
use crate::binary::Binary;
use crate::error::Error;
use crate::report::{
    About, AliasGroup, AliasName, AliasReport, AliasedBinary, Name, SCHEMA, Tool, address, build,
    json, text,
};
use crate::symbols::aliases::{self, Group};

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  every file could be read
  2  usage
  3  an input is missing, damaged or no executable";

/// Arguments of `gonym aliases`.
#[derive(Args, Debug)]
pub(super) struct Aliases {
    /// Executables to look into; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<OsString>,
    /// Show every group: linker marks, zero-size objects and a plugin's pairs too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    common: Common,
}

impl Aliases {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| inputs::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&self.files)?;
        let inputs = self.common.on_threads(|| {
            inputs::each_binary(
                &self.files,
                inputs::Needs::Symbols,
                inputs::DebugFiles::None,
                |binary, path, complete| self.grouped(binary, build::about(binary, path, complete)),
            )
        })?;
        let faults = inputs::all_faults(&inputs);
        inputs::tell(&faults);
        let binaries = inputs.into_iter().flat_map(|input| input.results).collect();
        let code = if faults.is_empty() { inputs::HOLDS } else { inputs::INPUT };
        let report = AliasReport { schema: SCHEMA, tool: Tool::default(), binaries, faults };
        self.common.write(code, &|out, format| match format {
            Format::Text => text::aliases(out, &report),
            Format::Json => json::write(out, &report),
        })
    }

    fn grouped(&self, binary: &Binary, about: About) -> AliasedBinary {
        let table = binary.symbols();
        let image = &binary.image;
        let all = aliases::groups(image.format, &image.sections, table);
        let total = all.len();
        let shown = all.into_iter().filter(|group| self.all || group.is_meaningful());
        let groups: Vec<AliasGroup> = shown.map(|group| described(binary, &group)).collect();
        AliasedBinary { about, omitted: total - groups.len(), groups }
    }
}

fn described(binary: &Binary, group: &Group) -> AliasGroup {
    let table = binary.symbols();
    let section = binary.image.sections.get(group.section as usize);
    let names = group.members.iter().filter_map(|member| {
        let symbol = table.symbols.get(member.symbol as usize)?;
        let name = Name::new(binary.go_name(table.name(symbol)));
        Some(AliasName { name_hex: name.hex(), name, class: member.class.word() })
    });
    AliasGroup {
        address: address(group.address),
        section: section.map(|s| crate::printable::printable(&s.name)).unwrap_or_default(),
        names: names.collect(),
    }
}
