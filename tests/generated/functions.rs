//! Features about functions: pulls in every use, their twins without a directive, pushes, one argument.

use super::draft::{Draft, File, Place};
use super::recipe::{Feature, Kind};
use super::truth::{Allowed, Settles, Truth};
use super::uses::{self, Shape, Use};

/// A true claim on a directive of `feature`.
pub fn told(feature: &Feature, kind: &'static str, local: String, remote: String) -> Truth {
    Truth {
        what: feature.what(),
        local,
        remote,
        kind,
        form: "pull",
        pair: Some(Allowed::InEffect),
        source: Some(Allowed::InEffect),
        settles: Settles::Never,
    }
}

/// The owner's function `f{n}` with its state, and a neighbour that only the owner calls.
pub fn owner(draft: &mut Draft, feature: &Feature, shape: Shape, more: &str) {
    let n = feature.number;
    let (signature, body) = (shape.signature(), shape.body(n));
    let body = format!(
        "var state{n} int\n\n//go:noinline\nfunc f{n}{signature} {{ {body} }}\n\n\
         //go:noinline\nfunc never{n}(n int) int {{ return n + 5 }}\n\n\
         func init() {{ state{n} += never{n}(0) - 5 }}\n\n{more}"
    );
    draft.write(feature.owner, &format!("own{n}"), "", &File { body, ..File::default() });
}

/// Beside every true claim: another package's, and another function of the same owner.
fn lies(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (user, owner) = (draft.symbols(feature.user), draft.symbols(feature.owner));
    let what = feature.what();
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Other.path()), &format!("{owner}.f{n}"));
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Third.path()), &format!("{owner}.f{n}"));
    draft.lie(&what, "func", &format!("{user}.f{n}"), &format!("{owner}.never{n}"));
}

/// A bodyless function and its directive.
pub fn directive(feature: &Feature, file: &mut File, local: &str, remote: &str, signature: &str) {
    file.import("_ \"unsafe\"");
    let blank = format!("_ \"{}\"", feature.owner.path());
    if feature.owner != Place::Main && feature.owner != feature.user {
        file.import(&blank);
    }
    file.body += &format!("//go:linkname {local} {remote}\nfunc {local}{signature}\n\n");
}

/// The line in front of a use.
pub fn at(feature: &Feature) -> String {
    let n = feature.number;
    if feature.line { format!("//line made{n}.go:{}\n", 900 + n) } else { String::new() }
}

/// A pulled function.
pub fn pull(draft: &mut Draft, feature: &Feature, how: Use) {
    let n = feature.number;
    owner(draft, feature, how.shape(), "");
    let remote = format!("{}.f{n}", draft.symbols(feature.owner));
    let mut file = File::default();
    let local = format!("f{n}");
    directive(feature, &mut file, &local, &remote, how.shape().signature());
    let said = uses::write(how, &local, n, &at(feature), &mut file);
    draft.prints.insert(said);
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let local = format!("{}.f{n}", draft.symbols(feature.user));
    let mut truth = told(feature, "func", local, remote);
    if how == Use::Ignored {
        // Without optimisation the value is handed over all the same.
        truth.pair = Some(Allowed::UsedOrInlined);
        truth.source = Some(Allowed::UsedOrInlined);
    } else {
        truth.settles = Settles::Always;
    }
    draft.truths.push(truth);
    lies(draft, feature);
}

/// The same code, and what it uses comes out of the owner's inlined getter or wrapper.
pub fn twin(draft: &mut Draft, feature: &Feature, how: Use) {
    let n = feature.number;
    let kind = how.shape().of_type();
    let more = format!(
        "func Get{n}() {kind} {{ return f{n} }}\n\nfunc Wrap{n}(n int) int {{ return never{n}(n) }}\n"
    );
    owner(draft, feature, how.shape(), &more);
    let mut file = File::default();
    file.import_place(feature.owner);
    let got = format!("{}.Get{n}()", feature.owner.name());
    let said = uses::write(how, &got, n, &at(feature), &mut file);
    draft.prints.insert(said);
    let wrapped = format!("{}.Wrap{n}(1)", feature.owner.name());
    file.body += &format!("\nfunc wrapped{n}() {{ println({n}, {wrapped}) }}\n");
    draft.prints.insert(format!("{n} 6"));
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    draft.run(feature.user, &format!("wrapped{n}"));
    let owner = draft.symbols(feature.owner);
    let user = draft.symbols(feature.user);
    let what = feature.what();
    draft.lie(&what, "func", &format!("{user}.f{n}"), &format!("{owner}.f{n}"));
    draft.lie(&what, "func", &format!("{user}.f{n}"), &format!("{owner}.never{n}"));
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Third.path()), &format!("{owner}.f{n}"));
}

/// A pull whose name stands where nothing is compiled of it.
pub fn dead(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    owner(draft, feature, Shape::Number, "");
    let remote = format!("{}.f{n}", draft.symbols(feature.owner));
    let mut file = File::default();
    directive(feature, &mut file, &format!("f{n}"), &remote, Shape::Number.signature());
    let statements = match feature.variant % 5 {
        0 => format!("\tprintln({n}, 3)"),
        1 => {
            file.imports.remove("_ \"unsafe\"");
            file.import("unsafe");
            format!("\tprintln({n}, unsafe.Sizeof(f{n}) - unsafe.Sizeof(f{n}) + 3)")
        }
        2 => format!("\tif false {{\n\t\tprintln(f{n}(1))\n\t}}\n\tprintln({n}, 3)"),
        3 => format!("\tx := struct{{ f{n} int }}{{f{n}: 3}}\n\tprintln({n}, x.f{n})"),
        _ => format!("\tf{n} := 3\n\tprintln({n}, f{n})"),
    };
    file.body += &format!("{}func run{n}() {{\n{statements}\n}}\n", at(feature));
    draft.prints.insert(format!("{n} 3"));
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let mut truth = told(feature, "func", format!("{}.f{n}", draft.symbols(feature.user)), remote);
    truth.pair = Some(Allowed::Unused);
    truth.source = Some(Allowed::Unused);
    draft.truths.push(truth);
    lies(draft, feature);
}

/// A method that is not exported, or a function that the assembler made.
pub fn method_or_assembly(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let owner = draft.symbols(feature.owner);
    let mut file = File::default();
    let (target, call) = if feature.kind == Kind::Method {
        let body = format!(
            "type T{n} struct{{ n int }}\n\nfunc New{n}() *T{n} {{ return &T{n}{{{n}000}} }}\n\n\
             //go:noinline\nfunc (t *T{n}) f{n}(n int) int {{ return t.n + n }}\n"
        );
        let own = File { body, ..File::default() };
        draft.write(feature.owner, &format!("own{n}"), "", &own);
        file.import_place(feature.owner);
        let name = feature.owner.name();
        file.import("_ \"unsafe\"");
        let remote = format!("{owner}.(*T{n}).f{n}");
        file.body =
            format!("//go:linkname f{n} {remote}\nfunc f{n}(t *{name}.T{n}, n int) int\n\n");
        (remote, format!("\tprintln({n}, f{n}({name}.New{n}(), 3))"))
    } else {
        let body = format!(
            "func f{n}()\n\nvar state{n} int\n\nfunc behind{n}() {{ state{n}++; println({n}, {n}003) }}\n"
        );
        draft.write(feature.owner, &format!("own{n}"), "", &File { body, ..File::default() });
        let text = format!(
            "#include \"textflag.h\"\n\nTEXT ·f{n}(SB), NOSPLIT|NOFRAME, $0-0\n\tJMP\t·behind{n}(SB)\n"
        );
        draft.assembly(feature.owner, &format!("own{n}"), &text);
        let remote = format!("{owner}.f{n}");
        directive(feature, &mut file, &format!("f{n}"), &remote, "()");
        (remote, format!("\tf{n}()"))
    };
    file.body += &format!("{}func run{n}() {{\n{call}\n}}\n", at(feature));
    draft.prints.insert(format!("{n} {n}003"));
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let user = draft.symbols(feature.user);
    let mut truth = told(feature, "func", format!("{user}.f{n}"), target.clone());
    truth.settles = Settles::Always;
    draft.truths.push(truth);
    let what = feature.what();
    draft.lie(&what, "func", &format!("{}.f{n}", Place::Other.path()), &target);
    draft.lie(&what, "func", &format!("{user}.f{n}"), &format!("{owner}.nothing{n}"));
}
