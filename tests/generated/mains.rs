//! What package main has and hands on: nobody imports it, so no function of it is inlined elsewhere.

use super::draft::{Draft, File, Place};
use super::functions;
use super::recipe::Feature;
use super::uses::Shape;
use super::variables;

/// How the other package uses the function `f` that it is given.
const FUNCTIONS: [&str; 5] = [
    "f(3)",
    "third.Hold(f, 3)",
    "third.Apply(f, 3)",
    "third.Thunk(func() int { return f(3) })",
    "third.Box{F: f}.Do(3)",
];

/// How it uses the number behind the pointer `p`.
const POINTERS: [&str; 4] = ["*p", "third.Keep(p)", "third.Load(p)", "third.Last([]int{*p})"];

/// Main gives its own function or variable to code of another package, which is called from main, or later.
pub fn twin(draft: &mut Draft, feature: &Feature) {
    let n = feature.number;
    let is_function = feature.variant.is_multiple_of(2);
    let form = feature.variant / 2;
    let (kind, of_type, name, used) = match is_function {
        true => ("func", "func(int) int", format!("f{n}"), FUNCTIONS[form % FUNCTIONS.len()]),
        false => ("var", "*int", format!("v{n}"), POINTERS[form % POINTERS.len()]),
    };
    let (value, parameter) = match is_function {
        true => (name.clone(), format!("f {of_type}")),
        false => (format!("&{name}"), format!("p {of_type}")),
    };
    match is_function {
        true => functions::owner(draft, feature, Shape::Number, ""),
        false => {
            variables::owner(draft, feature, "int", &format!("{n}003"), "");
            draft.run(Place::Main, &format!("Set{n}"));
        }
    }
    let mut other = File::default();
    if used.contains("third.") {
        other.import_place(Place::Third);
    }
    let quiet = if (form / 20).is_multiple_of(2) { "" } else { "//go:noinline\n" };
    other.body = format!("{quiet}func With{n}({parameter}) {{ println({n}, {used}) }}\n");
    let mut main = File::default();
    main.import_place(feature.user);
    let package = feature.user.name();
    let later = form % 3 == 2;
    main.body = match later {
        true => format!("func give{n}() {{ {package}.Kept{n} = {value} }}\n"),
        false => format!("func give{n}() {{ {package}.With{n}({value}) }}\n"),
    };
    if later {
        other.body += &format!("\nvar Kept{n} {of_type}\n\nfunc run{n}() {{ With{n}(Kept{n}) }}\n");
        draft.run(feature.user, &format!("run{n}"));
    }
    draft.prints.insert(format!("{n} {n}003"));
    draft.write(feature.user, &format!("use{n}"), "", &other);
    draft.write(Place::Main, &format!("give{n}"), "", &main);
    draft.run(Place::Main, &format!("give{n}"));
    let (what, user, main) =
        (feature.what(), draft.symbols(feature.user), draft.symbols(Place::Main));
    for place in [&user, Place::Other.path(), Place::Third.path()] {
        draft.lie(&what, kind, &format!("{place}.{name}"), &format!("{main}.{name}"));
    }
    draft.lie(&what, kind, &format!("{user}.{name}"), &format!("{main}.never{n}"));
}
