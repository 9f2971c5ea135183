//! `aliases`: one executable and its names that share an address.
//!
//! ```no_run
//! use gonym::report::document::aliases::AliasedBinary;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let document = AliasedBinary::new(&binary, "app", true, false);
//!     println!("{} groups, {} more left out", document.groups.len(), document.omitted);
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use crate::binary::Binary;
use crate::outcome::Outcome;
use crate::printable::printable;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::words::as_word;
use crate::report::{Command, Reported, address};
use crate::symbols::aliases::{self, Class, Group};

/// One executable and its names that share an address.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AliasedBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// The groups, in order of section and address.
    pub groups: Vec<AliasGroup>,
    /// How many meaningless groups were left out.
    #[serde(rename = "groupsOmitted")]
    pub omitted: usize,
}

/// Names at one address.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AliasGroup {
    /// The address.
    pub address: String,
    /// The section.
    pub section: String,
    /// The names, sorted.
    pub names: Vec<AliasName>,
}

/// One of several names at an address.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AliasName {
    /// The name.
    #[serde(flatten)]
    pub name: Field<Name>,
    /// What the name is at this address: `alias`, `marker`, …
    #[serde(serialize_with = "as_word")]
    pub class: Class,
}

/// How many groups there are.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct AliasSummary {
    /// Shown.
    pub groups: usize,
    /// Left out.
    #[serde(rename = "groupsOmitted")]
    pub omitted: usize,
}

impl AliasedBinary {
    /// The document about `binary`; `path` is its name in reports. With `all` it lists meaningless groups too.
    #[must_use]
    pub fn new(binary: &Binary, path: &str, complete: bool, all: bool) -> Self {
        let image = &binary.image;
        let found = aliases::groups(image.format, &image.sections, binary.symbols());
        let total = found.len();
        let shown = found.iter().filter(|group| all || group.is_meaningful());
        let groups: Vec<AliasGroup> = shown.map(|found| group(binary, found)).collect();
        let about = About::new(binary, path, complete);
        Self { about, omitted: total - groups.len(), groups }
    }
}

fn group(binary: &Binary, group: &Group) -> AliasGroup {
    let table = binary.symbols();
    let section = binary.image.sections.get(group.section as usize);
    let names = group.members.iter().filter_map(|member| {
        let symbol = table.symbols.get(member.symbol as usize)?;
        let name = Field::of("name", binary.go_name(table.name(symbol)));
        Some(AliasName { name, class: member.class })
    });
    AliasGroup {
        address: address(group.address),
        section: section.map(|section| printable(&section.name)).unwrap_or_default(),
        names: names.collect(),
    }
}

impl Document for AliasedBinary {
    type Summary = AliasSummary;

    const COMMAND: Command = Command::Aliases;
    const LISTED_AS: Option<&'static str> = Some("binaries");

    fn findings(&self) -> Vec<Reported> {
        self.about.findings()
    }

    fn count(&self, summary: &mut AliasSummary) {
        summary.groups += self.groups.len();
        summary.omitted += self.omitted;
    }

    fn outcome(&self) -> Outcome {
        Outcome::SHOWN
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, _: Detail) -> io::Result<()> {
        text::aliases::binary(out, self)
    }
}
