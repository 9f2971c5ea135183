//! A module that is being written: packages, files, what they print and what is true of them.

use std::collections::{BTreeMap, BTreeSet};

use super::truth::{Allowed, Settles, Truth};

/// Where code stands. Owners import nobody but [`Place::Third`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Main,
    User,
    Shim,
    Deep,
    DepUser,
    Lib,
    Dot,
    DepOwner,
    Third,
    Other,
}

impl Place {
    pub const USERS: [Self; 4] = [Self::Main, Self::User, Self::Deep, Self::DepUser];
    pub const OWNERS: [Self; 4] = [Self::Lib, Self::Lib, Self::Dot, Self::DepOwner];

    /// Import path; main has none that a symbol would show.
    pub fn path(self) -> &'static str {
        match self {
            Self::Main => "example.com/g",
            Self::User => "example.com/g/user",
            Self::Shim => "example.com/g/shim",
            Self::Deep => "example.com/g/internal/deep",
            Self::DepUser => "example.com/dep/use",
            Self::Lib => "example.com/g/lib",
            Self::Dot => "example.com/g/dot.v3",
            Self::DepOwner => "example.com/dep/own",
            Self::Third => "example.com/g/third",
            Self::Other => "example.com/g/other",
        }
    }

    /// The package's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Dot => "dot",
            other => other.path().rsplit('/').next().expect("a last element"),
        }
    }

    fn in_dep(self) -> bool {
        matches!(self, Self::DepUser | Self::DepOwner)
    }
}

/// A file that a feature writes.
#[derive(Default)]
pub struct File {
    pub imports: BTreeSet<String>,
    pub body: String,
}

impl File {
    /// Imports a package by its path, or with a name before it: `. "example.com/x"`.
    pub fn import(&mut self, what: &str) {
        let line = if what.contains('"') { what.to_owned() } else { format!("\"{what}\"") };
        self.imports.insert(line);
    }

    /// Imports a package for its name.
    pub fn import_place(&mut self, place: Place) {
        let line = format!("{} \"{}\"", place.name(), place.path());
        self.imports.remove(&format!("_ \"{}\"", place.path()));
        self.imports.insert(line);
    }
}

/// What starts the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Main,
    /// Main's code is an external test of `user`.
    Test,
    /// C calls an exported function.
    Exported,
    /// Another Go program opens it.
    Plugin,
}

/// How the module is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub entry: Entry,
    /// The other module lies in `vendor`, else beside.
    pub vendored: bool,
    /// The language version of go.mod.
    pub language: u16,
}

/// What features have written so far.
pub struct Draft {
    pub layout: Layout,
    files: BTreeMap<String, String>,
    /// Functions without arguments that each place runs.
    runs: BTreeMap<Place, Vec<String>>,
    places: BTreeSet<Place>,
    pub truths: Vec<Truth>,
    /// Lines of the program's output.
    pub prints: BTreeSet<String>,
}

impl Draft {
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            files: BTreeMap::new(),
            runs: BTreeMap::new(),
            places: BTreeSet::new(),
            truths: Vec::new(),
            prints: BTreeSet::new(),
        }
    }

    /// What stands before the dot in the symbols of a place.
    pub fn symbols(&self, place: Place) -> String {
        match place {
            Place::Main if self.is_test() => "example.com/g/user_test".to_owned(),
            // cmd/go/internal/work/gc.go, pkgPath, go1.27: package main of a plugin is compiled under its import path.
            Place::Main if self.layout.entry == Entry::Plugin => place.path().to_owned(),
            Place::Main => "main".to_owned(),
            Place::Dot => "example.com/g/dot%2ev3".to_owned(),
            other => other.path().to_owned(),
        }
    }

    fn is_test(&self) -> bool {
        self.layout.entry == Entry::Test
    }

    fn folder(&self, place: Place) -> String {
        let below = |root: &str| place.path().strip_prefix(root).expect("below").to_owned();
        match place {
            Place::Main if self.is_test() => "user/".to_owned(),
            Place::Main => String::new(),
            _ if place.in_dep() && self.layout.vendored => format!("vendor/{}/", place.path()),
            _ if place.in_dep() => format!("dep/{}/", below("example.com/dep/")),
            _ => format!("{}/", below("example.com/g/")),
        }
    }

    /// The path of a Go file of a place.
    fn file_name(&self, place: Place, stem: &str) -> String {
        let test = if place == Place::Main && self.is_test() { "_test" } else { "" };
        format!("{}{stem}{test}.go", self.folder(place))
    }

    fn clause(&self, place: Place) -> &'static str {
        if place == Place::Main && self.is_test() { "user_test" } else { place.name() }
    }

    /// Writes a Go file; `head` stands before the package clause.
    pub fn write(&mut self, place: Place, stem: &str, head: &str, file: &File) {
        self.places.insert(place);
        let imports: String = file.imports.iter().map(|line| format!("\t{line}\n")).collect();
        let imports = match imports.is_empty() {
            true => String::new(),
            false => format!("import (\n{imports})\n\n"),
        };
        let text = format!("{head}package {}\n\n{imports}{}", self.clause(place), file.body);
        self.files.insert(self.file_name(place, stem), text);
    }

    /// Writes an assembly file.
    pub fn assembly(&mut self, place: Place, stem: &str, text: &str) {
        self.places.insert(place);
        self.files.insert(format!("{}{stem}.s", self.folder(place)), text.to_owned());
    }

    /// Has `place` call a function of its own when the program runs.
    pub fn run(&mut self, place: Place, function: &str) {
        self.places.insert(place);
        self.runs.entry(place).or_default().push(function.to_owned());
    }

    /// A claim on a directive that does not exist.
    pub fn lie(&mut self, what: &str, kind: &'static str, local: &str, remote: &str) {
        self.truths.push(Truth {
            what: format!("false: {what}"),
            local: local.to_owned(),
            remote: remote.to_owned(),
            kind,
            form: "pull",
            pair: Some(Allowed::False),
            source: None,
            settles: Settles::Never,
        });
    }

    /// The files of the finished module.
    pub fn files(mut self) -> (BTreeMap<String, String>, Vec<Truth>, BTreeSet<String>) {
        self.support();
        self.starts();
        self.modules();
        (self.files, self.truths, self.prints)
    }

    /// The packages that are there for others.
    fn support(&mut self) {
        let third = File { body: super::third::THIRD.to_owned(), ..File::default() };
        self.write(Place::Third, "third", "", &third);
        let body = "//go:noinline\nfunc Work(n int) int { return n * 3 }\n\nfunc Run() { println(\"other\", Work(4)) }\n";
        self.write(Place::Other, "other", "", &File { body: body.to_owned(), ..File::default() });
    }

    /// Who starts what.
    fn starts(&mut self) {
        let mut main = File::default();
        let mut calls = String::from("\tother.Run()\n");
        main.import_place(Place::Other);
        for place in self.places.clone() {
            let runs = self.runs.get(&place).cloned().unwrap_or_default();
            let own: String = runs.iter().map(|run| format!("\t{run}()\n")).collect();
            match place {
                Place::Main => calls += &own,
                Place::Third | Place::Other => {}
                _ if runs.is_empty() => main.import(&format!("_ \"{}\"", place.path())),
                _ => {
                    let body = format!("func Run() {{\n{own}}}\n");
                    self.write(place, "run", "", &File { body, ..File::default() });
                    main.import_place(place);
                    calls += &format!("\t{}.Run()\n", place.name());
                }
            }
        }
        main.body = match self.layout.entry {
            Entry::Main => format!("func main() {{\n{calls}}}\n"),
            Entry::Test => {
                let user = File { body: "const Name = \"user\"\n".to_owned(), ..File::default() };
                self.write(Place::User, "user", "", &user);
                main.import("testing");
                format!("func TestRun(t *testing.T) {{\n{calls}}}\n")
            }
            Entry::Exported => {
                main.import("C");
                format!("//export Run\nfunc Run() {{\n{calls}}}\n\nfunc main() {{}}\n")
            }
            Entry::Plugin => format!("func Run() {{\n{calls}}}\n\nfunc main() {{}}\n"),
        };
        self.write(Place::Main, "main", "", &main);
    }

    fn modules(&mut self) {
        let language = self.layout.language;
        let dep: Vec<Place> = self.places.iter().copied().filter(|place| place.in_dep()).collect();
        let mut text = format!("module example.com/g\n\ngo 1.{language}\n");
        if !dep.is_empty() && self.layout.vendored {
            text += "\nrequire example.com/dep v1.0.0\n";
            let packages: String = dep.iter().map(|place| format!("{}\n", place.path())).collect();
            let list =
                format!("# example.com/dep v1.0.0\n## explicit; go 1.{language}\n{packages}");
            self.files.insert("vendor/modules.txt".to_owned(), list);
        } else if !dep.is_empty() {
            text += "\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n";
            let module = format!("module example.com/dep\n\ngo 1.{language}\n");
            self.files.insert("dep/go.mod".to_owned(), module);
        }
        self.files.insert("go.mod".to_owned(), text);
    }
}
