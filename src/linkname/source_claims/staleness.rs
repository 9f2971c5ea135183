//! Is the source at hand the text that was compiled?
//!
//! The function table records where every function begins and which lines its code comes from. So an edit that moved,
//! renamed or removed a function is visible, and so is an inlined call that the text does not make. Any other edit
//! leaves a file that is younger than the binary. GOROOT records its version and is not checked. The module cache has
//! versions too, but `-overlay` replaces its text.

mod sketch;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use self::sketch::Sketch;
use self::text::Text;
use super::{Doubt, SourceGap};
use crate::binary::{Binary, Functions};
use crate::finding::{Code as Told, Owner};
use crate::golang::inline::InlineTrees;
use crate::golang::pclntab::{Function, Pclntab};
use crate::linkname::scan::{Packages, base_names};
use crate::names;
use crate::source::build::{Build, BuiltPackage};
use crate::source::cache::Bytes;
use crate::source::file::GoFile;
use crate::source::modules::{is_cached, is_copy_of_cached};
use crate::source::renumber::renumbers;

/// How a file changed since the build.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// It is not the text that was compiled, and what shows that.
    Edited(String),
    /// It was written after the binary, and none of its functions is there to compare.
    Younger {
        /// Whether it holds directives.
        directives: bool,
    },
    /// It was written after the binary; all its functions are where the binary has them.
    Touched,
}

/// The files of a build that changed since, or may have changed.
#[derive(Default)]
pub(super) struct Changes {
    files: BTreeMap<PathBuf, Change>,
    /// Modules, or packages without a module, in which a file was certainly edited.
    edited: BTreeSet<String>,
    /// Files without a version whose last change, of any kind, is later than the binary.
    unsettled: BTreeSet<PathBuf>,
}

impl Changes {
    pub(super) fn of(binary: &Binary, packages: &Packages<'_>) -> Self {
        let mut changes = Self::default();
        let Ok(functions) = binary.functions() else { return changes };
        let all = packages.build.packages.iter().enumerate();
        let asked: Vec<(usize, &BuiltPackage)> = all.filter(|(_, one)| !one.std).collect();
        let compiled =
            Compiled::of(functions, asked.iter().map(|(_, one)| *one), calls_are_written(binary));
        let built = binary.image.range.file().modified();
        let found = asked.par_iter().map(|(index, package)| match packages.speaks(*index) {
            true => packages
                .parsed(*index)
                .map(|parsed| of_package(package, parsed.files(), &compiled, built)),
            false => Some(of_silent(package, packages, &compiled, built)),
        });
        let found = found.map(Option::unwrap_or_default);
        for ((_, package), files) in asked.iter().zip(found.collect::<Vec<_>>()) {
            if files.iter().any(|(_, change)| matches!(change, Change::Edited(_))) {
                changes.edited.insert(subject(package).to_owned());
            }
            changes.files.extend(files);
            let touched = |path: &&PathBuf| is_touched(path, built);
            let files = package.files.iter().filter(|_| !has_version(package));
            changes.unsettled.extend(files.filter(touched).cloned());
        }
        changes
    }

    /// Whether the file certainly was not written after the build.
    pub(super) fn is_settled(&self, file: &Path) -> bool {
        !self.unsettled.contains(file)
    }

    /// The modules in which a file was certainly edited.
    pub(super) fn edited_modules<'a>(
        &'a self,
        build: &'a Build,
    ) -> impl Iterator<Item = String> + 'a {
        let packages = build.packages.iter().filter(|package| package.module.is_some());
        let modules = packages.map(BuiltPackage::module_path);
        modules.filter(|module| self.edited.contains(*module)).map(str::to_owned)
    }

    /// The doubt about a file: one edited file makes its whole module doubtful.
    pub(super) fn doubt(&self, package: &BuiltPackage, file: &Path) -> Option<Doubt> {
        if !package.std && self.edited.contains(subject(package)) {
            return Some(Doubt::Weakens);
        }
        self.files.get(file).map(|change| match change {
            Change::Edited(_) | Change::Younger { .. } => Doubt::Weakens,
            Change::Touched => Doubt::Said,
        })
    }

    /// The gap of each module.
    pub(super) fn gaps(&self, build: &Build) -> Vec<SourceGap> {
        let mut modules: BTreeMap<&str, Vec<&BuiltPackage>> = BTreeMap::new();
        for package in build.packages.iter().filter(|package| !package.std) {
            modules.entry(subject(package)).or_default().push(package);
        }
        let told = modules.into_iter().filter_map(|(module, packages)| {
            let own = packages.iter().any(|package| package.own);
            let files = packages.iter().flat_map(|package| &package.files);
            let changed = files.filter_map(|path| Some((path.as_path(), self.files.get(path)?)));
            gap(module, own, &changed.collect::<Vec<_>>())
        });
        told.collect()
    }
}

/// The module of a package, or the package if there are no modules.
fn subject(package: &BuiltPackage) -> &str {
    package.module.as_ref().map_or(&package.path, |module| &module.path)
}

/// The one line about a module's changed files: the edited ones, else the younger ones.
fn gap(module: &str, own: bool, changed: &[(&Path, &Change)]) -> Option<SourceGap> {
    let edited = changed.iter().find_map(|(path, change)| match change {
        Change::Edited(shown) => Some((*path, shown)),
        _ => None,
    });
    let base = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (code, message, alike) = match edited {
        Some((path, shown)) => {
            let alike = changed.iter().filter(|(_, change)| matches!(change, Change::Edited(_)));
            let message = format!("{} is not what was compiled: {shown}", base(path));
            (Told::SourceNewer, message, alike.count())
        }
        None => {
            let message = format!("{} was written after the binary", base(changed.first()?.0));
            (Told::SourceTouched, message, changed.len())
        }
    };
    let more = alike.saturating_sub(1);
    let others = if more == 0 { String::new() } else { format!(" (and {more} more of its files)") };
    let unconfirmed = |change: &Change| matches!(change, Change::Younger { directives: true });
    Some(SourceGap {
        owner: if own { Owner::Main } else { Owner::Dependency },
        code,
        module: module.to_owned(),
        message: message + &others,
        weakens: edited.is_some() || changed.iter().any(|(_, change)| unconfirmed(change)),
    })
}

/// Whether the package's folder tells its version, so that file times do not matter.
fn has_version(package: &BuiltPackage) -> bool {
    // The version in the name of the main module's own folder may mean nothing.
    let named = || !package.own && is_copy_of_cached(&package.folder);
    is_cached(&package.folder) || named()
}

/// Whether every inlined call is made by the text. With a profile, or when coverage is counted, there are others.
fn calls_are_written(binary: &Binary) -> bool {
    let set = |key| {
        let value = binary.build().and_then(|build| build.setting(key));
        value.is_some_and(|value| !["", "off", "false"].contains(&value))
    };
    !set("-pgo") && !set("-cover") && !set("-covermode")
}

/// Whether the file was written after the binary.
fn is_younger(path: &Path, built: Option<SystemTime>) -> bool {
    let written = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    written.zip(built).is_some_and(|(written, built)| written > built)
}

/// Whether the file was changed after the binary was written, by the inode's change time. tar and `rsync -a` give
/// files an older modification time. Copies and fresh checkouts count as changed.
#[cfg(unix)]
fn is_touched(path: &Path, built: Option<SystemTime>) -> bool {
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;
    let Ok(metadata) = fs::metadata(path) else { return true };
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).unwrap_or_default();
    let since = Duration::new(u64::try_from(metadata.ctime()).unwrap_or_default(), nanoseconds);
    let changed = SystemTime::UNIX_EPOCH.checked_add(since);
    changed.zip(built).is_none_or(|(changed, built)| changed > built)
}

/// Whether the file was written after the binary; there is no other time.
#[cfg(not(unix))]
fn is_touched(path: &Path, built: Option<SystemTime>) -> bool {
    is_younger(path, built)
}

/// The changed files of one package.
fn of_package(
    package: &BuiltPackage,
    files: &[GoFile],
    compiled: &Compiled<'_>,
    built: Option<SystemTime>,
) -> Vec<(PathBuf, Change)> {
    let given = given_names(package, files);
    let names = base_names(package);
    let renumbered = files.iter().any(|file| renumbers(&file.bytes, &names));
    let versioned = has_version(package);
    let calls = Calls { compiled, given: &given };
    let changed = package.files.iter().zip(files).filter_map(|(path, file)| {
        let code = compiled.in_file(&package.import_path, path).iter();
        let code = code.filter(|function| !renumbered && !given.contains(function.name()));
        let code: Vec<&Function<'_>> = code.collect();
        Some((path.clone(), change(file, &code, &calls, !versioned && is_younger(path, built))?))
    });
    changed.collect()
}

/// The changed files of a package without directives. Its files are parsed only where their text does not show at
/// once that it was compiled; nearly nobody asks for them again, and those of 1,400 packages are 60 MB.
fn of_silent(
    package: &BuiltPackage,
    packages: &Packages<'_>,
    compiled: &Compiled<'_>,
    built: Option<SystemTime>,
) -> Vec<(PathBuf, Change)> {
    let texts: Vec<Bytes> =
        package.files.iter().map(|path| packages.files.read_or_empty(path)).collect();
    let names = base_names(package);
    let renumbered = texts.iter().any(|text| renumbers(text, &names));
    let versioned = has_version(package);
    let calls = Calls { compiled, given: &BTreeSet::new() };
    let changed = package.files.iter().zip(texts).filter_map(|(path, text)| {
        let younger = !versioned && is_younger(path, built);
        let code = compiled.in_file(&package.import_path, path);
        if code.is_empty() || renumbered {
            return younger.then(|| (path.clone(), Change::Younger { directives: false }));
        }
        let sketch = Sketch::of(&text);
        if code.iter().all(|function| sketch.confirms(function, &calls)) {
            return younger.then(|| (path.clone(), Change::Touched));
        }
        let code: Vec<&Function<'_>> = code.iter().collect();
        Some((path.clone(), change(&GoFile::parse(text), &code, &calls, younger)?))
    });
    changed.collect()
}

/// Symbols of the package that directives give to functions with another name.
fn given_names(package: &BuiltPackage, files: &[GoFile]) -> BTreeSet<Vec<u8>> {
    let symbol = |local: &[u8]| names::symbol(package.import_path.as_bytes(), local);
    let directives = files.iter().flat_map(|file| &file.linknames);
    let named = directives.filter_map(|found| Some((symbol(&found.local), found.remote.clone()?)));
    named.filter(|(own, remote)| own != remote).map(|(_, remote)| remote).collect()
}

fn change(
    file: &GoFile,
    code: &[&Function<'_>],
    calls: &Calls<'_>,
    younger: bool,
) -> Option<Change> {
    if code.is_empty() {
        return younger.then_some(Change::Younger { directives: !file.linknames.is_empty() });
    }
    let text = Text::of(file);
    match code.iter().find_map(|function| text.contradicts(function, calls)) {
        Some(shown) => Some(Change::Edited(shown)),
        None => younger.then_some(Change::Touched),
    }
}

/// The compiled functions of each file: by package, then by the file's base name.
struct Compiled<'a> {
    files: HashMap<&'a str, HashMap<&'a [u8], Vec<Function<'a>>>>,
    table: &'a Pclntab,
    /// Inline trees, if the text makes every call that they hold.
    trees: Option<&'a InlineTrees>,
}

/// The inlined calls of a package's functions.
struct Calls<'a> {
    compiled: &'a Compiled<'a>,
    /// Functions that the text knows by another name.
    given: &'a BTreeSet<Vec<u8>>,
}

impl<'a> Calls<'a> {
    /// The first call that `function` itself makes, and its line, for whose function `is_unwritten` holds.
    fn first(
        &self,
        function: &Function<'a>,
        is_unwritten: impl Fn(&[u8]) -> bool,
    ) -> Option<(&'a [u8], u32)> {
        let (table, trees) = (self.compiled.table, self.compiled.trees?);
        let asked = |name: &[u8]| !self.given.contains(name) && is_unwritten(name);
        // The names are at hand; which of them `function` itself calls takes its decoded tables. Often one name stands
        // there several times.
        let mut last: &[u8] = &[];
        let mut again = |name: &'a [u8]| std::mem::replace(&mut last, name) == name;
        if !trees.names(table, *function).any(|name| !again(name) && asked(name)) {
            return None;
        }
        trees.called_by(table, *function).find(|(name, _)| asked(name))
    }
}

impl<'a> Compiled<'a> {
    fn of(
        functions: &'a Functions,
        packages: impl Iterator<Item = &'a BuiltPackage>,
        with_calls: bool,
    ) -> Self {
        let mut files: HashMap<&str, HashMap<&[u8], Vec<Function<'_>>>> =
            packages.map(|p| (p.import_path.as_str(), HashMap::new())).collect();
        // Functions of a package stand one after the other.
        let mut order = names::InOrder::default();
        let named = functions.table.functions().map(|one| (order.package(one.name()), one));
        let mut named = named.peekable();
        while let Some(first) = named.peek().map(|(package, _)| *package) {
            let together = std::iter::from_fn(|| named.next_if(|(package, _)| *package == first));
            // A pushed body has another package's name, so its file declares another name.
            let package = first.map(names::unescape);
            let package = package.as_deref().and_then(|package| std::str::from_utf8(package).ok());
            let Some(of_package) = package.and_then(|package| files.get_mut(package)) else {
                together.for_each(drop);
                continue;
            };
            for (_, function) in together {
                let within = first.and_then(|first| function.name().get(first.len() + 1..));
                if function.is_assembly() || within.is_none_or(names::is_derived_within) {
                    continue;
                }
                let file = functions.own_file(&function);
                let file = file.filter(|file| functions.owners().owner_of_file(file) == package);
                if let Some(base) = file.and_then(|file| file.rsplit(|byte| *byte == b'/').next()) {
                    of_package.entry(base).or_default().push(function);
                }
            }
        }
        let trees = functions.trees.as_ref().filter(|_| with_calls);
        Self { files, table: &functions.table, trees }
    }

    fn in_file(&self, package: &str, path: &Path) -> &[Function<'a>] {
        let base = path.file_name().unwrap_or_default().as_encoded_bytes();
        let found = self.files.get(package).and_then(|files| files.get(base));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}
