//! Direct calls and jumps as `go tool objdump` prints them: a witness that shares no code with gonym.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// A call or jump to another symbol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The symbol whose code it is in, without `.abi0`.
    pub from: String,
    /// Base name of the source file that the instruction was compiled from.
    pub file: String,
    /// The symbol that it leads to, without `.abi0`.
    pub to: String,
}

/// Every call and jump out of the symbols that match `symbols`, a regular expression of Go.
pub fn calls(objdump: &Path, binary: &Path, symbols: &str) -> Vec<Call> {
    let mut command = Command::new(objdump);
    command.arg("-s").arg(symbols).arg(binary).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("objdump runs");
    let mut found = Vec::new();
    let mut from = String::new();
    for line in BufReader::new(child.stdout.take().expect("a pipe")).split(b'\n') {
        let line = line.expect("a line of objdump");
        let line = String::from_utf8_lossy(&line);
        match line.strip_prefix("TEXT ") {
            Some(header) => from = symbol(header).unwrap_or_default().to_owned(),
            None => found.extend(call(&line, &from)),
        }
    }
    assert!(child.wait().expect("objdump ends").success(), "objdump {}", binary.display());
    found.sort();
    found.dedup();
    found
}

/// `  main.go:14\t0x47e485\te8...\tCALL runtime.nanotime(SB)`
fn call(line: &str, from: &str) -> Option<Call> {
    let mut words = line.split_whitespace();
    let (file, _line) = words.next()?.rsplit_once(':')?;
    let (_address, _bytes, operation) = (words.next()?, words.next()?, words.next()?);
    // The last two are arm's.
    if !matches!(operation, "CALL" | "JMP" | "BL" | "B") {
        return None;
    }
    // A name may hold blanks (`main.F[struct { X int }]`): cut at the operation.
    let (_, operand) = line.split_once(operation)?;
    let to = symbol(operand.trim())?;
    (to != from).then(|| Call { from: from.to_owned(), file: file.to_owned(), to: to.to_owned() })
}

fn symbol(text: &str) -> Option<&str> {
    let (name, _) = text.split_once("(SB)")?;
    Some(name.strip_suffix(".abi0").unwrap_or(name))
}

/// The package of a symbol, as symbols spell it: up to the first dot behind the last slash.
pub fn package(symbol: &str) -> &str {
    let plain = symbol.split(['[', '(']).next().unwrap_or_default();
    let last = plain.rfind('/').map_or(0, |slash| slash + 1);
    let end =
        plain.get(last..).and_then(|rest| rest.find('.')).map_or(plain.len(), |dot| last + dot);
    symbol.get(..end).unwrap_or_default()
}

/// The names that Go's own nm gives to code.
pub fn functions(nm: &Path, binary: &Path) -> std::collections::BTreeSet<String> {
    let output = Command::new(nm).arg(binary).stdin(Stdio::null()).output().expect("nm runs");
    // It fails on a stripped file, which holds no names.
    let text = String::from_utf8_lossy(&output.stdout);
    let rows = text.lines().filter_map(|line| line.trim_start().split_once(' '));
    rows.filter_map(|(_, rest)| rest.strip_prefix("T ").or_else(|| rest.strip_prefix("t ")))
        .map(|name| name.strip_suffix(".abi0").unwrap_or(name).to_owned())
        .collect()
}
