//! Every instruction as another decoder prints it: a witness that shares no code with gonym.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// What the other decoder says of one instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It goes to this symbol.
    GoesTo(String),
    /// It goes to this address, where no symbol begins.
    Into(u64),
    /// It goes to where a register or memory says.
    Computed,
    /// Anything else.
    Other,
}

/// The instructions of an executable by address, as `go tool objdump` prints them.
pub fn go_objdump(objdump: &Path, binary: &Path) -> BTreeMap<u64, Said> {
    let mut command = Command::new(objdump);
    command.arg(binary).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("objdump runs");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).split(b'\n');
    let said = lines
        .filter_map(|line| go_line(&String::from_utf8_lossy(&line.expect("a line of objdump"))))
        .collect();
    assert!(child.wait().expect("objdump ends").success(), "objdump {}", binary.display());
    said
}

/// `  main.go:14\t0x47e485\te8...\tCALL runtime.nanotime(SB)`, with any number of tabs.
fn go_line(line: &str) -> Option<(u64, Said)> {
    let mut fields = line.split('\t').filter(|field| !field.trim().is_empty());
    fields.next()?.rsplit_once(':')?;
    let address = u64::from_str_radix(fields.next()?.strip_prefix("0x")?, 16).ok()?;
    let text = fields.nth(1).unwrap_or_default().trim();
    let (operation, operand) = text.split_once(' ').unwrap_or((text, ""));
    let said = match operand.strip_suffix("(SB)") {
        _ if !is_branch(operation) => Said::Other,
        // RISC-V names the link register first: `JAL X5, runtime.morestack(SB)`.
        Some(symbol) => Said::GoesTo(without_register(symbol).to_owned()),
        None => match operand.strip_prefix("0x").map(|hex| u64::from_str_radix(hex, 16)) {
            Some(Ok(address)) => Said::Into(address),
            _ => Said::Computed,
        },
    };
    Some((address, said))
}

/// Whether a mnemonic of Go's assembler goes somewhere else. On s390x every BCR is printed as RET.
fn is_branch(operation: &str) -> bool {
    ["CALL", "J", "B", "RET"].iter().any(|start| operation.starts_with(start))
}

/// A symbol may hold a comma, but not behind `X5`.
fn without_register(operand: &str) -> &str {
    match operand.split_once(", ") {
        Some((register, symbol)) if is_register(register) => symbol,
        _ => operand,
    }
}

fn is_register(text: &str) -> bool {
    text.strip_prefix(['X', 'R']).is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The instructions of a MIPS executable by address, as llvm-objdump prints them; none without it.
pub fn llvm_objdump(binary: &Path) -> Option<BTreeMap<u64, Said>> {
    let mut command = Command::new("llvm-objdump");
    command.args(["-d", "--no-show-raw-insn"]).arg(binary);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).split(b'\n');
    let said = lines
        .filter_map(|line| llvm_line(&String::from_utf8_lossy(&line.expect("a line of objdump"))))
        .collect();
    assert!(child.wait().expect("objdump ends").success(), "llvm-objdump {}", binary.display());
    Some(said)
}

/// `   11e78:      \tb\t0x11f24 <internal/abi.(*Type).Elem+0x104>`; `jal` and `j` print the same.
fn llvm_line(line: &str) -> Option<(u64, Said)> {
    let (address, text) = line.split_once(':')?;
    let address = u64::from_str_radix(address.trim(), 16).ok()?;
    let mut fields = text.split('\t').map(str::trim).filter(|field| !field.is_empty());
    let operation = fields.next()?;
    let operand = fields.next().unwrap_or_default();
    let symbol = operand.strip_suffix('>').and_then(|rest| Some(rest.split_once(" <")?.1));
    let said = match symbol {
        _ if operation == "break" || !operation.starts_with(['b', 'j']) => Said::Other,
        Some(symbol) => Said::GoesTo(symbol.to_owned()),
        None => Said::Computed,
    };
    Some((address, said))
}

/// The names at each address of code, as Go's nm prints them.
pub fn code_names(nm: &Path, binary: &Path) -> BTreeMap<u64, BTreeSet<String>> {
    let output = Command::new(nm).arg(binary).stdin(Stdio::null()).output().expect("nm runs");
    assert!(output.status.success(), "nm {}", binary.display());
    let mut names: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for row in String::from_utf8_lossy(&output.stdout).lines() {
        let mut columns = row.trim_start().splitn(3, ' ');
        let address = columns.next().and_then(|text| u64::from_str_radix(text, 16).ok());
        if let (Some(address), Some("T" | "t"), Some(name)) =
            (address, columns.next(), columns.next())
        {
            names.entry(address).or_default().insert(name.to_owned());
        }
    }
    names
}
