//! A program of testdata: a folder, or a module in one file.
//!
//! Format and header of the files are in testdata/README.md.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::expect::{self, Lines};

/// Sources, what stands in them, and how they are built.
#[derive(Clone, Debug)]
pub struct Program {
    /// The folder's or the file's name.
    pub name: String,
    /// Where the module lies.
    pub folder: PathBuf,
    /// What its sources say of it.
    pub lines: Lines,
    /// The minor versions that it is about.
    pub minors: RangeInclusive<u16>,
    /// CGO_ENABLED.
    pub cgo: bool,
    /// Flags of its own.
    pub flags: Vec<String>,
    /// The package to test, if it is a test binary.
    pub test: Option<String>,
    /// Whether it may be run.
    pub runs: bool,
    /// Whether Go's own tools read its files rightly: not where a variable bears the name of a table that they look for.
    pub misleads: bool,
}

impl Program {
    /// A folder of `testdata/programs`.
    pub fn folder(name: &str) -> Self {
        let folder = super::testdata().join("programs").join(name);
        Self {
            name: name.to_owned(),
            lines: expect::lines_below(&folder),
            folder,
            minors: 0..=u16::MAX,
            cgo: false,
            flags: Vec::new(),
            test: None,
            runs: true,
            misleads: false,
        }
    }

    /// Every `.txtar` of `testdata/programs/questions`, unpacked.
    pub fn questions() -> Vec<Self> {
        let folder = super::testdata().join("programs").join("questions");
        let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
        let mut files: Vec<PathBuf> =
            entries.map(|entry| entry.expect("an entry").path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "txtar"));
        files.sort();
        files.iter().map(|file| Self::question(file)).collect()
    }

    /// The numbers of all questions.
    pub fn numbers() -> Vec<String> {
        let folder = super::testdata().join("programs").join("questions");
        let entries = fs::read_dir(&folder).expect("questions");
        let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        let names = entries.map(|entry| name(entry).to_string_lossy().into_owned());
        let mut numbers: Vec<String> =
            names.filter_map(|name| Some(name.split_once('-')?.0.to_owned())).collect();
        numbers.sort();
        numbers
    }

    /// The question of that number, unpacked for `user` alone: tests run at the same time.
    pub fn numbered(number: &str, user: &str) -> Self {
        let folder = super::testdata().join("programs").join("questions");
        let entries = fs::read_dir(&folder).expect("questions");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let begins = format!("{number}-");
        let named = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begins))
        };
        let file = paths.into_iter().find(named).expect("a question of that number");
        Self::unpacked(&file, user)
    }

    fn question(file: &Path) -> Self {
        Self::unpacked(file, "all")
    }

    fn unpacked(file: &Path, user: &str) -> Self {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(file).expect("sources");
        let own = format!("{name}-{user}-{}", std::process::id());
        let folder = super::scratch("questions").join(own);
        unpack(&text, &folder);
        let mut program = Self {
            lines: expect::lines_below(&folder),
            name,
            folder,
            minors: 0..=u16::MAX,
            cgo: false,
            flags: Vec::new(),
            test: None,
            runs: true,
            misleads: false,
        };
        for line in text.lines().take_while(|line| !line.starts_with("-- ")) {
            program.set(line);
        }
        program
    }

    /// A `KEY: VALUE` line.
    fn set(&mut self, line: &str) {
        let Some((key, value)) = line.split_once(':') else {
            assert!(line.trim().is_empty(), "{}: {line}", self.name);
            return;
        };
        let value = value.trim();
        match key {
            "ask" => {}
            "go" => self.minors = minors(value),
            "cgo" => self.cgo = value == "yes",
            "build" => self.flags = value.split_whitespace().map(str::to_owned).collect(),
            "test" => self.test = Some(value.to_owned()),
            "run" => self.runs = value != "no",
            "objdump" => self.misleads = value == "misled",
            _ => panic!("{}: unknown key {key}", self.name),
        }
    }
}

/// `1.21..1.27`, or one version.
fn minors(text: &str) -> RangeInclusive<u16> {
    let minor = |text: &str| {
        let digits = text.trim().strip_prefix("1.").expect("1.N");
        digits.parse().expect("a minor version")
    };
    match text.split_once("..") {
        Some((first, last)) => minor(first)..=minor(last),
        None => minor(text)..=minor(text),
    }
}

/// Writes the files of a txtar into an empty `folder`, and a go.mod where there is none.
fn unpack(text: &str, folder: &Path) {
    // Files of an earlier version would be compiled too.
    let _ = fs::remove_dir_all(folder);
    write_files(text, folder);
    if !folder.join("go.mod").exists() {
        write_files("-- go.mod --\nmodule example.com/q\n\ngo 1.18\n", folder);
    }
}

/// Writes the files of a txtar below `folder`.
pub fn write_files(text: &str, folder: &Path) {
    for (name, text) in files(text) {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a scratch folder");
        fs::write(file, format!("{text}\n")).expect("a scratch file");
    }
}

/// The files of a txtar, each without its last line's end.
pub fn files(text: &str) -> Vec<(String, String)> {
    let text = format!("\n{text}");
    let sections = text.split("\n-- ").skip(1);
    let file = |section: &str| {
        let (name, text) =
            section.split_once(" --\n").or(section.split_once(" --")).expect("-- FILE --");
        (name.to_owned(), text.to_owned())
    };
    sections.map(file).collect()
}
