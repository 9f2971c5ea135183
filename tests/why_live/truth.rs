//! What the linker, nm and objdump say.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use gonym::printable::printable;
use gonym::why::{Kind, Manner, Step};

use super::elf::Memory;

/// What `-dumpdep` prints: each symbol that was reached, and from which one first.
pub fn reached(said: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in said.lines() {
        let Some((from, to)) = line.split_once(" -> ") else { continue };
        let to = to.trim_end_matches(" <ReflectMethod>").trim_end_matches(" <UsedInIface>");
        let to = to.trim_end_matches(" <ReflectMethod>");
        let from = from.trim_end_matches(" <UsedInIface>").trim_end_matches(" <ReflectMethod>");
        let from = from.trim_end_matches(" <UsedInIface>");
        found.entry(to.to_owned()).or_insert_with(|| from.to_owned());
    }
    found
}

/// One line of objdump.
#[derive(Debug)]
pub struct Instruction {
    length: u64,
    /// Mnemonic and operands.
    text: String,
}

/// The instructions at `sites`.
pub fn instructions(
    objdump: &Path,
    file: &Path,
    sites: &BTreeSet<u64>,
) -> BTreeMap<u64, Instruction> {
    let mut found = BTreeMap::new();
    each_line(objdump, &[], file, |line| {
        let mut fields = line.split('\t').map(str::trim).filter(|field| !field.is_empty());
        let (_, Some(at), Some(bytes)) = (fields.next(), fields.next(), fields.next()) else {
            return;
        };
        let at = at.strip_prefix("0x").and_then(|at| u64::from_str_radix(at, 16).ok());
        if let (Some(at), Some(text)) = (at.filter(|at| sites.contains(at)), fields.next()) {
            let length = bytes.len() as u64 / 2;
            found.insert(at, Instruction { length, text: text.to_owned() });
        }
    });
    found
}

fn each_line(tool: &Path, arguments: &[&str], file: &Path, mut take: impl FnMut(&str)) {
    let mut command = Command::new(tool);
    command.args(arguments).arg(file).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the tool runs");
    for line in BufReader::new(child.stdout.take().expect("a pipe")).split(b'\n') {
        take(&String::from_utf8_lossy(&line.expect("a line")));
    }
    assert!(child.wait().expect("it ends").success(), "{} {}", tool.display(), file.display());
}

/// The symbol table as nm shows it.
pub struct Truth {
    /// Address, size and letter by name.
    symbols: BTreeMap<String, (u64, u64, char)>,
    /// Names by address.
    at: BTreeMap<u64, Vec<String>>,
}

/// `main.(*stack[...]).Push` of `main.(*stack[string]).Push`.
fn without_arguments(name: &str) -> String {
    let (mut depth, mut out) = (0usize, String::new());
    for c in name.chars() {
        match c {
            '[' => {
                if depth == 0 {
                    out.push_str("[...]");
                }
                depth += 1;
            }
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

impl Truth {
    pub fn of(nm: &Path, file: &Path) -> Self {
        let mut symbols = BTreeMap::new();
        each_line(nm, &["-size"], file, |line| {
            let mut rest = line.trim_start();
            let mut field = || {
                let (word, tail) = rest.split_once(' ').unwrap_or((rest, ""));
                rest = tail.trim_start();
                word.to_owned()
            };
            let (address, size, letter) = (field(), field(), field());
            let (Ok(address), Ok(size)) = (u64::from_str_radix(&address, 16), size.parse()) else {
                return;
            };
            let letter = letter.chars().next().expect("a letter");
            symbols.insert(rest.to_owned(), (address, size, letter));
        });
        let mut at: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (name, (address, ..)) in &symbols {
            at.entry(*address).or_default().push(name.clone());
        }
        Self { symbols, at }
    }

    pub fn is_function(&self, name: &str) -> bool {
        self.symbols.get(name).is_some_and(|(.., letter)| "Tt".contains(*letter))
    }

    fn address(&self, name: &str) -> Option<u64> {
        self.symbols.get(name).map(|(address, ..)| *address)
    }

    /// Whether the step from `before` to `step` is in the program.
    pub fn holds(
        &self,
        memory: &Memory,
        before: &Step,
        step: &Step,
        instruction: Option<&Instruction>,
    ) -> Result<(), String> {
        self.is_as_named(step)?;
        let at = step.at.ok_or("no place")?;
        match step.how.ok_or("no way")? {
            // The function data of a wrapper: an offset from the text, in data of the linker's.
            Manner::Table if before.kind == Kind::Function => {
                let offset = memory.number(at, 4).ok_or("not in the file")?;
                let text = self.address("runtime.text").ok_or("no text")?;
                let wraps = text + offset == step.address;
                wraps.then_some(()).ok_or(format!("the word is {offset:#x}"))
            }
            Manner::Table => self.is_in_table(memory, before, step, at),
            how => {
                let instruction = instruction.ok_or("objdump has no instruction there")?;
                let to = self.operand(instruction, at)?;
                self.is_in(before, at)?;
                match how {
                    Manner::Call if !instruction.text.starts_with("CALL") => {
                        Err(instruction.text.clone())
                    }
                    Manner::Jump if !instruction.text.starts_with('J') => {
                        Err(instruction.text.clone())
                    }
                    Manner::Funcval if memory.word(to) != Some(step.address) => {
                        Err(format!("{} does not hold {:#x}", instruction.text, step.address))
                    }
                    Manner::Call | Manner::Jump if to != step.address => {
                        Err(format!("{} is {to:#x}", instruction.text))
                    }
                    Manner::Address if !self.covers(step, to) => {
                        Err(format!("{} is {to:#x}, not {:#x}", instruction.text, step.address))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// Whether nm has the step's name at its address. Function tables up to 1.20 have `[...]` for type arguments.
    fn is_as_named(&self, step: &Step) -> Result<(), String> {
        let known = matches!(step.kind, Kind::Function | Kind::Variable);
        if !known || self.bytes(step).is_some() {
            return Ok(());
        }
        Err(format!("nm has no {} there", printable(&step.name)))
    }

    /// The address of the last function or variable of that name.
    pub fn is_at(&self, name: &str, step: &Step) -> bool {
        [name.to_owned(), format!("{name}.abi0")]
            .iter()
            .any(|n| self.address(n) == Some(step.address))
    }

    /// Start and end of what nm has under the step's name at its address.
    fn bytes(&self, step: &Step) -> Option<(u64, u64)> {
        let name = printable(&step.name);
        let here = self.at.get(&step.address)?.iter();
        let mut same = here.filter(|known| {
            let known = known.strip_suffix(".abi0").unwrap_or(known);
            known == name || without_arguments(known) == name
        });
        let (start, size, _) = self.symbols.get(same.next()?)?;
        Some((*start, start + size))
    }

    /// Whether `at` lies in the bytes of a variable that nm lists.
    fn is_named(&self, at: u64) -> bool {
        let mut sized = self.symbols.values().filter(|(_, _, letter)| "DdRrBb".contains(*letter));
        sized.any(|(start, size, _)| (*start..start + size).contains(&at))
    }

    /// Whether `at` lies in the step's own bytes, where nm tells them.
    fn is_in(&self, step: &Step, at: u64) -> Result<(), String> {
        let inside = match self.bytes(step) {
            Some((start, end)) => (start..end).contains(&at),
            // Unnamed data may begin in front of the first place that is referred to, but not in another's bytes.
            None if step.kind == Kind::Data && at < step.address => !self.is_named(at),
            None => step.kind != Kind::Function,
        };
        inside.then_some(()).ok_or_else(|| format!("{at:#x} is not in {}", printable(&step.name)))
    }

    /// Whether `to` lies in the step: at its start, or within what nm says it is.
    pub fn covers(&self, step: &Step, to: u64) -> bool {
        to == step.address || step.kind == Kind::Variable && self.is_in(step, to).is_ok()
    }

    /// Whether the word, or the method's record, at `at` leads from `before` to `step`.
    fn is_in_table(
        &self,
        memory: &Memory,
        before: &Step,
        step: &Step,
        at: u64,
    ) -> Result<(), String> {
        self.is_in(before, at)?;
        let word = memory.word(at).ok_or("not in the file")?;
        let direct = self.covers(step, word);
        let through = step.kind == Kind::Function && memory.word(word) == Some(step.address);
        let based = |base: &str, offset: u64| {
            let distance = memory.number(at + offset, 4)? as u32;
            Some(self.address(base)?.wrapping_add_signed(distance.cast_signed().into()))
        };
        let method =
            [8, 12].iter().any(|offset| based("runtime.text", *offset) == Some(step.address));
        let fields = [0, 4].iter();
        let signature =
            fields.map(|at| based("runtime.types", *at)).any(|to| to == Some(step.address));
        let of_type = before.kind == Kind::Type && (method || signature);
        if direct || through || of_type {
            return Ok(());
        }
        Err(format!("the word there is {word:#x}, not {:#x}", step.address))
    }

    /// The address that an operand names.
    fn operand(&self, instruction: &Instruction, at: u64) -> Result<u64, String> {
        let text = &instruction.text;
        let operands = text.split_once(' ').map_or("", |(_, operands)| operands);
        for operand in operands.split(", ") {
            let number = |text: &str| {
                let (negative, digits) = match text.strip_prefix('-') {
                    Some(digits) => (true, digits),
                    None => (false, text),
                };
                let value = i64::from_str_radix(digits.strip_prefix("0x")?, 16).ok()?;
                Some(if negative { -value } else { value })
            };
            if let Some(distance) = operand.strip_suffix("(IP)").and_then(number) {
                // objdump prints the four bytes without their sign.
                let distance = i64::from(distance as i32);
                return Ok((at + instruction.length).wrapping_add_signed(distance));
            }
            if let Some(to) =
                number(operand).filter(|_| text.starts_with('J') || text.starts_with("CALL"))
            {
                return Ok(to.cast_unsigned());
            }
            // Names hold commas too: itabs, generic functions.
            let whole = operands.split_once("(SB)").map(|(name, _)| name);
            for name in whole.into_iter().flat_map(|name| {
                name.match_indices(", ")
                    .map(|(at, _)| &name[at + 2..])
                    .chain([name])
                    .collect::<Vec<_>>()
            }) {
                let (symbol, more) = name.rsplit_once('+').unwrap_or((name, "0"));
                let more: Option<u64> = more.parse().ok();
                if let (Some(address), Some(more)) = (self.address(symbol), more) {
                    return Ok(address + more);
                }
                if let Some(address) = self.address(name) {
                    return Ok(address);
                }
            }
        }
        Err(format!("no address in {text}"))
    }
}
