//! Which package does a source folder belong to, and which package a compilation unit?
//!
//! A push is a function whose name has one package and whose file is in another package's folder. So names alone must
//! not decide the folder's owner: a package that holds nothing but pushes would belong to the package that it pushes
//! into. The rules are tried in the order below, and each was measured (without the path rules 28 false pushes in one
//! binary, by file alone 38).
//!
//! Packages are compared by import path: unescaped, and `main` for the program's own.
//!
//! ```no_run
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let Ok(functions) = binary.functions() else { continue };
//!     for function in functions.table.functions() {
//!         let owner = function.file().and_then(|file| functions.folders().owner_of_file(file));
//!         println!("{}: {}", String::from_utf8_lossy(function.name()), owner.unwrap_or("?"));
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod paths;
mod plain;
mod roots;
mod spelling;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::buildinfo::BuildInfo;
use super::inline::InlineTrees;
use super::pclntab::Pclntab;
use paths::Rules;
use plain::{Plain, Program, plain_functions};
use spelling::is_below;

/// An import path, or `main` for package main.
pub type Package = String;

/// The owners of folders, files and units.
#[derive(Debug, Default)]
pub struct Folders {
    owners: HashMap<Vec<u8>, Package>,
    /// Packages of folders that may as well belong to modules that are not recorded.
    possible: BTreeSet<Package>,
    /// Whether the owner of some folder is known only from the names of its functions.
    guesses: bool,
    /// The paths of all modules of the build, if all are recorded.
    modules: Option<Vec<String>>,
    /// Files whose package is known from source: tests, and files without a folder that `//line` names.
    told_files: BTreeMap<Vec<u8>, Package>,
    /// The packages of `_test.go` files. The folder of such a file holds two packages: the tested one and its
    /// external tests.
    test_files: HashMap<Vec<u8>, Package>,
    units: HashMap<u32, Unit>,
    main_path: Option<String>,
    /// Whether package main is the one that `go test` writes.
    is_test: bool,
    /// The import path of package main in a plugin, which has no main.main.
    plugin_path: Option<String>,
}

/// What a build's sources say about the files in its function table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The packages of folders; folders are named as in the table.
    pub folders: BTreeMap<Vec<u8>, Package>,
    /// The packages of test files, and of files without a folder.
    pub files: BTreeMap<Vec<u8>, Package>,
}

/// A compilation unit: the functions that one run of the compiler made.
#[derive(Debug, Default)]
pub struct Unit {
    /// The package that owns the folder of most of its plain functions.
    pub owner: Option<Package>,
    /// The packages in the names of its plain functions.
    pub named: Vec<Package>,
    /// Whether more than the folder tells the owner. `//line` can give a function any folder.
    pub sure: bool,
}

impl Unit {
    /// Whether one of its plain functions has a name of `package`.
    #[must_use]
    pub fn names(&self, package: &str) -> bool {
        self.named.iter().any(|name| name == package)
    }
}

/// How many plain functions of a folder or unit have a name of each package.
type Votes = BTreeMap<Package, usize>;

impl Folders {
    /// Learns the owners from all functions of `table`. What `told` says about a folder or file counts instead.
    #[must_use]
    pub fn learn(
        table: &Pclntab,
        trees: Option<&InlineTrees>,
        build: Option<&BuildInfo>,
        told: &Told,
    ) -> Self {
        let plain: Vec<Plain<'_>> = plain_functions(table, trees).collect();
        let mut votes: HashMap<&[u8], Votes> = HashMap::new();
        for function in &plain {
            vote(votes.entry(function.folder).or_default(), &function.package);
        }
        for folder in other_folders(table) {
            votes.entry(folder).or_default();
        }
        let program = Program::find(table, trees, &plain);
        let recorded = build.map(|build| build.path.clone()).filter(|path| !path.is_empty());
        // A plugin has no main.main, and main.main of a test binary is generated. Their recorded path is the path of
        // a package.
        let plugin_path = recorded.clone().filter(|_| program.is_none());
        let main_path = recorded.filter(|_| program.as_ref().is_some_and(|p| !p.is_test));
        let main_folder = program.as_ref().and_then(|program| program.folder);
        let is_test = program.as_ref().is_some_and(|program| program.is_test);
        let rules = Rules::new(table, build, &votes, main_folder, is_test);
        let owners = votes.iter().filter_map(|(folder, votes)| {
            let owner = rules.owner(folder, votes)?;
            Some((folder.to_vec(), as_main(owner, main_path.as_deref())))
        });
        let mut owners: HashMap<Vec<u8>, Package> = owners.collect();
        let possible = votes.iter().filter_map(|(folder, votes)| rules.possible(folder, votes));
        let possible = possible.collect();
        let guesses = votes.iter().any(|(folder, votes)| {
            rules.is_guess(folder, votes) && !told.folders.contains_key(*folder)
        });
        if let Some(folder) = main_folder {
            owners.insert(folder.to_vec(), "main".to_owned());
        }
        owners
            .extend(told.folders.iter().map(|(folder, package)| (folder.clone(), package.clone())));
        let told_files = told.files.clone();
        let modules = rules.all_modules();
        let mut folders = Self {
            owners,
            possible,
            guesses,
            modules,
            told_files,
            main_path,
            is_test,
            plugin_path,
            ..Self::default()
        };
        folders.learn_units(&plain);
        if let Some(unit) = program.and_then(|program| program.unit) {
            folders.units.entry(unit).or_default().owner = Some("main".to_owned());
        }
        folders.make_sure();
        folders
    }

    /// Marks the units whose owner is certain. One run of the compiler makes one package. So the folder of a unit
    /// proves nothing if another unit has the same owner, and a name of another package is a push only if that
    /// package has a unit of its own. Names of the owner, or of others, tell the two cases apart.
    fn make_sure(&mut self) {
        let mut own: BTreeMap<&str, usize> = BTreeMap::new();
        for unit in self.units.values() {
            let owner = unit.owner.as_deref().filter(|owner| unit.names(owner));
            *own.entry(owner.unwrap_or_default()).or_default() += 1;
        }
        let own: BTreeMap<Package, usize> =
            own.into_iter().map(|(k, n)| (k.to_owned(), n)).collect();
        let others = |package: &str, mine: bool| {
            own.get(package).is_some_and(|units| *units > usize::from(mine))
        };
        for unit in self.units.values_mut() {
            let Some(owner) = unit.owner.clone() else { continue };
            let named = unit.names(&owner);
            let rivals = others(&owner, named);
            let foreign = unit.named.iter().filter(|name| **name != owner);
            let pushes = foreign.clone().all(|name| others(name, false));
            unit.sure = match named {
                true => !rivals || pushes,
                false => !rivals && pushes,
            };
        }
    }

    fn learn_units(&mut self, plain: &[Plain<'_>]) {
        let mut by_unit: HashMap<u32, Vec<&Plain<'_>>> = HashMap::new();
        for function in plain {
            // Before Go 1.16 functions have no unit, and folders are the only witness.
            let Some(unit) = function.unit else { continue };
            by_unit.entry(unit).or_default().push(function);
        }
        for (unit, functions) in by_unit {
            let mut owners = Votes::new();
            let mut named = Votes::new();
            for function in &functions {
                if let Some(owner) = self.owners.get(function.folder) {
                    vote(&mut owners, owner);
                }
                vote(&mut named, &function.package);
            }
            let mut owner = majority(&owners);
            if functions.iter().all(|function| is_test_file(function.file)) {
                let folder = functions.first().map_or(&[][..], |function| function.folder);
                owner = external_test(owner, &named, folder);
            }
            for function in functions.iter().filter(|function| is_test_file(function.file)) {
                if let Some(owner) = &owner {
                    self.test_files.insert(function.file.to_vec(), owner.clone());
                }
            }
            let named = named.into_keys().collect();
            self.units.insert(unit, Unit { owner, named, sure: false });
        }
    }

    /// The package that `file` belongs to. `None` if the name proves nothing: generated code, a file that is not Go,
    /// a name without a folder that every cgo package has, an unknown folder.
    #[must_use]
    pub fn owner_of_file(&self, file: &[u8]) -> Option<&str> {
        if !is_witness(file) {
            return None;
        }
        if is_test_file(file)
            && let Some(package) = self.test_files.get(file)
        {
            return Some(package);
        }
        self.told_files.get(file).or_else(|| self.owners.get(folder_of(file))).map(String::as_str)
    }

    /// The package whose folder holds the assembly file `file`.
    #[must_use]
    pub fn owner_of_assembly(&self, file: &[u8]) -> Option<&str> {
        if !file.ends_with(b".s") {
            return None;
        }
        self.owners.get(folder_of(file)).map(String::as_str)
    }

    /// The compilation unit with this offset.
    #[must_use]
    pub fn unit(&self, unit: Option<u32>) -> Option<&Unit> {
        self.units.get(&unit?)
    }

    /// Whether everything in `told` is already known.
    #[must_use]
    pub fn know(&self, told: &Told) -> bool {
        let is_of = |(folder, package): (&Vec<u8>, &Package)| {
            self.owners.get(folder).is_some_and(|owner| owner == package)
        };
        let in_file = |(file, package): (&Vec<u8>, &Package)| {
            self.owner_of_file(file).is_some_and(|owner| owner == package)
        };
        told.files.iter().all(in_file) && told.folders.iter().all(is_of)
    }

    /// Whether package main is the one that `go test` writes. A command that is tested has its import path in its
    /// names.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.is_test
    }

    /// Whether some folder or unit of the program belongs to `package`, or may belong to it by its path.
    #[must_use]
    pub fn knows(&self, package: &str) -> bool {
        self.owners.values().any(|owner| owner == package)
            || self.possible.contains(package)
            || self.units.values().any(|unit| unit.owner.as_deref() == Some(package))
    }

    /// Whether some code may be that of `package`, which owns nothing that is known: a unit has no owner, or the owner of
    /// a folder is a guess. Where all modules are recorded it has to be in one of them.
    #[must_use]
    pub fn may_hold(&self, package: &str) -> bool {
        let unowned = self.guesses || self.units.values().any(|unit| unit.owner.is_none());
        let within = |modules: &Vec<String>| modules.iter().any(|path| is_below(package, path));
        unowned && self.modules.as_ref().is_none_or(within)
    }

    /// `package` as symbols spell it: the program's own import path becomes `main`, and in a plugin `main` becomes
    /// the import path.
    #[must_use]
    pub fn as_named<'a>(&'a self, package: &'a str) -> &'a str {
        match (&self.main_path, &self.plugin_path) {
            (Some(path), _) if path == package => "main",
            (_, Some(path)) if package == "main" => path,
            _ => package,
        }
    }
}

/// The folders of all files, including those that hold only assembly, generic code or functions that were inlined
/// everywhere. The path rules find their owners.
fn other_folders(table: &Pclntab) -> impl Iterator<Item = &[u8]> {
    table.files().filter(|file| is_witness(file) || file.ends_with(b".s")).map(folder_of)
}

fn vote(votes: &mut Votes, package: &str) {
    match votes.get_mut(package) {
        Some(count) => *count += 1,
        None => _ = votes.insert(package.to_owned(), 1),
    }
}

fn majority(votes: &Votes) -> Option<Package> {
    // If counts are equal, the first name wins, so that the answer does not depend on a map's order.
    let best = votes.values().max()?;
    votes.iter().find(|(_, count)| *count == best).map(|(package, _)| package.clone())
}

/// The owner of a unit that has only `_test.go` files: the external test package, if its functions say so. Where no
/// modules are recorded, the folder's owner was voted. If a test package pushes as much as it tests, the vote gives
/// the package that it pushes into. Then the one name that ends in `_test` is the unit's own, if the folder has the
/// name of the package that it would test.
fn external_test(owner: Option<Package>, named: &Votes, folder: &[u8]) -> Option<Package> {
    let tests = owner.as_ref().map(|owner| format!("{owner}_test"));
    if let Some(tests) = tests.filter(|tests| named.contains_key(tests)) {
        return Some(tests);
    }
    let fits = |tests: &&Package| {
        let tested = tests.strip_suffix("_test").and_then(|tested| tested.rsplit('/').next());
        tested
            .is_some_and(|last| folder.rsplit(|byte| *byte == b'/').next() == Some(last.as_bytes()))
    };
    let mut tests = named.keys().filter(fits);
    match (tests.next(), tests.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => owner,
    }
}

fn as_main(owner: Package, main_path: Option<&str>) -> Package {
    if main_path == Some(owner.as_str()) { "main".to_owned() } else { owner }
}

fn is_test_file(file: &[u8]) -> bool {
    file.ends_with(b"_test.go")
}

/// Whether a file name tells a folder: it is a Go file (generators name other files by `//line`), and not one of the
/// files without a folder that the `go` command writes for every package with cgo, or, in 1.21, with `-cover`.
fn is_witness(file: &[u8]) -> bool {
    file.ends_with(b".go") && !base(file).starts_with(b"_cgo_") && file != b"covervars.go"
}

fn base(file: &[u8]) -> &[u8] {
    file.rsplit(|b| *b == b'/').next().unwrap_or(file)
}

fn folder_of(file: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', file).and_then(|slash| file.get(..slash)).unwrap_or_default()
}
