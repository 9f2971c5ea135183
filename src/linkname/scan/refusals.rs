//! Which pulls does the linker of the build refuse, and what is told about them?
//!
//! The linker checks every reference of every object file before it drops dead code
//! (cmd/link/internal/loader/loader.go, `checkLinkname`, go1.23): a call in a function that nothing reaches is
//! refused too. A function that no compiled code mentions leaves no reference; a variable without an initialiser
//! always does. Refusals are told only for a build that is not linked yet: a binary at hand was linked.

use crate::finding::{Code, Finding, Level};
use crate::linkname::claim::{Kind, Mention};
use crate::linkname::permit::Permit;
use crate::printable::printable;
use crate::source::package::Directive;

/// Whether compiled code names the local side of a pull, so that an object file refers to the remote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// It does, or its lines are not known.
    Yes,
    /// The name may be a field's, or may be in a constant expression.
    Perhaps,
    /// The name is declared and not used.
    No,
}

/// Whether compiled code names the local side of `directive`, according to the `mentions` in its source and in that
/// of its users.
pub(super) fn named(directive: &Directive, mentions: Option<&[Mention]>) -> Named {
    if directive.kind == Kind::Var && !directive.has_body {
        return Named::Yes;
    }
    let Some(mentions) = mentions else { return Named::Yes };
    let sure = mentions.iter().filter(|mention| mention.sure).count();
    let by_others = mentions.iter().any(|mention| mention.sure && !mention.package.is_empty());
    // One of the certain mentions is the declaration itself.
    match () {
        () if by_others || sure > 1 => Named::Yes,
        () if mentions.len() > 1 => Named::Perhaps,
        () => Named::No,
    }
}

/// The finding about a pull that the linker of Go 1.`minor` refuses; none if it accepts the pull.
pub(super) fn refusal(minor: u16, remote: &[u8], permit: &Permit, named: Named) -> Option<Finding> {
    if !permit.refused {
        return None;
    }
    let why = why(remote, permit);
    let since = permit.blocked_since.filter(|since| *since < minor);
    let since = since.map(|since| format!(" since 1.{since}")).unwrap_or_default();
    let code = Code::RefusedByLinker;
    let (level, message) = match named {
        Named::Yes => {
            let linker = format!("the linker of Go 1.{minor} refuses it{since}");
            (code.level(), format!("{linker}: {why}; {}", code.help()))
        }
        Named::Perhaps => {
            let linker =
                format!("the linker of Go 1.{minor} refuses it{since} if that mention is compiled");
            (Level::Warn, format!("{linker}: {why}; {}", code.help()))
        }
        Named::No => {
            let linker =
                format!("the linker of Go 1.{minor} would refuse it once something mentions it");
            (Level::Advice, format!("{linker}: {why}"))
        }
    };
    Some(Finding::new(code, message).at(level))
}

/// The package that the symbol belongs to, and the packages that Go keeps it for.
fn why(remote: &[u8], permit: &Permit) -> String {
    let owner = crate::names::package(remote).map_or_else(|| "Go".to_owned(), printable);
    let symbol = printable(remote);
    match permit.state.as_str() {
        "blocked" if permit.allowed.is_empty() => {
            format!("Go keeps {symbol} for nobody outside the linker")
        }
        "blocked" => format!("Go keeps {symbol} for {}", permit.allowed.join(", ")),
        "std-only" => format!("{owner} marks {symbol} for the standard library alone"),
        _ => format!("{owner} marks {symbol} for nobody outside the package"),
    }
}
