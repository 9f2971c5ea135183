//! Why a rule about names came out as it did.

use crate::policy::{Because, RuleOutcome, Subject, SymbolRule};
use crate::printable::printable;

/// How the kind of a rule is typed in front of its name.
pub(in crate::report) fn prefix(subject: Subject) -> &'static str {
    match subject {
        Subject::Name => "",
        Subject::Func => "func:",
        Subject::Var => "var:",
        Subject::Pkg => "pkg:",
    }
}

/// What decided `rule`, or kept it from being decided, in one sentence.
pub(in crate::report) fn rule(rule: &SymbolRule, outcome: &RuleOutcome) -> String {
    let name = printable(&rule.name);
    let found = first_of(&outcome.matched);
    match outcome.because {
        Because::Found => format!("found {found}"),
        Because::Absent => absent(rule.subject, &outcome.searched),
        Because::IsPackage => format!(
            "{name} is the path of a package, and its code is here ({found}): pkg:{name} asks for a package, {}{name}.* for its names",
            prefix(rule.subject)
        ),
        Because::IsName => {
            format!("{name} is no package but a name, and is here: ask without pkg:")
        }
        Because::Stripped => stripped(rule, &outcome.searched),
        Because::Damaged => "a list of names is damaged, or not one that gonym reads".to_owned(),
        Because::SharedLibrary => {
            "not found, but the program is linked with Go's shared libraries, which hold more of it"
                .to_owned()
        }
        Because::Shapes => format!(
            "symbols name shapes, not types: {found} may or may not run for the types of {name}"
        ),
        Because::HiddenArguments => format!(
            "not found, but Go up to 1.20 leaves type arguments out of its function table: {found} may be it"
        ),
    }
}

fn absent(subject: Subject, searched: &[&str]) -> String {
    let lists = searched.join(", ");
    match subject {
        Subject::Name => format!("no trace in {lists}"),
        Subject::Func => format!("no Go function of that name left instructions; searched {lists}"),
        Subject::Var => format!("no variable of that name; searched {lists}"),
        Subject::Pkg => format!(
            "no function of the package left instructions; searched {lists} (bodies folded to constants, data and types are not seen)"
        ),
    }
}

/// The lists that could answer are stripped: what can be asked instead.
fn stripped(rule: &SymbolRule, searched: &[&str]) -> String {
    let lists = searched.join(", ");
    match rule.subject {
        Subject::Name => format!(
            "not found, but names of variables are stripped; searched {lists}. Code is decided without them: ask {}",
            instead(&rule.name)
        ),
        Subject::Var => "names of variables are stripped".to_owned(),
        Subject::Func | Subject::Pkg => {
            format!("not found, but the list of inlined functions is missing; searched {lists}")
        }
    }
}

/// The rules about code that a plain name or pattern may have meant.
fn instead(name: &[u8]) -> String {
    let shown = printable(name);
    let package = name.strip_suffix(b".*").filter(|path| !path.iter().any(|b| b"*?".contains(b)));
    match package.map(printable) {
        Some(package) => format!("func:{shown} or pkg:{package}"),
        None => format!("func:{shown}"),
    }
}

fn first_of(matched: &[Vec<u8>]) -> String {
    match matched {
        [] => String::new(),
        [only] => printable(only),
        [first, rest @ ..] => format!("{} and {} more", printable(first), rest.len()),
    }
}
