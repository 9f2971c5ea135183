//! How a function is used: the same text for a pulled name and for what an inlined getter gives.

use super::draft::{File, Place};

/// A use of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Call,
    CallOverLines,
    Value,
    Defer,
    DeferInLoop,
    Go,
    Table,
    Map,
    Literal,
    OwnLine,
    Apply,
    Ignored,
    Generic,
    Method,
    Interface,
    Closure,
    Result,
    Once,
    IndexFunc,
    FieldsFunc,
    ContainsFunc,
    SortFunc,
    OnceFunc,
    Range,
}

/// What the used function takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Number,
    Pointer,
    Channel,
    Unit,
    Rune,
    Compare,
    Sequence,
}

impl Use {
    /// Every use with its word and the first minor version that has what it needs.
    pub const ALL: [(Self, &'static str, u16); 24] = [
        (Self::Call, "call", 0),
        (Self::CallOverLines, "call-over-lines", 0),
        (Self::Value, "value", 0),
        (Self::Defer, "defer", 0),
        (Self::DeferInLoop, "defer-in-loop", 0),
        (Self::Go, "go", 0),
        (Self::Table, "table", 0),
        (Self::Map, "map", 0),
        (Self::Literal, "literal", 0),
        (Self::OwnLine, "own-line", 0),
        (Self::Apply, "apply", 0),
        (Self::Ignored, "ignored", 0),
        (Self::Generic, "generic", 0),
        (Self::Method, "method", 0),
        (Self::Interface, "interface", 0),
        (Self::Closure, "closure", 0),
        (Self::Result, "result", 0),
        (Self::Once, "once", 0),
        (Self::IndexFunc, "strings-index", 0),
        (Self::FieldsFunc, "strings-fields", 0),
        (Self::ContainsFunc, "strings-contains", 21),
        (Self::SortFunc, "slices-sort", 21),
        (Self::OnceFunc, "once-func", 21),
        (Self::Range, "range-over-func", 23),
    ];

    /// Those that a version has.
    pub fn of(minor: u16) -> Vec<Self> {
        Self::ALL.iter().filter(|(_, _, since)| *since <= minor).map(|(one, _, _)| *one).collect()
    }

    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, _, _)| *one == self).map(|(_, word, _)| *word).expect("listed")
    }

    pub fn shape(self) -> Shape {
        match self {
            Self::Defer | Self::DeferInLoop => Shape::Pointer,
            Self::Go => Shape::Channel,
            Self::Once | Self::OnceFunc => Shape::Unit,
            Self::IndexFunc | Self::FieldsFunc | Self::ContainsFunc => Shape::Rune,
            Self::SortFunc => Shape::Compare,
            Self::Range => Shape::Sequence,
            _ => Shape::Number,
        }
    }
}

impl Shape {
    /// Parameters and results.
    pub fn signature(self) -> &'static str {
        match self {
            Self::Number => "(n int) int",
            Self::Pointer => "(p *int)",
            Self::Channel => "(c chan int)",
            Self::Unit => "()",
            Self::Rune => "(r rune) bool",
            Self::Compare => "(a, b int) int",
            Self::Sequence => "(yield func(int) bool)",
        }
    }

    /// The type without names.
    pub fn of_type(self) -> &'static str {
        match self {
            Self::Number => "func(int) int",
            Self::Pointer => "func(*int)",
            Self::Channel => "func(chan int)",
            Self::Unit => "func()",
            Self::Rune => "func(rune) bool",
            Self::Compare => "func(int, int) int",
            Self::Sequence => "func(func(int) bool)",
        }
    }

    /// What the owner's function number `n` does: it counts, so that it is no other's.
    pub fn body(self, n: usize) -> String {
        let state = format!("state{n}++");
        match self {
            Self::Number => format!("{state}; return n + {n}000 + state{n} - 1"),
            Self::Pointer => format!("{state}; *p = {n}003"),
            Self::Channel => format!("{state}; c <- {n}003"),
            Self::Unit => format!("{state}; println({n}, {n}003)"),
            Self::Rune => format!("{state}; return r == 'X'"),
            Self::Compare => format!("{state}; return b - a"),
            Self::Sequence => format!("{state}; yield({n}003)"),
        }
    }

    /// The second word of the line that a use prints.
    fn says(self, n: usize) -> String {
        match self {
            Self::Rune => "2".to_owned(),
            Self::Compare => "9".to_owned(),
            _ => format!("{n}003"),
        }
    }
}

/// Writes the use of `f`, an expression, as `run{n}` into `file`; gives the line that it prints.
pub fn write(how: Use, f: &str, n: usize, at: &str, file: &mut File) -> String {
    let (before, statements) = text(how, f, n);
    for (word, path) in [("strings.", "strings"), ("slices.", "slices"), ("sync.", "sync")] {
        if statements.contains(word) || before.contains(word) {
            file.import(path);
        }
    }
    if statements.contains("third.") || before.contains("third.") {
        file.import_place(Place::Third);
    }
    file.body += &format!("{at}{before}func run{n}() {{\n{statements}\n}}\n");
    let said = if how == Use::FieldsFunc { "2".to_owned() } else { how.shape().says(n) };
    let said = if how == Use::ContainsFunc { "true".to_owned() } else { said };
    let said = if how == Use::Ignored { "3".to_owned() } else { said };
    format!("{n} {said}")
}

/// What stands before the function, and its statements.
fn text(how: Use, f: &str, n: usize) -> (String, String) {
    let print = |what: &str| (String::new(), format!("\tprintln({n}, {what})"));
    match how {
        Use::Call => print(&format!("{f}(3)")),
        Use::CallOverLines => {
            (String::new(), format!("\tprintln(\n\t\t{n},\n\t\t{f}(\n\t\t\t3,\n\t\t),\n\t)"))
        }
        Use::Value => (String::new(), format!("\tg := {f}\n\tprintln({n}, third.Hold(g, 3))")),
        Use::Defer => (
            String::new(),
            format!("\tx := 0\n\tfunc() {{\n\t\tdefer {f}(&x)\n\t}}()\n\tprintln({n}, x)"),
        ),
        Use::DeferInLoop => (
            String::new(),
            format!(
                "\tx := 0\n\tfunc() {{\n\t\tfor i := 0; i < 2; i++ {{\n\t\t\tdefer {f}(&x)\n\t\t}}\n\t}}()\n\tprintln({n}, x)"
            ),
        ),
        Use::Go => {
            (String::new(), format!("\tc := make(chan int)\n\tgo {f}(c)\n\tprintln({n}, <-c)"))
        }
        Use::Table => (
            format!("var table{n} = []func(int) int{{{f}}}\n\n"),
            format!("\tprintln({n}, table{n}[len(table{n})-1](3))"),
        ),
        Use::Map => (
            format!(
                "var map{n} = map[string]func(int) int{{\n\t\"a\": nil,\n\t\"b\":\n\t{f},\n}}\n\n"
            ),
            format!("\tprintln({n}, map{n}[\"b\"](3))"),
        ),
        Use::Literal => (
            String::new(),
            format!(
                "\tb := &third.Box{{\n\t\tN: 1,\n\t\tF: {f},\n\t}}\n\tprintln({n}, third.Run(b, 3))"
            ),
        ),
        Use::OwnLine => {
            (String::new(), format!("\tprintln({n}, third.Hold(\n\t\t{f},\n\t\t3,\n\t))"))
        }
        Use::Apply => print(&format!("third.Apply({f}, 3)")),
        Use::Ignored => print(&format!("third.Ignore({f}, 3)")),
        Use::Generic => print(&format!("third.Each([]int{{3}}, {f})")),
        Use::Method => print(&format!("third.Box{{F: {f}}}.Do(3)")),
        Use::Interface => (
            String::new(),
            format!("\tvar d third.Doer = third.Func({f})\n\tprintln({n}, third.Run(d, 3))"),
        ),
        Use::Closure => print(&format!("third.Thunk(func() int {{\n\t\treturn {f}(3)\n\t}})")),
        Use::Result => (
            format!("//go:noinline\nfunc give{n}() func(int) int {{\n\treturn {f}\n}}\n\n"),
            format!("\tprintln({n}, give{n}()(3))"),
        ),
        Use::Once => {
            (String::new(), format!("\tvar once sync.Once\n\tonce.Do({f})\n\tonce.Do({f})"))
        }
        Use::IndexFunc => print(&format!("strings.IndexFunc(\"abXc\", {f})")),
        Use::FieldsFunc => print(&format!("len(strings.FieldsFunc(\"abXc\", {f}))")),
        Use::ContainsFunc => print(&format!("strings.ContainsFunc(\"abXc\", {f})")),
        Use::SortFunc => (
            String::new(),
            format!("\tx := []int{{1, 9, 4}}\n\tslices.SortFunc(x, {f})\n\tprintln({n}, x[0])"),
        ),
        Use::OnceFunc => (String::new(), format!("\tsync.OnceFunc({f})()")),
        Use::Range => (
            String::new(),
            format!(
                "\tlast := 0\n\tfor x := range {f} {{\n\t\tlast = x\n\t}}\n\tprintln({n}, last)"
            ),
        ),
    }
}
