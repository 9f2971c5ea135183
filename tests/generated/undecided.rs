//! Why an answer from source stays open, where a program without the directive, or with another one, may be the
//! same file.
//!
//! What is not listed here fails the test as a falsehood does.

use super::recipe::{Kind, Mode, Recipe};
use super::truth::{Allowed, Truth};

/// A reason, and what it is in the counts: `undecidable` has a twin, `undecided` has none that is known.
type Reason = (&'static str, fn(&Asked<'_>) -> bool);

/// An open answer.
struct Asked<'a> {
    recipe: &'a Recipe,
    truth: &'a Truth,
    message: &'a str,
}

const REASONS: [Reason; 10] = [
    // Another package's text may say `//line made1.go:901` too: its function, inlined there, leaves the same frames.
    ("undecidable attribution", |asked| asked.says("file and function name disagree")),
    // `func With(p *int) { println(third.Second(&v, p)) }`, inlined into main, which hands its own variable over: the
    // line names `v`, and what is used is main's.
    ("undecidable value of main", |asked| {
        asked.is_owned_by_main() && asked.says("own package was inlined there as well")
    }),
    // An overlay's text of the owner may declare the variable, and a getter for it that is inlined on the same line.
    ("undecidable getter beside a phantom", |asked| {
        asked.truth.source == Some(Allowed::Detached)
            && asked.is_of(&[Kind::ChainTwin, Kind::TogetherTwin])
    }),
    // Of two directives on one name either may stand in the table, and the other be dead.
    ("undecidable table of several", |asked| {
        asked.is_of(&[Kind::Chain, Kind::Together])
            && (asked.says("nothing tells whose data it is") || asked.says("is no Go name"))
    }),
    // `run1(lib.Get())` leaves the value on the caller's line as `run1()` does, whose `g := f` has no instruction.
    ("undecidable caller's line", |asked| {
        ["run.go:", "main.go:", "main_test.go:"].iter().any(|file| asked.says(file))
    }),
    // Which directive's package an inlined getter on a neighbouring line is of: either one's leaves the same.
    ("undecidable line of several", |asked| {
        asked.is_of(&[Kind::Chain, Kind::Together]) && asked.says("an inlined function")
    }),
    // A test binary records no modules up to 1.23, and from 1.24 to 1.26 none that its external test alone imports: a
    // package of one with nothing but `//go:linkname v dep/own.v` and `var table = []*int{&v}` leaves no trace but
    // that data.
    ("undecidable data of a test", |asked| {
        asked.recipe.mode == Mode::Test
            && asked.recipe.minor <= 26
            && asked.says("nothing tells whose data it is")
    }),
    // There a voted folder may be another package's of the same name elsewhere.
    ("undecidable folder of a test", |asked| {
        asked.recipe.mode == Mode::Test && asked.says("whose package cannot be told")
    }),
    // All initialisers of a package are one function of the compiler's, whose file `//line` names: another variable's
    // inlined getter stands there too.
    ("undecidable initialiser behind //line", |asked| {
        asked.truth.what.ends_with(" //line") && asked.says("the compiler wrote that code")
    }),
    // A handle that another package reads: nobody asks yet whether anybody else could leave the remote on a line of
    // that function (`[]int{⏎1,⏎shim.V,⏎}` is recorded on the line of 1).
    ("undecided line of a handle", |asked| asked.is_of(&[Kind::VariableHandle])),
];

impl Asked<'_> {
    fn says(&self, words: &str) -> bool {
        self.message.contains(words)
    }

    fn is_owned_by_main(&self) -> bool {
        ["main.", "example.com/g/user_test."].iter().any(|main| self.truth.remote.starts_with(main))
    }

    fn is_of(&self, kinds: &[Kind]) -> bool {
        let words = kinds.iter().map(|kind| format!("{kind:?}").to_lowercase());
        let what = self.truth.what.trim_end_matches(" //line");
        words.into_iter().any(|word| word == what)
    }
}

/// Why the answer to `truth` is open; `None` where nothing is known that makes it so.
pub fn reason(recipe: &Recipe, truth: &Truth, message: &str) -> Option<&'static str> {
    let asked = Asked { recipe, truth, message };
    REASONS.iter().find(|(_, holds)| holds(&asked)).map(|(reason, _)| *reason)
}
