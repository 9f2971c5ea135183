//! What one package pushes under a name that another one pulls, and the package in between has no part in it.

use super::draft::{Draft, File, Place};
use super::functions::{at, told};
use super::recipe::{Feature, Kind};
use super::truth::{Allowed, Settles, Truth};
use super::uses::{self, Use};
use super::variables;

/// The uses of a function of one number that every version has.
const USES: [Use; 13] = [
    Use::Call,
    Use::CallOverLines,
    Use::Value,
    Use::Table,
    Use::Map,
    Use::Literal,
    Use::OwnLine,
    Use::Apply,
    Use::Generic,
    Use::Method,
    Use::Interface,
    Use::Closure,
    Use::Result,
];

/// A package that the reader's may import.
fn below(feature: &Feature) -> Place {
    let all: &[Place] = match feature.user {
        Place::Main => &[Place::User, Place::Deep, Place::DepUser],
        Place::User => &[Place::Deep, Place::DepUser],
        _ => &[Place::DepUser],
    };
    all[feature.variant / 2 % all.len()]
}

/// The name of what both are about: of a package that is there, of one that is not, of none.
fn remote(draft: &mut Draft, feature: &Feature, word: &str) -> String {
    let n = feature.number;
    // A file of its own, so that the package is there.
    let body = format!("func Alone{n}() {{}}\n");
    draft.write(feature.owner, &format!("own{n}"), "", &File { body, ..File::default() });
    match feature.variant / 7 % 4 {
        0 => format!("example.com/absent.{word}{n}"),
        1 => format!("no{word}{n}"),
        _ => format!("{}.{word}{n}", draft.symbols(feature.owner)),
    }
}

fn with_unsafe(body: String) -> File {
    let mut file = File { body, ..File::default() };
    file.import("_ \"unsafe\"");
    file
}

/// A true claim of `place`.
fn truth(
    draft: &Draft,
    feature: &Feature,
    place: Place,
    kind: &'static str,
    remote: &str,
) -> Truth {
    let word = if kind == "func" { "f" } else { "v" };
    let local = format!("{}.{word}{}", draft.symbols(place), feature.number);
    let mut truth = told(feature, kind, local, remote.to_owned());
    truth.settles = if kind == "func" { Settles::Always } else { Settles::WithDebug };
    truth
}

/// The claims of packages that have no such directive.
fn lies(draft: &mut Draft, feature: &Feature, kind: &'static str, remote: &str, reader: bool) {
    let (n, what) = (feature.number, feature.what());
    let word = if kind == "func" { "f" } else { "v" };
    let mut places = vec![Place::Other.path().to_owned(), Place::Third.path().to_owned()];
    if reader {
        places.push(draft.symbols(feature.user));
    }
    for place in places {
        draft.lie(&what, kind, &format!("{place}.{word}{n}"), remote);
    }
}

/// A pushed function or variable, and whoever pulls it; in the twin the pusher hands it on itself.
pub fn chain(draft: &mut Draft, feature: &Feature) {
    match feature.variant.is_multiple_of(2) {
        true => function(draft, feature),
        false => variable(draft, feature),
    }
}

fn function(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (pusher, twin) = (below(feature), feature.kind == Kind::ChainTwin);
    let remote = remote(draft, feature, "func");
    if !twin {
        declared(draft, feature, &remote);
    }
    let quiet = if feature.variant % 8 < 2 { "" } else { "//go:noinline\n" };
    let mut push = with_unsafe(format!(
        "//go:linkname f{n} {remote}\n{quiet}func f{n}(n int) int {{ return n + {n}000 }}\n"
    ));
    let mut file = File::default();
    let f = if twin {
        push.body += &format!("\nfunc Get{n}() func(int) int {{ return f{n} }}\n");
        file.import_place(pusher);
        format!("{}.Get{n}()", pusher.name())
    } else {
        file = with_unsafe(format!("//go:linkname f{n} {remote}\nfunc f{n}(n int) int\n\n"));
        format!("f{n}")
    };
    draft.write(pusher, &format!("push{n}"), "", &push);
    let how = USES[feature.of_type * 7 % USES.len()];
    let said = uses::write(how, &f, n, &at(feature), &mut file);
    draft.prints.insert(said);
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let mut pushed = truth(draft, feature, pusher, "func", &remote);
    pushed.form = "push";
    if twin {
        // Where the getter is inlined the function may be too, and then nothing is left of its name.
        pushed.pair = Some(Allowed::UsedOrInlined);
        pushed.source = Some(Allowed::UsedOrInlined);
    } else {
        let pulled = truth(draft, feature, feature.user, "func", &remote);
        draft.truths.push(pulled);
    }
    draft.truths.push(pushed);
    lies(draft, feature, "func", &remote, twin);
}

/// Sometimes the package in between declares the function without a body, and calls it or not.
fn declared(draft: &mut Draft, feature: &Feature, remote: &str) {
    let n = feature.number;
    let name = format!("{}.func{n}", draft.symbols(feature.owner));
    if remote != name || (feature.variant / 28).is_multiple_of(3) {
        return;
    }
    let calls = feature.variant / 28 % 3 == 1;
    let marked = feature.of_type.is_multiple_of(2);
    let mut own = File { body: format!("func Alone{n}() {{}}\n\n"), ..File::default() };
    if marked {
        own = with_unsafe(format!("{}//go:linkname func{n}\n", own.body));
        let mut mark = told(feature, "func", name.clone(), name);
        (mark.form, mark.pair) = ("one-arg", None);
        if !calls {
            mark.source = Some(Allowed::UsedOrInlined);
        }
        draft.truths.push(mark);
    } else {
        draft.assembly(feature.owner, "empty", "");
    }
    own.body += &format!("func func{n}(n int) int\n");
    if calls {
        own.body += &format!("\nfunc run{n}() {{ println({n}, func{n}(4)) }}\n");
        draft.prints.insert(format!("{n} {n}004"));
        draft.run(feature.owner, &format!("run{n}"));
    }
    draft.write(feature.owner, &format!("own{n}"), "", &own);
}

fn variable(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (pusher, twin) = (below(feature), feature.kind == Kind::ChainTwin);
    let remote = remote(draft, feature, "var");
    let (of_type, value) = variables::declared(feature);
    let mut push =
        with_unsafe(format!("//go:linkname v{n} {remote}\nvar v{n} {of_type} = {value}\n"));
    let (mut file, v) = reader(feature, pusher, twin, &remote, &mut push);
    draft.write(pusher, &format!("push{n}"), "", &push);
    variables::uses(draft, feature, &mut file, &v, false);
    both(draft, feature, pusher, &remote, twin);
}

/// Two packages with a variable of one name that nobody declares; in the twin one has it alone.
pub fn together(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (other, twin) = (below(feature), feature.kind == Kind::TogetherTwin);
    let remote = remote(draft, feature, "var");
    let (of_type, value) = variables::declared(feature);
    let mut file = with_unsafe(format!(
        "//go:linkname v{n} {remote}\nvar v{n} {of_type}\n\n\
         //go:noinline\nfunc Put{n}() {{ v{n} = {value} }}\n"
    ));
    let (mut read, v) = reader(feature, other, twin, &remote, &mut file);
    draft.write(other, &format!("push{n}"), "", &file);
    read.import_place(other);
    read.body += &format!("func put{n}() {{ {}.Put{n}() }}\n\n", other.name());
    draft.run(feature.user, &format!("put{n}"));
    variables::uses(draft, feature, &mut read, &v, false);
    both(draft, feature, other, &remote, twin);
}

/// The reader's file, and how it names the variable.
fn reader(
    feature: &Feature,
    other: Place,
    twin: bool,
    remote: &str,
    theirs: &mut File,
) -> (File, String) {
    let n = feature.number;
    let (of_type, _) = variables::declared(feature);
    if !twin {
        let body = format!("//go:linkname v{n} {remote}\nvar v{n} {of_type}\n\n");
        return (with_unsafe(body), format!("v{n}"));
    }
    theirs.body += &format!("\nfunc At{n}() *{of_type} {{ return &v{n} }}\n");
    let mut file = File::default();
    file.import_place(other);
    (file, format!("(*{}.At{n}())", other.name()))
}

/// The claims on a variable that two packages share, or one has alone.
fn both(draft: &mut Draft, feature: &Feature, other: Place, remote: &str, twin: bool) {
    let mut theirs = truth(draft, feature, other, "var", remote);
    if twin {
        (theirs.pair, theirs.source) = (Some(Allowed::Detached), Some(Allowed::Detached));
    } else {
        let mut own = truth(draft, feature, feature.user, "var", remote);
        if feature.kind == Kind::Together && remote.contains('.') {
            for one in [&mut own, &mut theirs] {
                (one.pair, one.source) = (Some(Allowed::Shared), Some(Allowed::Shared));
                one.settles = Settles::Never;
            }
        }
        draft.truths.push(own);
    }
    draft.truths.push(theirs);
    lies(draft, feature, "var", remote, twin);
}
