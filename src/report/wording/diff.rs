//! What became of a linkname from one file to another, and which changes must not be there?

use crate::diff::{Kind, LinknameChange};
use crate::linkname::claim::Form;
use crate::linkname::evidence::Provider;
use crate::linkname::verdict::{Gap, Refutation, Unused, Verdict, provider};
use crate::names;
use crate::printable::printable;

/// The change in one sentence.
pub(in crate::report) fn linkname_change(change: &LinknameChange) -> String {
    let (old, new) = (&change.old, &change.new);
    match (old.confidence, new.confidence) {
        (Some(_), None) => gone(change),
        (None, _) => {
            let sentence = super::sentence(&change.claim, &change.evidence, new.verdict).brief();
            format!("{}; {sentence}", come(change))
        }
        _ => {
            let words = |verdict: Verdict| format!("{} ({})", verdict.word(), verdict.reason());
            format!("it was {}, and is {}", words(old.verdict), words(new.verdict))
        }
    }
}

/// Why the new file does not betray what the old one did.
fn gone(change: &LinknameChange) -> String {
    let (remote, package) = subject(change);
    match change.new.verdict {
        Verdict::NotInEffect(Refutation::OwnedElsewhere) => {
            format!("{}: the push is gone, the name is not", provided(change))
        }
        Verdict::Unused(Unused::Absent) => format!("{remote} is no longer in the binary"),
        Verdict::Unused(Unused::NotCalled) => {
            format!("no code of package {package} refers to {remote} any more")
        }
        Verdict::Unproven(Gap::PackageAbsent) => {
            format!("package {package} has no code in the binary any more")
        }
        // Of a name that its own package provides no push is left.
        _ if change.claim.form != Form::Pull && is_of_own_package(change) => {
            format!("{}: the push is gone, the name is not", provided(change))
        }
        verdict => {
            format!("the new file does not show it: {} ({})", verdict.word(), verdict.reason())
        }
    }
}

/// Why the old file does not betray what the new one does.
fn come(change: &LinknameChange) -> String {
    let (remote, package) = subject(change);
    match change.old.verdict {
        Verdict::NotInEffect(Refutation::OwnedElsewhere) => {
            format!("{remote} was code of another package")
        }
        Verdict::Unused(Unused::Absent) => format!("{remote} was not in the old file"),
        Verdict::Unproven(Gap::PackageAbsent) => {
            format!("package {package} was not in the old file")
        }
        Verdict::Unused(Unused::NotCalled) => format!("package {package} did not refer to it"),
        _ => "the old file does not show it".to_owned(),
    }
}

fn subject(change: &LinknameChange) -> (String, String) {
    (printable(&change.claim.remote), printable(change.claim.package.as_bytes()))
}

/// Whether the code of the remote comes from the package that its name says.
fn is_of_own_package(change: &LinknameChange) -> bool {
    let named = names::import_path(&change.claim.remote);
    let own = |package: &str| named.as_deref().is_some_and(|named| *named == *package.as_bytes());
    change.evidence.remote.iter().any(|site| match provider(site) {
        Provider::Package(package) | Provider::Assembly(package) => own(&package),
        _ => false,
    })
}

/// Who provides the remote now, and in which file.
fn provided(change: &LinknameChange) -> String {
    let (remote, _) = subject(change);
    let site = change.evidence.remote.iter().find_map(|site| match provider(site) {
        Provider::Package(package) | Provider::Assembly(package) => Some((package, site)),
        _ => None,
    });
    let Some((package, site)) = site else { return format!("{remote} is other code now") };
    let file = site.file.as_deref().map(|file| file.rsplit(|byte| *byte == b'/').next());
    let file = file.flatten().map(|file| format!(" ({})", printable(file)));
    let package = printable(package.as_bytes());
    format!("{remote} is code of package {package}{} now", file.unwrap_or_default())
}

/// Names that are told in a message.
const MOST_NAMES: usize = 3;

/// That there are changes of `kind`, which must not be there; nothing if there are none.
pub(in crate::report) fn denied(kind: Kind, names: &[String]) -> Option<String> {
    let shown = names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    let more = match names.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!names.is_empty()).then(|| format!("{} changed: {shown}{more}", kind.plural()))
}
