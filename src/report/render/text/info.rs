//! `info` for a person: one screen, what somebody in an incident asks first before the rest.

use std::io::{self, Write};

use super::counted;
use super::headline::headline;
use super::table::wrapped;
use crate::binary::{LinkMode, Maker, Missing, Switch};
use crate::golang::toolchain::Toolchain;
use crate::golang::version::GoVersion;
use crate::image::FileKind;
use crate::printable::printable;
use crate::report::Detail;
use crate::report::document::info::{
    InformedBinary, LinknameCounts, ModuleEntry, SettingEntry, SwitchesEntry,
};
use crate::report::words::Worded;

/// Writes what is known of one executable.
pub(in crate::report) fn binary(
    out: &mut dyn Write,
    binary: &InformedBinary,
    detail: Detail,
) -> io::Result<()> {
    headline(out, &binary.about)?;
    if let Some(hint) = not_of_gc(binary.about.toolchain) {
        row(out, "maker", hint)?;
    }
    if let Some(path) = &binary.about.main_path {
        row(out, "program", &program(path, binary.module.as_ref()))?;
    }
    row(out, "commit", &commit(binary))?;
    row(out, "file", &file(binary))?;
    row(out, "sha256", binary.about.sha256.as_deref().unwrap_or_default())?;
    row(out, "libraries", &names(&binary.libraries, detail))?;
    row(out, "undefined", &undefined(binary, detail))?;
    row(out, "build ids", &build_ids(binary))?;
    if binary.about.toolchain == Maker::Gc {
        let minor = binary.about.go.as_deref().and_then(|go| GoVersion::parse(go).minor);
        row(out, "switches", &switches(&binary.switches, minor))?;
    }
    settings(out, binary, detail)?;
    modules(out, &binary.modules, detail)?;
    if let Some(counts) = &binary.linknames {
        row(out, "linknames", &linknames(counts))?;
    }
    missing(out, binary)
}

/// Columns of the labels.
const LABEL: usize = 13;
/// Without `-v` a row has no more lines than these; so does everything on one screen.
const MOST_LINES: usize = 4;
/// Without `-v` the entries of a setting are counted if there are more.
const MOST_ENTRIES: usize = 3;
/// Without `-v` no more names than these are listed.
const MOST_NAMES: usize = 8;

/// A label and what belongs to it, wrapped. Nothing if there is nothing.
fn row(out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    for (index, line) in wrapped(text, LABEL).iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        let line = format!("  {label:<width$}{line}", width = LABEL - 2);
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn shown(text: &str) -> String {
    printable(text.as_bytes())
}

fn not_of_gc(maker: Maker) -> Option<&'static str> {
    match maker {
        Maker::Gc => None,
        Maker::Other(Toolchain::Upx) => {
            Some("packed by UPX, which hides the content: upx -d FILE unpacks it")
        }
        Maker::Other(Toolchain::Gccgo) => {
            Some("gccgo, which writes no function table: symbols only")
        }
        Maker::Other(Toolchain::TinyGo) => {
            Some("TinyGo, which writes no function table: symbols only")
        }
        Maker::Other(Toolchain::NotGo) => Some("nothing in the file says that Go made it"),
    }
}

fn program(path: &str, module: Option<&ModuleEntry>) -> String {
    match module {
        Some(module) if module.path == path => named(module),
        Some(module) => format!("{}, of {}", shown(path), named(module)),
        None => format!("{} (no module is recorded)", shown(path)),
    }
}

/// `path version => replacement`.
fn named(module: &ModuleEntry) -> String {
    let mut text = format!("{} {}", shown(&module.path), shown(&module.version));
    if let Some(replace) = &module.replace {
        text = format!("{text} => {} {}", shown(&replace.path), shown(&replace.version));
    }
    text.trim_end().to_owned()
}

fn commit(binary: &InformedBinary) -> String {
    let Some(revision) = binary.setting("vcs.revision") else { return String::new() };
    let time = binary.setting("vcs.time").map(|time| format!(" of {}", shown(time)));
    let state = match binary.setting("vcs.modified") {
        Some(modified) if modified == TRUE => ", with changes that were not committed",
        _ => "",
    };
    format!("{}{}{state}", shown(revision), time.unwrap_or_default())
}

/// How the go command writes a switch that is on.
const TRUE: &str = "true";

fn file(binary: &InformedBinary) -> String {
    let linker = match binary.about.link_mode {
        LinkMode::Internal => "linked by Go's own linker (internal)",
        LinkMode::External => "linked by the system's linker (external)",
        LinkMode::Unknown => "nothing says whose linker wrote it",
    };
    format!("{}, {} bytes, {linker}", binary.kind.word(), grouped(binary.size))
}

/// `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn names(all: &[crate::report::Name], detail: Detail) -> String {
    listed(all.iter().map(ToString::to_string), all.len(), detail)
}

/// The first few, and how many more there are.
fn listed(texts: impl Iterator<Item = String>, count: usize, detail: Detail) -> String {
    let most = if detail.verbose { count } else { MOST_NAMES };
    let first: Vec<String> = texts.take(most).collect();
    match count.saturating_sub(most) {
        0 => first.join(", "),
        more => format!("{} and {more} more (-v lists them)", first.join(", ")),
    }
}

fn undefined(binary: &InformedBinary, detail: Detail) -> String {
    let all = &binary.undefined_go;
    match (all.is_empty(), binary.go_libraries) {
        (true, _) if binary.switches.ignores_undefined == Switch::On => {
            "no name is left, but the system's linker was told to ignore undefined ones: a call of one leads to address 0"
                .to_owned()
        }
        (true, _) => String::new(),
        (false, true) => {
            format!("{} that Go's own shared libraries define", counted(all.len(), "Go name"))
        }
        (false, false) if binary.kind == FileKind::Relocatable => {
            format!("{}: whoever links this object must define it", names(all, detail))
        }
        (false, false) => format!(
            "{}: no library of Go's is needed that could define {}; the program stops where it is called",
            names(all, detail),
            if all.len() == 1 { "it" } else { "them" },
        ),
    }
}

fn build_ids(binary: &InformedBinary) -> String {
    let ids = &binary.build_ids;
    let each =
        [("Go", &ids.go), ("GNU", &ids.gnu), ("UUID", &ids.uuid), ("debug file", &ids.debug_link)];
    let each: Vec<String> =
        each.iter().filter_map(|(name, id)| Some(format!("{name} {}", id.as_ref()?))).collect();
    each.join("; ")
}

/// The first Go whose linker checks linknames.
const CHECKS_SINCE: u16 = 23;

fn switches(switches: &SwitchesEntry, minor: Option<u16>) -> String {
    let each = [
        ("race", switches.race),
        ("cover", switches.cover),
        ("msan", switches.msan),
        ("asan", switches.asan),
    ];
    let named = |wanted: Switch| -> Vec<&str> {
        each.iter().filter(|(_, state)| *state == wanted).map(|(name, _)| *name).collect()
    };
    let mut told = Vec::new();
    for (wanted, word) in [(Switch::On, "on"), (Switch::Off, "off"), (Switch::Unknown, "not known")]
    {
        let names = named(wanted);
        if !names.is_empty() {
            told.push(format!("{}: {word}", names.join(", ")));
        }
    }
    told.push(fips(switches));
    told.push(match switches.experiments.as_slice() {
        [] => "no experiments".to_owned(),
        some => format!("experiments: {}", shown(&some.join(", "))),
    });
    told.push(match (switches.unchecked_linknames, minor) {
        (Switch::On, _) => "-checklinkname=0: the linker checked no linkname".to_owned(),
        (_, Some(minor)) if minor < CHECKS_SINCE => {
            format!("linknames not checked: Go 1.{CHECKS_SINCE} is the first that does")
        }
        (Switch::Off, _) => "linknames checked".to_owned(),
        (Switch::Unknown, _) => "-checklinkname=0: not recorded".to_owned(),
    });
    told.join("; ")
}

fn fips(switches: &SwitchesEntry) -> String {
    let module = switches.fips140.as_deref().map(|word| format!("FIPS 140 module {}", shown(word)));
    let mode = switches.fips140_mode.as_deref().map(|word| format!("fips140={}", shown(word)));
    let both: Vec<String> = module.into_iter().chain(mode).collect();
    if both.is_empty() { "FIPS 140: off".to_owned() } else { both.join(", ") }
}

/// All that have a value, on as few lines as they fit in, but for the commit, which is told above. `DefaultGODEBUG` has
/// up to 40 entries and follows from the version of Go in go.mod: they are counted.
fn settings(out: &mut dyn Write, binary: &InformedBinary, detail: Detail) -> io::Result<()> {
    if detail.verbose {
        let label = |index: usize| if index == 0 { "settings" } else { "" };
        return binary.settings.iter().enumerate().try_for_each(|(index, one)| {
            let (key, value) = (shown(&one.key), shown(&one.value));
            writeln!(out, "  {:<width$}{key}={value}", label(index), width = LABEL - 2)
        });
    }
    let shown = |one: &&SettingEntry| !one.key.starts_with("vcs") && !one.value.is_empty();
    let each: Vec<String> = binary.settings.iter().filter(shown).map(brief).collect();
    let lines = wrapped(&each.join("  "), LABEL);
    let cut = lines.len() > MOST_LINES;
    let kept = lines.get(..MOST_LINES).unwrap_or(&lines).join(" ");
    row(out, "settings", &if cut { format!("{kept} … (-v shows all)") } else { kept })
}

fn brief(one: &SettingEntry) -> String {
    let (key, value) = (shown(&one.key), shown(&one.value));
    match one.value.split(',').count() {
        entries if entries > MOST_ENTRIES => format!("{key}=({entries} entries)"),
        _ if value.contains(' ') => format!("{key}=\"{value}\""),
        _ => format!("{key}={value}"),
    }
}

fn modules(out: &mut dyn Write, modules: &[ModuleEntry], detail: Detail) -> io::Result<()> {
    if modules.is_empty() {
        return Ok(());
    }
    if detail.verbose {
        row(out, "modules", &dependencies(modules.len()))?;
        return modules.iter().try_for_each(|one| writeln!(out, "    {}", named(one)));
    }
    let count = modules.len();
    let replaced: Vec<&ModuleEntry> = modules.iter().filter(|one| one.replace.is_some()).collect();
    let mut text = dependencies(count);
    if count <= MOST_NAMES / 2 {
        text = format!("{text}: {}", modules.iter().map(named).collect::<Vec<_>>().join(", "));
    } else {
        text.push_str(" (-v lists them)");
        if !replaced.is_empty() {
            let each = replaced.iter().map(|one| named(one));
            let each = listed(each, replaced.len(), detail);
            text = format!("{text}; {} replaced: {each}", replaced.len());
        }
    }
    row(out, "modules", &text)
}

fn dependencies(count: usize) -> String {
    if count == 1 { "1 dependency".to_owned() } else { format!("{count} dependencies") }
}

fn linknames(counts: &LinknameCounts) -> String {
    let each = counts.counts.iter().map(|(owner, counts)| {
        let counts: Vec<String> = counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
        format!("{}: {}", owner.word(), counts.join(", "))
    });
    let mut told: Vec<String> = each.collect();
    if told.is_empty() {
        told.push("none found".to_owned());
    }
    if counts.needs_checklinkname0 > 0 {
        told.push(format!("{} need -checklinkname=0", counts.needs_checklinkname0));
    }
    told.extend(counts.why.map(str::to_owned));
    format!("{} (gonym discover lists them)", told.join("; "))
}

/// What is not there, in one row for all parts, and then what that costs.
fn missing(out: &mut dyn Write, binary: &InformedBinary) -> io::Result<()> {
    let all = &binary.missing;
    if all.is_empty() {
        return if binary.about.toolchain == Maker::Gc {
            row(
                out,
                "missing",
                "nothing: symbols, DWARF, function table and build information are there",
            )
        } else {
            Ok(())
        };
    }
    let parts: Vec<&str> = all.iter().map(|one| called(one.part)).collect();
    row(out, "missing", &parts.join(", "))?;
    for entry in all {
        for cost in &entry.costs {
            row(out, "", &format!("- {} {}", cost.command, cost.message))?;
        }
    }
    Ok(())
}

fn called(part: Missing) -> &'static str {
    match part {
        Missing::Symbols => "symbol table",
        Missing::Dwarf => "DWARF",
        Missing::SomeDwarf => "a part of DWARF",
        Missing::Functions => "Go's function table",
        Missing::InlineTrees => "inline trees",
        Missing::BuildInformation => "build information",
        Missing::LinkerFlags => "the linker's flags (-trimpath, or another builder)",
    }
}
