//! Which mistakes are made with linkname directives, and what is to be done about each?
//!
//! One table: a code that never changes, how grave it is, whether the toolchain says anything, and the remedy. What
//! the toolchain says was measured (`testdata/source/mistakes`, recorded by the real compiler), most
//! of it is silence. Nothing here looks at a file.

/// How grave a [`Code`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It works, and could be better.
    Advice,
    /// It may be meant, and works otherwise than it reads.
    Warn,
    /// It does not do what it says.
    Deny,
}

impl Level {
    /// `advice`, `warn` or `deny`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// Whether a build tells of the mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It builds without a word.
    Silent,
    /// Compiler or linker refuses the package.
    Late,
    /// One or the other, by Go version or by what else is in the program.
    Either,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $code:literal $level:ident $notice:ident $remedy:literal,)*) => {
        /// What is wrong with a directive, or with what was meant to be one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// All of them, in the table's order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name for programs: stable, kebab-case.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// How grave it is.
            #[must_use]
            pub fn level(self) -> Level {
                match self { $(Self::$name => Level::$level,)* }
            }

            /// Whether a build tells of it.
            #[must_use]
            pub fn notice(self) -> Notice {
                match self { $(Self::$name => Notice::$notice,)* }
            }

            /// What to do about it, in one line.
            #[must_use]
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

codes! {
    // Comments that are no directive.
    /// `// go:linkname`: a comment.
    BlankBeforeWord "blank-before-word" Deny Silent
        "it is a comment: remove the blank between // and go:linkname",
    /// A tab or another blank than a space stands behind the word.
    TabAfterWord "tab-after-word" Deny Silent
        "it is a comment: put one space, and no tab, behind go:linkname",
    /// `//go:linknames`.
    UnknownWord "unknown-word" Deny Silent "it is a comment: the word is go:linkname",
    /// `//Go:linkname`, `//go:LinkName`.
    WrongCase "wrong-case" Deny Silent "it is a comment: write go:linkname in lower case",
    /// `/*go:linkname …*/`.
    BlockComment "block-comment" Deny Silent
        "it is a comment: write //go:linkname on a line of its own",
    /// `//go:linkname` and nothing else.
    BareDirective "bare-directive" Warn Silent
        "it is a comment: name the local function or variable, or remove the line",
    /// `//go:linknamestd` for a Go that does not know it.
    StdBefore127 "linknamestd-before-1.27" Deny Silent
        "Go knows go:linknamestd from 1.27 on and ignores it before: write //go:linkname",

    // Directives that this build does not compile.
    /// The build's constraints leave the file out.
    ExcludedFile "excluded-file" Warn Silent
        "this build leaves the file out: look at its build constraints and its name",
    /// A `_test.go` file.
    TestFile "test-file" Advice Silent "only go test compiles the file: move the directive if the program needs it",

    // What the compiler refuses.
    /// No argument, or more than two.
    Usage "usage" Deny Late "write //go:linkname local [package.remote], and nothing behind it",
    /// Two arguments and then `// …`.
    TrailingComment "trailing-comment" Deny Late "move the comment behind the directive to a line of its own",
    /// Something stands before it on its line.
    Misplaced "misplaced" Deny Late "put the directive on a line of its own",
    /// The file does not import unsafe.
    MissingUnsafe "missing-unsafe" Deny Late "add import _ \"unsafe\" to the file that holds the directive",
    /// Two directives for one local name.
    DuplicateLocal "duplicate-local" Deny Late "keep one directive for each local name in the whole package",
    /// The local name is a method's.
    LocalMethod "local-method" Deny Late "a method cannot be linknamed: declare a function that takes the receiver first",
    /// The local name is a type.
    LocalType "local-type" Deny Late "only functions and variables can be linknamed",
    /// The local name is a constant.
    LocalConstant "local-constant" Deny Late "only functions and variables can be linknamed",
    /// The local name is an imported package.
    LocalImport "local-import" Deny Late "name a function or variable of this package first, then the remote",
    /// The local name is `init`.
    LocalInit "local-init" Deny Late "init cannot be named: give the function another name and call it",
    /// The local name is `_`.
    LocalBlank "local-blank" Deny Either "the blank identifier declares nothing: give it a name",
    /// The package declares no such name.
    LocalUnknown "local-unknown" Deny Late
        "declare the local function or variable in this package, in a file that the build compiles",
    /// The local function has type parameters.
    LocalGeneric "local-generic" Deny Either "a generic function has no one symbol: linkname one that is not generic",
    /// The remote names an instance of a generic function.
    InstantiatedRemote "instantiated-remote" Deny Either "instances of generic functions cannot be reached: use one that is not generic",

    // Directives that say something else than was meant.
    /// A dot in the last element of the remote's path.
    UnescapedPath "unescaped-path" Deny Either "write %2e for each dot in the last element of the remote's path",
    /// The remote belongs to no package.
    DotlessRemote "dotless-remote" Warn Either "write the remote as package/path.name: without a dot it is a C symbol",
    /// A body-less function takes pointers, and the compiler must assume that they escape.
    MissingNoescape "missing-noescape" Advice Silent
        "add //go:noescape if the remote keeps none of its pointers: without it each argument is moved to the heap",

    // What only the target's source tells.
    /// A function that is not there.
    UnknownFunctionTarget "unknown-function-target" Deny Either
        "nothing has this name: correct it; a build fails only once the function is reached",
    /// A variable that was never there.
    UnknownVariableTarget "unknown-variable-target" Deny Silent
        "nothing has this name: correct it; until then the variable is a private one, and zero",
    /// A variable that another version of the package had.
    StaleVariableTarget "stale-variable-target" Deny Silent
        "this version has no such variable any more: without it the local one is private, and zero",
    /// A body under a name that nobody declares or pulls.
    UnwantedPush "unwanted-push" Warn Silent "nobody declares or asks for this name: check its spelling",
    /// A body, and the remote has one too.
    DuplicateDefinition "duplicate-definition" Deny Late "the remote has a body of its own: remove this one to pull it",
    /// A variable with an initial value replaces the remote's.
    InitialisedVariable "initialised-variable" Warn Either
        "the remote variable begins with this value: if that is not meant, remove it and set the value in init",
    /// A variable of another size than the remote's.
    VariableSize "variable-size" Deny Either "declare it with the remote's type: what is written beyond its end hits its neighbours",
    /// A variable for a function's name, or the other way round.
    KindDiffers "kind-differs" Deny Either "a variable can only stand for a variable, a function for a function",
    /// A symbol of Go's own that the linker lets this package not pull.
    RefusedByLinker "refused-by-linker" Deny Late
        "use what Go offers instead, or link with -ldflags=-checklinkname=0, which disables the check for every package",
    /// The remote is exported.
    ExportedTarget "exported-target" Advice Silent "the name is exported: import its package and use it without linkname",
}

impl Code {
    /// Whether it is a directive all the same, to a build that compiles its file.
    #[must_use]
    pub fn is_in_other_file(self) -> bool {
        matches!(self, Self::ExcludedFile | Self::TestFile)
    }
}

/// One mistake at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file: an index into the list that was given.
    pub file: usize,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What is wrong.
    pub code: Code,
    /// The local name that it is about; empty where none is written.
    pub local: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_words_with_a_remedy_in_one_line() {
        let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
        for code in Code::ALL {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
            assert!(code.code().chars().all(plain), "{code:?}");
            assert!(!code.remedy().is_empty() && !code.remedy().contains('\n'), "{code:?}");
        }
    }
}
