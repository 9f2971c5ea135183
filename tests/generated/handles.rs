//! Handles: names with a directive that code of other packages uses.

use super::draft::{Draft, File, Place};
use super::functions::{at, directive, owner, told};
use super::recipe::Feature;
use super::truth::{Allowed, Settles};
use super::uses::Shape;
use super::variables;

/// How a file imports the shim, and what then stands before its names.
fn import(feature: &Feature, file: &mut File) -> &'static str {
    let (import, qualified) = match feature.variant % 4 {
        0 => (". ", ""),
        1 => ("", "shim."),
        _ => ("other2 ", "other2."),
    };
    file.import(&format!("{import}\"{}\"", Place::Shim.path()));
    qualified
}

/// A handle that others use: exported, dot-imported, or by an exported function that is inlined there.
pub fn function(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    owner(draft, feature, Shape::Number, "");
    let remote = format!("{}.f{n}", draft.symbols(feature.owner));
    let mut shim = File::default();
    let small = feature.variant % 4 == 3;
    let local = if small { format!("f{n}") } else { format!("Hidden{n}") };
    directive(feature, &mut shim, &local, &remote, "(n int) int");
    if small {
        shim.body += &format!("func Hidden{n}(n int) int {{ return f{n}(n) }}\n");
    }
    draft.write(Place::Shim, &format!("shim{n}"), "", &shim);
    let mut file = File::default();
    let qualified = import(feature, &mut file);
    file.body =
        format!("{}func run{n}() {{ println({n}, {qualified}Hidden{n}(3)) }}\n", at(feature));
    draft.prints.insert(format!("{n} {n}003"));
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let mut truth =
        told(feature, "func", format!("{}.{local}", Place::Shim.path()), remote.clone());
    truth.settles = Settles::Always;
    draft.truths.push(truth);
    let what = feature.what();
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Other.path()), &remote);
    if small {
        let main = format!("{}.f{n}", draft.symbols(feature.user));
        draft.lie(&what, "func", &main, &remote);
    }
}

/// A variable that others use by its exported handle, or by an exported function that is inlined there.
pub fn variable(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (of_type, value) = variables::declared(feature);
    variables::owner(draft, feature, of_type, &value, "");
    let remote = format!("{}.v{n}", draft.symbols(feature.owner));
    let small = feature.variant % 4 == 3;
    let local = if small { format!("v{n}") } else { format!("Shared{n}") };
    let mut shim = File::default();
    shim.import("_ \"unsafe\"");
    shim.import(&format!("_ \"{}\"", feature.owner.path()));
    shim.body = format!("//go:linkname {local} {remote}\nvar {local} {of_type}\n\n");
    if small {
        shim.body += &format!("func Shared{n}() *{of_type} {{ return &{local} }}\n");
    }
    draft.write(Place::Shim, &format!("shim{n}"), "", &shim);
    let mut file = File::default();
    let qualified = import(feature, &mut file);
    let v = match small {
        true => format!("(*{qualified}Shared{n}())"),
        false => format!("{qualified}Shared{n}"),
    };
    variables::uses(draft, feature, &mut file, &v, true);
    let mut truth = told(feature, "var", format!("{}.{local}", Place::Shim.path()), remote);
    truth.settles = Settles::WithDebug;
    draft.truths.push(truth);
    variable_lies(draft, feature, &local);
}

/// Nobody says these: the reader's package, the owner's other variable, two that have nothing to do with it.
fn variable_lies(draft: &mut Draft, feature: &Feature, local: &str) {
    let n = feature.number;
    let (user, owner) = (draft.symbols(feature.user), draft.symbols(feature.owner));
    let (what, shim) = (feature.what(), Place::Shim.path());
    let remote = format!("{owner}.v{n}");
    for place in [Place::Other.path(), Place::Third.path(), &user] {
        draft.lie(&what, "var", &format!("{place}.{local}"), &remote);
    }
    draft.lie(&what, "var", &format!("{shim}.{local}"), &format!("{owner}.never{n}"));
}

/// The same reads, and the shim hands on what the owner exports.
pub fn variable_twin(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (of_type, value) = variables::declared(feature);
    let more = format!("func At{n}() *{of_type} {{ return &v{n} }}\n");
    variables::owner(draft, feature, of_type, &value, &more);
    let mut shim = File::default();
    shim.import_place(feature.owner);
    shim.body =
        format!("func Shared{n}() *{of_type} {{ return {}.At{n}() }}\n", feature.owner.name());
    draft.write(Place::Shim, &format!("shim{n}"), "", &shim);
    let mut file = File::default();
    let v = format!("(*{}Shared{n}())", import(feature, &mut file));
    variables::uses(draft, feature, &mut file, &v, true);
    variable_lies(draft, feature, &format!("v{n}"));
    let remote = format!("{}.v{n}", draft.symbols(feature.owner));
    draft.lie(&feature.what(), "var", &format!("{}.v{n}", Place::Shim.path()), &remote);
}

/// An exported handle that nobody uses: what refers to the remote came out of the owner's inlined function.
pub fn unused(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let remote = draft.symbols(feature.owner);
    let mut shim = File::default();
    let mut file = File::default();
    file.import_place(feature.owner);
    let name = feature.owner.name();
    let (kind, remote) = if feature.variant.is_multiple_of(2) {
        let more = format!("func Get{n}() func(int) int {{ return f{n} }}\n");
        owner(draft, feature, Shape::Number, &more);
        let remote = format!("{remote}.f{n}");
        directive(feature, &mut shim, &format!("Hidden{n}"), &remote, Shape::Number.signature());
        file.import_place(Place::Third);
        file.body = format!("func run{n}() {{ println({n}, third.Hold({name}.Get{n}(), 3)) }}\n");
        draft.prints.insert(format!("{n} {n}003"));
        draft.write(feature.user, &format!("use{n}"), "", &file);
        draft.run(feature.user, &format!("run{n}"));
        ("func", remote)
    } else {
        let (of_type, value) = variables::declared(feature);
        let more = format!("func At{n}() *{of_type} {{ return &v{n} }}\n");
        variables::owner(draft, feature, of_type, &value, &more);
        let remote = format!("{remote}.v{n}");
        shim.import("_ \"unsafe\"");
        shim.import(&format!("_ \"{}\"", feature.owner.path()));
        shim.body = format!("//go:linkname Hidden{n} {remote}\nvar Hidden{n} {of_type}\n");
        let v = format!("(*{name}.At{n}())");
        variables::uses(draft, feature, &mut file, &v, true);
        ("var", remote)
    };
    draft.write(Place::Shim, &format!("shim{n}"), "", &shim);
    let local = format!("{}.Hidden{n}", Place::Shim.path());
    let mut truth = told(feature, kind, local, remote.clone());
    (truth.pair, truth.source) = (Some(Allowed::Unused), Some(Allowed::Unused));
    draft.truths.push(truth);
    let (what, user) = (feature.what(), draft.symbols(feature.user));
    for place in [Place::Other.path(), &user] {
        draft.lie(&what, kind, &format!("{place}.Hidden{n}"), &remote);
    }
}
