//! What the code of a program refers to, as the relocations say that a C linker left in it.
//!
//! `ld --emit-relocs` keeps every relocation that it applied: a witness that needs no decoder.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// How a kind of relocation tells an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// By its symbol and addend.
    Symbol,
    /// By the word of four bytes at its place.
    Word,
    /// By its symbol and addend, from the end of an instruction that ends so many bytes behind it.
    Ahead(&'static [u64]),
}

/// The relocations of each GOARCH that form an address or read or write memory there.
pub const KINDS: &[(&str, &str, Tells)] = &[
    ("386", "R_386_32", Tells::Word),
    // Behind the four bytes of the offset an immediate may follow.
    ("amd64", "R_X86_64_PC32", Tells::Ahead(&[4, 5, 6, 8])),
    ("arm", "R_ARM_ABS32", Tells::Word),
    ("arm64", "R_AARCH64_ADD_ABS_LO12_NC", Tells::Symbol),
    ("arm64", "R_AARCH64_LDST8_ABS_LO12_NC", Tells::Symbol),
    ("arm64", "R_AARCH64_LDST16_ABS_LO12_NC", Tells::Symbol),
    ("arm64", "R_AARCH64_LDST32_ABS_LO12_NC", Tells::Symbol),
    ("arm64", "R_AARCH64_LDST64_ABS_LO12_NC", Tells::Symbol),
    ("arm64", "R_AARCH64_LDST128_ABS_LO12_NC", Tells::Symbol),
    ("riscv64", "R_RISCV_PCREL_HI20", Tells::Symbol),
    ("ppc64le", "R_PPC64_ADDR16_LO", Tells::Symbol),
    ("ppc64le", "R_PPC64_ADDR16_LO_DS", Tells::Symbol),
    // The place is two bytes into an instruction that counts from its own address.
    ("s390x", "R_390_PC32DBL", Tells::Ahead(&[2u64.wrapping_neg()])),
];

/// The addresses that the relocation at each address of `.text` can mean; one of them is right.
pub fn of_text(
    binary: &Path,
    goarch: &str,
    word: impl Fn(u64) -> Option<u64>,
) -> BTreeMap<u64, Vec<u64>> {
    let mut command = Command::new("readelf");
    command.arg("-rW").arg(binary).env("LC_ALL", "C").stdin(Stdio::null());
    let output = command.output().expect("readelf runs");
    assert!(output.status.success(), "readelf {}", binary.display());
    let mut in_text = false;
    let mut found = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if line.starts_with("Relocation section") {
            in_text = line.contains("'.rela.text'") || line.contains("'.rel.text'");
        } else if in_text {
            found.extend(row(line, goarch, &word));
        }
    }
    found
}

/// `0041f2a0  0000001200000002 R_X86_64_PC32  00000000009a1c40 runtime.writeBarrier - 4`
fn row(line: &str, goarch: &str, word: &impl Fn(u64) -> Option<u64>) -> Option<(u64, Vec<u64>)> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let hex = |text: &&str| u64::from_str_radix(text, 16).ok();
    let (place, kind) = (columns.first().and_then(hex)?, *columns.get(2)?);
    let (.., tells) = KINDS.iter().find(|(of, name, _)| *of == goarch && *name == kind)?;
    let addend = match columns.get(columns.len().saturating_sub(2)..) {
        Some(["+", addend]) => hex(addend)?,
        Some(["-", addend]) => hex(addend)?.wrapping_neg(),
        _ => 0,
    };
    let symbol = columns.get(3).and_then(hex).map(|value| value.wrapping_add(addend));
    let addresses = match tells {
        Tells::Symbol => vec![symbol?],
        Tells::Word => vec![word(place)?],
        Tells::Ahead(ends) => {
            let symbol = symbol?;
            ends.iter().map(|end| symbol.wrapping_add(*end)).collect()
        }
    };
    Some((place, addresses))
}
