//! All changes in the order of reports, with their levels.

use super::entry::{Change, LinknameEntry, SideEntry, Value};
use crate::binary::{Binary, NameList};
use crate::diff::{
    AliasChange, BuildChange, Difference, Kind, LinknameChange, PairOutcome, Subject, SymbolChange,
};
use crate::finding::{Level, Owner};
use crate::linkname::discover::modules::Modules;
use crate::linkname::verdict::Verdict;
use crate::names;
use crate::report::address;
use crate::report::document::about::About;
use crate::report::name::Field;
use crate::report::words::Worded;
use crate::symbols::markers::is_marker;

pub(super) fn all(
    old: &Binary,
    new: &Binary,
    (was, is): (&About, &About),
    found: &Difference,
    fail_on: &[Kind],
) -> Vec<Change> {
    let owners = Owners::of(old, new);
    let mut changes: Vec<Change> = found.build.iter().map(of_build).collect();
    changes.extend(found.linknames.changes.iter().map(of_linkname));
    changes.extend(found.pairs.iter().filter(|pair| pair.is_change()).map(of_pair));
    changes.extend(found.aliases.iter().map(of_alias));
    changes.extend(stripped(was.names, is.names));
    let mut symbols: Vec<Change> =
        found.symbols.changes.iter().map(|symbol| owners.of_symbol(symbol)).collect();
    // Their names are in order already.
    symbols.sort_by(|a, b| (a.standing, &a.package).cmp(&(b.standing, &b.package)));
    changes.extend(symbols);
    changes.sort_by_key(|change| order(change.kind));
    for change in changes.iter_mut().filter(|change| fail_on.contains(&change.kind)) {
        change.level = Level::Deny;
    }
    changes
}

/// Symbols that came or went stand beside those that grew.
fn order(kind: Kind) -> Kind {
    if kind == Kind::Size { Kind::Symbol } else { kind }
}

fn change(kind: Kind, name: &[u8], old: Option<Value>, new: Option<Value>) -> Change {
    Change {
        kind,
        name: Field::of("name", name),
        old,
        new,
        level: Level::Advice,
        standing: None,
        package: None,
        linkname: None,
    }
}

fn text(text: &Option<String>) -> Option<Value> {
    text.clone().map(Value::Text)
}

fn of_build(of: &BuildChange) -> Change {
    let kind = match of.subject {
        Subject::Go => Kind::Go,
        Subject::Setting => Kind::Setting,
        Subject::Module => Kind::Module,
        Subject::Library => Kind::Library,
    };
    change(kind, of.name.as_bytes(), text(&of.old), text(&of.new))
}

fn of_linkname(of: &LinknameChange) -> Change {
    let kind = if of.is_of_verdict() { Kind::Verdict } else { Kind::Linkname };
    let entry = LinknameEntry::new(of);
    let form = of.claim.form.word();
    let name = [of.claim.package.as_bytes(), form.as_bytes(), &of.claim.remote].join(&b' ');
    let there = |side: &SideEntry| side.confidence.map(|_| Value::Text(side.words()));
    let weaker = weaker(of.old.verdict, of.new.verdict);
    Change {
        level: if weaker { Level::Warn } else { Level::Advice },
        standing: Some(of.owner),
        package: Some(of.claim.package.clone()),
        linkname: Some(Box::new(entry.clone())),
        ..change(kind, &name, there(&entry.old), there(&entry.new))
    }
}

fn of_pair(pair: &PairOutcome) -> Change {
    let name = [&*pair.claim.local, &*pair.claim.remote].join(&b'=');
    let words = |verdict: Verdict| format!("{} ({})", verdict.word(), verdict.reason());
    let (old, new) = (words(pair.old.0), words(pair.new.0));
    let weaker = weaker(pair.old.0, pair.new.0);
    Change {
        level: if weaker { Level::Warn } else { Level::Advice },
        ..change(Kind::Verdict, &name, Some(Value::Text(old)), Some(Value::Text(new)))
    }
}

fn weaker(old: Verdict, new: Verdict) -> bool {
    matches!(old, Verdict::InEffect(_)) && !matches!(new, Verdict::InEffect(_))
}

fn of_alias(alias: &AliasChange) -> Change {
    let there = Some(Value::Text("one address".to_owned()));
    let (old, new) = if alias.added { (None, there) } else { (there, None) };
    change(Kind::Alias, &alias.names.join(&b" = "[..]), old, new)
}

/// That a symbol table was taken away is one fact; each of its names would bury all others.
fn stripped(old: NameList, new: NameList) -> Option<Change> {
    let value = |list: NameList| Some(Value::Text(list.word().to_owned()));
    (old != new).then(|| change(Kind::Symbol, b"(symbol table)", value(old), value(new)))
}

/// Whose packages are those of both files?
struct Owners<'a> {
    /// Of the files that record their modules, or of both if none does.
    modules: Vec<Modules<'a>>,
    files: [&'a Binary; 2],
}

impl<'a> Owners<'a> {
    fn of(old: &'a Binary, new: &'a Binary) -> Self {
        let recorded = [old, new].into_iter().filter(|file| records_modules(file));
        let mut modules: Vec<Modules<'a>> = recorded.map(Modules::of).collect();
        if modules.is_empty() {
            modules.extend([old, new].map(Modules::of));
        }
        Self { modules, files: [old, new] }
    }

    fn of_symbol(&self, symbol: &SymbolChange) -> Change {
        let package = names::import_text(&symbol.name).unwrap_or_default();
        let (kind, old, new) = match (symbol.old, symbol.new) {
            (Some(old), Some(new)) if symbol.is_moved() => {
                let text = |at: u64| Some(Value::Text(address(at)));
                (Kind::Address, text(old.address), text(new.address))
            }
            (Some(old), Some(new)) => {
                (Kind::Size, Some(Value::Size(old.size)), Some(Value::Size(new.size)))
            }
            (old, new) => {
                let size = |spot: crate::diff::Spot| Value::Size(spot.size);
                (Kind::Symbol, old.map(size), new.map(size))
            }
        };
        Change {
            standing: Some(self.owner(&package, &symbol.name)),
            package: Some(package),
            ..change(kind, &symbol.name, old, new)
        }
    }

    /// Whether Go's assembler wrote it: `cmpbody`. The function table knows no function of C.
    fn is_go_function(&self, name: &[u8]) -> bool {
        let name = names::without_abi(name);
        let mut tables = self.files.iter().filter_map(|binary| binary.functions().ok());
        tables.any(|functions| !functions.named_now(name).is_empty())
    }

    /// Whether no recorded module holds the package and its path begins without a dot, as those of Go's own do
    /// (cmd/go/internal/search, IsStandardImportPath): the tables know only packages that a linkname can be about.
    fn is_of_no_module(&self, package: &str) -> bool {
        let first = package.split('/').next().unwrap_or_default();
        let held = self.modules.iter().any(|modules| modules.module(package).is_some());
        package != "main" && !first.contains('.') && !held
    }

    /// The nearer one where a package changed hands.
    fn owner(&self, package: &str, name: &[u8]) -> Owner {
        match package {
            "" if is_made(name) || self.is_go_function(name) => Owner::Std,
            BLANK => Owner::Std,
            "" => Owner::Dependency,
            _ if self.is_of_no_module(package) => Owner::Std,
            _ => {
                let owners = self.modules.iter().map(|modules| modules.owner(package));
                owners.min().unwrap_or(Owner::Dependency)
            }
        }
    }
}

/// Whether the build information names any module. Builders other than the go command name none.
pub(super) fn records_modules(binary: &Binary) -> bool {
    binary.build().is_some_and(|build| build.main.is_some() || !build.deps.is_empty())
}

/// What Go 1.27 calls the package of some closures of the runtime: `_.goready.func1`.
const BLANK: &str = "_";

/// Whether the compiler or the linker made the name: descriptions of types, constants, marks.
fn is_made(name: &[u8]) -> bool {
    let prefixes: [&[u8]; 5] = [b"type:", b"type.", b"go:", b"go.", b"$"];
    is_marker(name) || prefixes.iter().any(|prefix| name.starts_with(prefix))
}
