//! Does `explain` say of functions what `go tool nm` and `go tool objdump` say: place, size, returns, who calls them?

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use common::go::{self, Order};
use gonym::binary::Binary;
use gonym::code::How;
use gonym::explain::{Explained, Found, explain, find};
use gonym::printable::printable;

/// Version, platform, flags: every instruction set that Go's objdump decodes, three formats, old and new layouts.
const BUILDS: &[(u16, &str, &str, &[&str])] = &[
    (27, "linux", "amd64", &[]),
    (19, "linux", "386", &[]),
    (27, "linux", "arm64", &["-buildmode=pie"]),
    (26, "linux", "arm", &[]),
    (27, "linux", "ppc64le", &[]),
    (25, "linux", "riscv64", &[]),
    (27, "linux", "s390x", &[]),
    (27, "linux", "loong64", &[]),
    (27, "windows", "amd64", &[]),
    (22, "darwin", "arm64", &[]),
];

/// How many functions are asked about in each file.
const ASKED: usize = 50;

/// What Go's tools say of one function.
#[derive(Debug, Default)]
struct Said {
    address: u64,
    size: u64,
    letter: String,
    returns: BTreeSet<u64>,
    /// Whether objdump read some bytes of x86 as no instruction: it then takes parts of instructions for others.
    unread: bool,
    callers: BTreeSet<u64>,
    /// Jumps to other functions; objdump names the function of some only.
    jumps: BTreeSet<u64>,
}

fn lines(tool: &Path, arguments: &[&str], file: &Path, mut take: impl FnMut(&str)) {
    let mut command = Command::new(tool);
    command.args(arguments).arg(file).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the tool runs");
    for line in BufReader::new(child.stdout.take().expect("a pipe")).split(b'\n') {
        take(&String::from_utf8_lossy(&line.expect("a line")));
    }
    assert!(child.wait().expect("it ends").success(), "{} {}", tool.display(), file.display());
}

/// Functions of one name, without the mark of an ABI. Those that Go calls through a stub of the linker are told by the
/// stub's target.
fn said(nm: &Path, objdump: &Path, file: &Path) -> BTreeMap<String, Vec<Said>> {
    let mut all: BTreeMap<String, Vec<Said>> = BTreeMap::new();
    lines(nm, &["-size"], file, |line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [address, size, letter, name] = words[..] else { return };
        let address = u64::from_str_radix(address, 16).expect("an address");
        let size = size.parse().expect("a size");
        let name = name.strip_suffix(".abi0").unwrap_or(name).to_owned();
        let letter = letter.to_owned();
        all.entry(name).or_default().push(Said { address, size, letter, ..Said::default() });
    });
    let x86 = file.to_string_lossy().ends_with("86") || file.to_string_lossy().ends_with("amd64");
    let (mut of, mut start) = (String::new(), 0);
    lines(objdump, &[], file, |line| {
        if let Some(text) = line.strip_prefix("TEXT ") {
            let name = text.split("(SB)").next().unwrap_or_default();
            of = name.strip_suffix(".abi0").unwrap_or(name).to_owned();
            start = 0;
            return;
        }
        let mut fields = line.split('\t').filter(|field| !field.trim().is_empty());
        let address = fields.nth(1).and_then(|field| field.strip_prefix("0x"));
        let Some(Ok(at)) = address.map(|digits| u64::from_str_radix(digits, 16)) else { return };
        if start == 0 {
            start = at;
        }
        let text = fields.nth(1).unwrap_or_default().trim();
        let here = all.get_mut(&of).and_then(|all| all.iter_mut().find(|s| s.address == start));
        if let Some(here) = here.filter(|_| is_return(text)) {
            here.returns.insert(at);
        }
        let here = all.get_mut(&of).and_then(|all| all.iter_mut().find(|s| s.address == start));
        // The objdump of 1.27 takes the RET behind it for its last byte.
        if let Some(here) = here.filter(|_| x86 && ["?", "VZEROUPPER"].contains(&text)) {
            here.unread = true;
        }
        let Some((branch, operand)) = text.split_once(' ') else { return };
        let goes = ["CALL", "JAL", "JMP", "BL", "B", "BR"].contains(&branch);
        let Some(target) = operand.strip_suffix("(SB)").filter(|_| goes) else { return };
        let target = target.rsplit(", ").next().unwrap_or_default();
        let target = target.strip_suffix(".abi0").unwrap_or(target);
        if target == of {
            return;
        }
        let here = all.get_mut(&of).and_then(|all| all.iter_mut().find(|s| s.address == start));
        if let Some(here) = here.filter(|_| ["JMP", "B", "BR"].contains(&branch)) {
            here.jumps.insert(at);
        }
        all.get_mut(target).into_iter().flatten().for_each(|said| _ = said.callers.insert(at));
    });
    all
}

/// Arm returns from leaf functions by a sum, and from the smallest frames by what objdump calls `POP`; Power returns
/// under a condition too.
fn is_return(text: &str) -> bool {
    text.starts_with("BCLR ")
        || text.starts_with("RET ")
        || ["RET", "ADD $0, R14, R15", "POP [R15]"].contains(&text)
}

/// Functions that only Go's own code could name otherwise are left out: `go:buildid` is no code, a text mark no function.
fn is_asked(name: &str, said: &[Said]) -> bool {
    name.contains('.')
        && !name.contains(':')
        && !name.starts_with("runtime.text")
        && said.len() == 1
        && "TtDdBbRr".contains(&said[0].letter)
}

fn compare(what: &str, binary: &Binary, name: &str, said: &Said) {
    let code = ["T", "t"].contains(&said.letter.as_str());
    let Found::One(subject) = find(binary, name.as_bytes()) else {
        panic!("{what}: {name} is not found")
    };
    let explained: Explained<'_> = explain(binary, subject);
    let place = explained.places.first().unwrap_or_else(|| panic!("{what}: {name} has no place"));
    assert_eq!(place.address, said.address, "{what}: {name}");
    assert_eq!(
        place.letter.map(|letter| char::from(letter).to_string()),
        Some(said.letter.clone()),
        "{what}: {name}"
    );
    assert_eq!(place.size, said.size, "{what}: {name}");
    if !code {
        return;
    }
    let sites = explained.callers.iter().flat_map(|caller| &caller.sites);
    let calls = sites.filter(|site| matches!(site.how, How::Call | How::Jump));
    let calls: BTreeSet<u64> = calls.map(|site| site.at).collect();
    let missed: Vec<String> =
        said.callers.difference(&calls).map(|at| format!("{at:#x}")).collect();
    assert!(missed.is_empty(), "{what}: {name} is called at {missed:?} too");
    let more: Vec<String> = calls.difference(&said.callers).map(|at| format!("{at:#x}")).collect();
    assert!(more.is_empty(), "{what}: {name} is not called at {more:?}");
    let returns: BTreeSet<u64> = place.returns.iter().flatten().copied().collect();
    if said.unread {
        return go::say(&format!("{what}: {name}: objdump cannot read all of it"));
    }
    let missed: Vec<&u64> = said.jumps.iter().filter(|at| !place.jumps.contains(at)).collect();
    assert!(missed.is_empty(), "{what}: {name} jumps away at {missed:x?} too");
    assert_eq!(returns, said.returns, "{what}: returns of {name} at {:#x}", said.address);
}

#[test]
fn functions_are_as_gos_tools_show_them() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("explain on fresh builds", &why),
    };
    let (nm, objdump) = (witness.tool("nm"), witness.tool("objdump"));
    let folder = common::scratch("explain-live");
    let mut compared = 0;
    for (minor, goos, goarch, flags) in BUILDS {
        let what = format!("1.{minor} {goos}/{goarch}");
        let toolchain = match go::toolchain(*minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("explain on {what}"), &why);
                continue;
            }
        };
        let file = folder.join(format!("{minor}-{goos}-{goarch}"));
        let program = common::testdata().join("programs/core");
        let arguments = ["build"].into_iter().chain(flags.iter().copied()).chain(["."]).collect();
        let order = Order { folder: &program, platform: (goos, goarch), cgo: false, arguments };
        toolchain.build(&order, &witness, &file);
        let said = said(&nm, &objdump, &file);
        let binary = Binary::open(&file).expect("an executable").binaries.remove(0);
        let asked: Vec<_> = said.iter().filter(|(name, said)| is_asked(name, said)).collect();
        assert!(asked.len() > 1000, "{what}: only {} functions", asked.len());
        let (mut functions, mut variables) = (0, 0);
        for (name, said) in asked.iter().step_by(asked.len() / ASKED) {
            compare(&what, &binary, name, &said[0]);
            let code = ["T", "t"].contains(&said[0].letter.as_str());
            *if code { &mut functions } else { &mut variables } += 1;
        }
        assert!(
            functions > 20 && variables > 3,
            "{what}: {functions} functions, {variables} variables"
        );
        go::say(&format!("{what}: {functions} functions and {variables} variables explained"));
        compared += functions + variables;
    }
    go::say(&format!("{compared} functions and variables compared"));
}

/// What bytes there are at a file offset is no question of a format: the file is read as it is.
#[test]
fn file_offsets_lead_to_the_code() {
    let id = "nano-go1.27-linux-amd64-stripped";
    let bytes = std::fs::read(common::fixture_named(id).path).expect("a fixture");
    let file = common::scratch("explain-offsets").join("nano");
    std::fs::write(&file, &bytes).expect("a scratch file");
    let binary = Binary::open(&file).expect("an executable").binaries.remove(0);
    let Found::One(subject) = find(&binary, b"main.main") else { panic!("main.main is there") };
    let explained = explain(&binary, subject);
    let place = &explained.places[0];
    let offset = usize::try_from(place.file_offset.expect("an offset")).expect("a small file");
    // CMPQ SP, 16(R14): how every Go function on amd64 begins that may grow its stack.
    assert_eq!(bytes[offset..offset + 4], [0x49, 0x3b, 0x66, 0x10], "{}", printable(b"main.main"));
    let returns = place.returns.as_ref().expect("decoded");
    assert!(!returns.is_empty());
    for at in returns {
        let at = usize::try_from(binary.at(*at).file_offset().expect("an offset")).expect("small");
        assert_eq!(bytes[at], 0xc3);
    }
}
