//! Features about pushes, one argument, Go's own functions, and comments that look like directives.

use super::draft::{Draft, File, Place};
use super::functions::told;
use super::recipe::{Feature, Kind};
use super::truth::{Allowed, Settles};

fn unsafe_file(body: String) -> File {
    let mut file = File { body, ..File::default() };
    file.import("_ \"unsafe\"");
    file
}

/// A body under another package's name: called by it, by nobody, or of no package.
pub fn push(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (user, owner) = (draft.symbols(feature.user), draft.symbols(feature.owner));
    let (marked, inlinable) = (feature.variant % 2 == 0, feature.variant % 4 >= 2);
    let remote = match feature.kind {
        Kind::PushNowhere => format!("example.com/nowhere.hook{n}"),
        _ => format!("{owner}.hook{n}"),
    };
    let quiet = if inlinable { "" } else { "//go:noinline\n" };
    let mut file = unsafe_file(format!(
        "//go:linkname f{n} {remote}\n{quiet}func f{n}(n int) int {{ return n + {n}000 }}\n\n"
    ));
    let mut truth = told(feature, "func", format!("{user}.f{n}"), remote.clone());
    truth.form = "push";
    let call = match feature.kind {
        Kind::Push => {
            file.import_place(feature.owner);
            format!("{}.Call{n}(3)", feature.owner.name())
        }
        Kind::PushNowhere => format!("f{n}(3)"),
        _ => format!("3+{n}000"),
    };
    file.body += &format!("func run{n}() {{ println({n}, {call}) }}\n");
    draft.prints.insert(format!("{n} {n}003"));
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let allowed = match feature.kind {
        Kind::PushUnused => Allowed::Unused,
        Kind::PushNowhere => Allowed::UsedOrInlined,
        _ => Allowed::InEffect,
    };
    truth.pair = Some(allowed);
    truth.source = Some(allowed);
    if feature.kind == Kind::Push {
        let mark = if marked { format!("//go:linkname hook{n}\n") } else { String::new() };
        let own = unsafe_file(format!(
            "{mark}func hook{n}(n int) int\n\n//go:noinline\nfunc Call{n}(n int) int {{ return hook{n}(n) }}\n"
        ));
        draft.write(feature.owner, &format!("own{n}"), "", &own);
        if marked {
            let name = format!("{owner}.hook{n}");
            let mut one = told(feature, "func", name.clone(), name);
            (one.form, one.pair) = ("one-arg", None);
            draft.truths.push(one);
        } else {
            draft.assembly(feature.owner, "empty", "");
        }
        truth.settles = Settles::Always;
    } else {
        // The owner is there, so that a push to it is not one to no package.
        let body = format!("func Alone{n}() {{}}\n");
        draft.write(feature.owner, &format!("own{n}"), "", &File { body, ..File::default() });
    }
    draft.truths.push(truth);
    let what = feature.what();
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Other.path()), &remote);
    draft.lie(&what, "func", &format!("{user}.f{n}"), &format!("{}.Hold", Place::Third.path()));
}

/// One argument and a body: a permission, of which nothing is left.
pub fn one_argument(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let user = draft.symbols(feature.user);
    let body = format!(
        "//go:linkname f{n}\n//go:noinline\nfunc f{n}(n int) int {{ return n + {n}000 }}\n\n\
         func run{n}() {{ println({n}, f{n}(3)) }}\n"
    );
    draft.write(feature.user, &format!("use{n}"), "", &unsafe_file(body));
    draft.run(feature.user, &format!("run{n}"));
    draft.prints.insert(format!("{n} {n}003"));
    let name = format!("{user}.f{n}");
    let mut truth = told(feature, "func", name.clone(), name.clone());
    (truth.form, truth.pair, truth.source) = ("one-arg", None, Some(Allowed::Traceless));
    draft.truths.push(truth);
    let what = feature.what();
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Other.path()), &name);
}

/// A function of Go's that many know.
pub fn runtime(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let user = draft.symbols(feature.user);
    let remote = "runtime.nanotime";
    let call = match feature.variant % 3 {
        0 => format!("f{n}() > 0"),
        1 => format!("0 <\n\t\tf{n}()"),
        _ => format!("func() int64 {{ return f{n}() }}() > 0"),
    };
    let body = format!(
        "//go:linkname f{n} {remote}\nfunc f{n}() int64\n\nfunc run{n}() {{ println({n}, {call}) }}\n"
    );
    draft.write(feature.user, &format!("use{n}"), "", &unsafe_file(body));
    draft.run(feature.user, &format!("run{n}"));
    draft.prints.insert(format!("{n} true"));
    let mut truth = told(feature, "func", format!("{user}.f{n}"), remote.to_owned());
    truth.settles = Settles::Always;
    draft.truths.push(truth);
    let what = feature.what();
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Other.path()), remote);
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Third.path()), remote);
}

/// Comments, texts and files that hold no directive of this build.
pub fn near_miss(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (user, owner) = (draft.symbols(feature.user), draft.symbols(feature.owner));
    let body = format!(
        "var state{n} int\n\n//go:noinline\nfunc F{n}(n int) int {{ state{n}++; return f{n}(n) }}\n\n//go:noinline\nfunc f{n}(n int) int {{ return n + {n}000 }}\n"
    );
    draft.write(feature.owner, &format!("own{n}"), "", &File { body, ..File::default() });
    let remote = format!("{owner}.f{n}");
    let own = format!("//go:noinline\nfunc f{n}(n int) int {{ return n + 1 }}\n\n");
    let comment = match feature.variant % 7 {
        0 => format!("// go:linkname f{n} {remote}\n"),
        1 => format!("//go:linkname\tf{n} {remote}\n"),
        2 => format!("//go:LinkName f{n} {remote}\n"),
        3 => format!("//go:linkname\u{a0}f{n} {remote}\n"),
        4 => format!("const text{n} = `\n//go:linkname f{n} {remote}\n`\n\n"),
        5 => format!("/*\n//go:linkname f{n} {remote}\n*/\n"),
        _ => String::new(),
    };
    if comment.is_empty() {
        let left_out = unsafe_file(format!("//go:linkname f{n} {remote}\nfunc f{n}(n int) int\n"));
        draft.write(feature.user, &format!("left{n}"), "//go:build never\n\n", &left_out);
    }
    let mut file = unsafe_file(format!("{comment}{own}"));
    file.import_place(feature.owner);
    let call = format!("{}.F{n}(3)", feature.owner.name());
    file.body += &format!("func run{n}() {{ println({n}, f{n}(3), {call}) }}\n");
    draft.prints.insert(format!("{n} 4 {n}003"));
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let mut truth = told(feature, "func", format!("{user}.f{n}"), remote);
    truth.pair = Some(Allowed::False);
    truth.source = Some(Allowed::NotADirective);
    draft.truths.push(truth);
}
