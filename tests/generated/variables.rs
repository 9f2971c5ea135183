//! Features about variables: shared, displaced, phantom, and twins without a directive.

use super::draft::{Draft, File, Place};
use super::functions::told;
use super::recipe::{Feature, Kind};
use super::truth::{Allowed, Settles};

/// Type, what the owner sets, how it is printed, and what is printed; `{v}` is the variable.
const TYPES: [(&str, &str, &str, &str); 6] = [
    ("int", "{n}003", "{v}", "{n}003"),
    ("string", "\"s{n}\"", "{v}", "s{n}"),
    ("bool", "true", "{v}", "true"),
    ("[4]int", "[4]int{1, {n}003}", "{v}[1]", "{n}003"),
    ("*int", "new(int)", "{v} != nil", "true"),
    ("struct{ A, B int }", "struct{ A, B int }{1, {n}003}", "{v}.B", "{n}003"),
];

/// How a number is read: `{v}` is the variable, `{n}` the feature.
const READS: [(&str, &str, &str); 10] = [
    ("read", "", "println({n}, {v})"),
    ("plus-line", "", "x := 1 +\n\t\t{v}\n\tprintln({n}, x-1)"),
    ("elements", "", "x := []int{\n\t\t1,\n\t\t{v},\n\t}\n\tprintln({n}, third.Last(x))"),
    ("map", "", "m := map[string]int{\n\t\t\"a\":\n\t\t{v},\n\t}\n\tprintln({n}, m[\"a\"])"),
    ("argument-line", "", "println(\n\t\t{n},\n\t\tthird.Last([]int{\n\t\t\t{v},\n\t\t}),\n\t)"),
    ("kept", "", "println({n}, third.Keep(&{v}))"),
    ("loaded", "", "println({n}, third.Load(&{v}))"),
    ("table", "var table{n} = []*int{&{v}}\n\n", "println({n}, *table{n}[len(table{n})-1])"),
    ("or", "", "if third.Seven() == 8 ||\n\t\t{v} == {n}003 {\n\t\tprintln({n}, {n}003)\n\t}"),
    ("closure", "", "f := func() int {\n\t\treturn {v}\n\t}\n\tprintln({n}, third.Thunk(f))"),
];

fn fill(text: &str, n: usize, v: &str) -> String {
    text.replace("{n}", &n.to_string()).replace("{v}", v)
}

/// The word of the read that a feature has.
pub fn read_word(feature: &Feature) -> &'static str {
    READS[feature.variant % READS.len()].0
}

/// The type of a feature's variable, and what its owner sets.
pub fn declared(feature: &Feature) -> (&'static str, String) {
    let (of_type, value, _, _) = TYPES[feature.of_type % TYPES.len()];
    (of_type, fill(value, feature.number, ""))
}

/// Writes `run{n}`, which has the owner set the variable `v` and reads it.
pub fn uses(draft: &mut Draft, feature: &Feature, file: &mut File, v: &str, set: bool) {
    let n = feature.number;
    let of_int = TYPES[feature.of_type % TYPES.len()].0 == "int";
    let (_, _, shown, printed) = TYPES[feature.of_type % TYPES.len()];
    let (before, read) = match of_int {
        true => {
            let (_, before, read) = READS[feature.variant % READS.len()];
            (fill(before, n, v), fill(read, n, v))
        }
        false => (String::new(), format!("println({n}, {})", fill(shown, n, v))),
    };
    let mut call = String::new();
    if set && feature.owner == Place::Main {
        // Nobody imports main, and what main runs itself comes first.
        draft.run(Place::Main, &format!("Set{n}"));
    } else if set {
        file.import_place(feature.owner);
        call = format!("\t{}.Set{n}()\n", feature.owner.name());
    }
    if before.contains("third.") || read.contains("third.") {
        file.import_place(Place::Third);
    }
    let at = if feature.line { format!("//line made{n}.go:{}\n", 900 + n) } else { String::new() };
    file.body += &format!("{at}{before}func run{n}() {{\n{call}\t{read}\n}}\n");
    draft.prints.insert(format!("{n} {}", fill(printed, n, v)));
    draft.write(feature.user, &format!("use{n}"), "", file);
    draft.run(feature.user, &format!("run{n}"));
}

/// The owner's variable, its setter, an inlined way to its address, and a neighbour.
pub fn owner(draft: &mut Draft, feature: &Feature, of_type: &str, value: &str, more: &str) {
    let n = feature.number;
    let body = format!(
        "var v{n} {of_type}\n\nvar never{n} int\n\n\
         //go:noinline\nfunc Set{n}() {{\n\tv{n} = {value}\n\tnever{n}++\n}}\n\n{more}"
    );
    draft.write(feature.owner, &format!("own{n}"), "", &File { body, ..File::default() });
}

fn lies(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (user, owner) = (draft.symbols(feature.user), draft.symbols(feature.owner));
    let what = feature.what();
    let lie = |draft: &mut Draft, local: String, remote: String| {
        draft.lie(&what, "var", &local, &remote);
    };
    lie(draft, format!("{}.v{n}", Place::Other.path()), format!("{owner}.v{n}"));
    lie(draft, format!("{}.v{n}", Place::Third.path()), format!("{owner}.v{n}"));
    lie(draft, format!("{user}.v{n}"), format!("{owner}.never{n}"));
}

/// A variable that is shared with its owner.
pub fn shared(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (of_type, value) = declared(feature);
    owner(draft, feature, of_type, &value, "");
    let remote = format!("{}.v{n}", draft.symbols(feature.owner));
    let mut file = File::default();
    file.import("_ \"unsafe\"");
    file.body = format!("//go:linkname v{n} {remote}\nvar v{n} {of_type}\n\n");
    uses(draft, feature, &mut file, &format!("v{n}"), true);
    let mut truth = told(feature, "var", format!("{}.v{n}", draft.symbols(feature.user)), remote);
    truth.settles = Settles::WithDebug;
    draft.truths.push(truth);
    lies(draft, feature);
}

/// The same reads through a pointer that the owner's inlined function gives.
pub fn twin(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let (of_type, value) = declared(feature);
    let more = format!("func At{n}() *{of_type} {{ return &v{n} }}\n");
    owner(draft, feature, of_type, &value, &more);
    let mut file = File::default();
    file.import_place(feature.owner);
    let v = format!("(*{}.At{n}())", feature.owner.name());
    uses(draft, feature, &mut file, &v, true);
    lies(draft, feature);
    let (user, owner) = (draft.symbols(feature.user), draft.symbols(feature.owner));
    draft.lie(&feature.what(), "var", &format!("{user}.v{n}"), &format!("{owner}.v{n}"));
}

/// Declarations that differ, and locks and counters whose methods are another package's.
pub fn unlike(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let owner = draft.symbols(feature.owner);
    let name = feature.owner.name();
    let set = format!("\t{name}.Set{n}()\n");
    let (theirs, ours, run, said) = match feature.kind {
        Kind::Initialised => (
            format!("var v{n} int\n\n//go:noinline\nfunc Get{n}() int {{ return v{n} }}\n"),
            format!("var v{n} = {n}001"),
            format!("\tprintln({n}, v{n}, {name}.Get{n}())"),
            format!("{n}001 {n}001"),
        ),
        Kind::Dynamic => (
            format!("var v{n} int\n\n//go:noinline\nfunc Get{n}() int {{ return v{n} }}\n"),
            format!("var v{n} = third.Seven()"),
            format!("\tprintln({n}, v{n}, {name}.Get{n}())"),
            "7 7".to_owned(),
        ),
        Kind::OwnerInitialised => (
            format!("var v{n} = {n}003\n\n//go:noinline\nfunc Set{n}() {{ v{n}++ }}\n"),
            format!("var v{n} int"),
            format!("{set}\tprintln({n}, v{n})"),
            format!("{n}004"),
        ),
        Kind::Smaller => (
            format!("var v{n} [4]int32\n\n//go:noinline\nfunc Set{n}() {{ v{n}[0] = {n}003 }}\n"),
            format!("var v{n} int32"),
            format!("{set}\tprintln({n}, v{n})"),
            format!("{n}003"),
        ),
        Kind::Larger => (
            format!("var v{n} int32\n\n//go:noinline\nfunc Set{n}() {{ v{n} = {n}003 }}\n"),
            format!("var v{n} [4]int32"),
            format!("{set}\tprintln({n}, v{n}[0])"),
            format!("{n}003"),
        ),
        Kind::Mutex => (
            format!(
                "var v{n} sync.Mutex\n\n//go:noinline\nfunc Set{n}() bool {{ return v{n}.TryLock() }}\n"
            ),
            format!("var v{n} sync.Mutex"),
            format!("\tv{n}.Lock()\n\tprintln({n}, {name}.Set{n}())\n\tv{n}.Unlock()"),
            "false".to_owned(),
        ),
        _ => (
            format!(
                "var v{n} atomic.Int64\n\n//go:noinline\nfunc Set{n}() {{ v{n}.Store({n}003) }}\n"
            ),
            format!("var v{n} atomic.Int64"),
            format!("{set}\tprintln({n}, v{n}.Load())"),
            format!("{n}003"),
        ),
    };
    let import = |text: &str, file: &mut File| {
        for (word, path) in [("sync.M", "sync"), ("atomic.", "sync/atomic")] {
            if text.contains(word) {
                file.import(path);
            }
        }
    };
    let mut own = File { body: theirs, ..File::default() };
    import(&own.body.clone(), &mut own);
    draft.write(feature.owner, &format!("own{n}"), "", &own);
    let mut file = File::default();
    file.import("_ \"unsafe\"");
    file.import_place(feature.owner);
    import(&ours, &mut file);
    if ours.contains("third.") {
        file.import_place(Place::Third);
    }
    file.body = format!("//go:linkname v{n} {owner}.v{n}\n{ours}\n\nfunc run{n}() {{\n{run}\n}}\n");
    draft.prints.insert(format!("{n} {said}"));
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let local = format!("{}.v{n}", draft.symbols(feature.user));
    let mut truth = told(feature, "var", local, format!("{owner}.v{n}"));
    truth.settles = Settles::WithDebug;
    draft.truths.push(truth);
    let what = feature.what();
    draft.lie(&what, "var", &format!("{}.v{n}", Place::Other.path()), &format!("{owner}.v{n}"));
}

/// A variable that no package declares under that name, or that lies on a function's.
pub fn phantom(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let onto_function = feature.kind == Kind::OntoFunction;
    let body = format!(
        "var state{n} int\n\n//go:noinline\nfunc G{n}(n int) int {{ state{n}++; return g{n}(n) }}\n\n\
         //go:noinline\nfunc g{n}(n int) int {{ return n + {n}000 + state{n} - 1 }}\n"
    );
    draft.write(feature.owner, &format!("own{n}"), "", &File { body, ..File::default() });
    let owner = draft.symbols(feature.owner);
    let remote = match feature.variant % 3 {
        _ if onto_function => format!("{owner}.g{n}"),
        0 => format!("example.com/absent.ghost{n}"),
        _ => format!("{owner}.ghost{n}"),
    };
    let mut file = File::default();
    file.import("_ \"unsafe\"");
    file.import_place(feature.owner);
    let (init, first) = match (onto_function, feature.of_type % 3) {
        (false, 1) => (" = 5".to_owned(), 5),
        _ => (String::new(), 0),
    };
    let name = feature.owner.name();
    file.body = format!(
        "//go:linkname v{n} {remote}\nvar v{n} int{init}\n\nfunc run{n}() {{\n\
         \tprintln({n}, v{n}, {name}.G{n}(3))\n\tv{n} = 9\n}}\n"
    );
    draft.prints.insert(format!("{n} {first} {n}003"));
    draft.write(feature.user, &format!("use{n}"), "", &file);
    draft.run(feature.user, &format!("run{n}"));
    let local = format!("{}.v{n}", draft.symbols(feature.user));
    let mut truth = told(feature, "var", local, remote.clone());
    truth.pair = Some(Allowed::Detached);
    truth.source = Some(Allowed::Detached);
    truth.settles = Settles::WithDebug;
    draft.truths.push(truth);
    let what = feature.what();
    draft.lie(&what, "var", &format!("{}.v{n}", Place::Other.path()), &remote);
}
