//! The table of all codes that a finding can carry: severity, title, help.
//!
//! A row has the title (its comment), the stable word, the group, the level that applies unless the case gives
//! another, and the help. What compilers and linkers say about the same mistake was measured
//! (`testdata/source/mistakes`): mostly nothing.

use super::{Group, Level};

macro_rules! codes {
    ($($(#[doc = $title:literal])+ $name:ident $word:literal $group:ident $level:ident $help:literal,)*) => {
        /// What a finding is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $title])+ $name,)* }

        impl Code {
            /// All of them, in the table's order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name for programs: stable, kebab-case.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What kind of finding it is.
            #[must_use]
            pub fn group(self) -> Group {
                match self { $(Self::$name => Group::$group,)* }
            }

            /// Its severity, unless the case gives another level.
            #[must_use]
            pub fn level(self) -> Level {
                match self { $(Self::$name => Level::$level,)* }
            }

            /// What is so, in one line.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => concat!($($title),+).trim_ascii(),)* }
            }

            /// What to do about it, in one line.
            #[must_use]
            pub fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)* }
            }
        }
    };
}

codes! {
    // Comments that are no directive.
    /// A blank stands between `//` and `go:linkname`.
    BlankBeforeWord "blank-before-word" Comment Deny
        "it is a comment: remove the blank between // and go:linkname",
    /// A tab or another blank stands behind the word, where only a space may.
    TabAfterWord "tab-after-word" Comment Deny
        "it is a comment: put one space, and no tab, behind go:linkname",
    /// The word is misspelt: `//go:linknames`.
    UnknownWord "unknown-word" Comment Deny
        "it is a comment: the word is go:linkname",
    /// The word has capital letters: `//Go:linkname`, `//go:LinkName`.
    WrongCase "wrong-case" Comment Deny
        "it is a comment: write go:linkname in lower case",
    /// The directive is in a block comment: `/*go:linkname …*/`.
    BlockComment "block-comment" Comment Deny
        "it is a comment: write //go:linkname on a line of its own",
    /// `//go:linkname` stands alone and names nothing.
    BareDirective "bare-directive" Comment Warn
        "it is a comment: name the local function or variable, or remove the line",
    /// Go before 1.27 does not know `//go:linknamestd`.
    StdBefore127 "linknamestd-before-1.27" Comment Deny
        "Go knows go:linknamestd from 1.27 on and ignores it before: write //go:linkname",

    // Directives that this build does not compile.
    /// The build's constraints leave the file out.
    ExcludedFile "excluded-file" Build Warn
        "this build leaves the file out: look at its build constraints and its name",
    /// The directive is in a `_test.go` file.
    TestFile "test-file" Build Advice
        "only go test compiles the file: move the directive if the program needs it",

    // What the compiler refuses.
    /// The directive has no argument, or more than two.
    Usage "usage" Compiler Deny
        "write //go:linkname local [package.remote], and nothing behind it",
    /// A comment (`// …`) stands behind the two arguments.
    TrailingComment "trailing-comment" Compiler Deny
        "move the comment behind the directive to a line of its own",
    /// Something stands before the directive on its line.
    Misplaced "misplaced" Compiler Deny
        "put the directive on a line of its own",
    /// The file does not import unsafe.
    MissingUnsafe "missing-unsafe" Compiler Deny
        "add import _ \"unsafe\" to the file that holds the directive",
    /// Two directives have the same local name.
    DuplicateLocal "duplicate-local" Compiler Deny
        "keep one directive for each local name in the whole package",
    /// The local name is the name of a method.
    LocalMethod "local-method" Compiler Deny
        "a method cannot be linknamed: declare a function that takes the receiver first",
    /// The local name is a type.
    LocalType "local-type" Compiler Deny
        "only functions and variables can be linknamed",
    /// The local name is a constant.
    LocalConstant "local-constant" Compiler Deny
        "only functions and variables can be linknamed",
    /// The local name is an imported package.
    LocalImport "local-import" Compiler Deny
        "name a function or variable of this package first, then the remote",
    /// The local name is `init`.
    LocalInit "local-init" Compiler Deny
        "init cannot be named: give the function another name and call it",
    /// The local name is `_`.
    LocalBlank "local-blank" Compiler Deny
        "the blank identifier declares nothing: give it a name",
    /// The package declares no such name.
    LocalUnknown "local-unknown" Compiler Deny
        "declare the local function or variable in this package, in a file that the build compiles",
    /// The local function has type parameters.
    LocalGeneric "local-generic" Compiler Deny
        "a generic function has no one symbol: linkname one that is not generic",
    /// The remote names an instance of a generic function.
    InstantiatedRemote "instantiated-remote" Compiler Deny
        "instances of generic functions cannot be reached: use one that is not generic",

    // Directives that say something else than was meant.
    /// The last element of the remote's path has a dot that is not escaped.
    UnescapedPath "unescaped-path" Meaning Deny
        "write %2e for each dot in the last element of the remote's path",
    /// The remote has no dot, so it belongs to no package.
    DotlessRemote "dotless-remote" Meaning Warn
        "write the remote as package/path.name: without a dot it is a C symbol",
    /// A function without a body takes pointers, and the compiler must assume that they escape.
    MissingNoescape "missing-noescape" Meaning Advice
        "add //go:noescape if the remote keeps none of its pointers: without it each argument is moved to the heap",

    // What only the target's source tells.
    /// The local name is a function, and nothing has the remote's name.
    UnknownFunctionTarget "unknown-function-target" Target Deny
        "nothing has this name: correct it; a build fails only once the function is reached",
    /// The local name is a variable, and nothing has the remote's name in any known version.
    UnknownVariableTarget "unknown-variable-target" Target Deny
        "nothing has this name: correct it; until then the variable is a private one, and zero",
    /// Only another version of the package has the remote variable.
    StaleVariableTarget "stale-variable-target" Target Deny
        "this version has no such variable any more: without it the local one is private, and zero",
    /// A body gets a name that nobody declares or pulls.
    UnwantedPush "unwanted-push" Target Warn
        "nobody declares or asks for this name: check its spelling",
    /// Both the local function and the remote have a body.
    DuplicateDefinition "duplicate-definition" Target Deny
        "the remote has a body of its own: remove this one to pull it",
    /// The local variable has an initial value, which replaces the remote's.
    InitialisedVariable "initialised-variable" Target Warn
        "the remote variable begins with this value: if that is not meant, remove it and set the value in init",
    /// The local variable has another size than the remote.
    VariableSize "variable-size" Target Deny
        "declare it with the remote's type: what is written beyond its end hits its neighbours",
    /// A variable is linked to a function's name, or a function to a variable's.
    KindDiffers "kind-differs" Target Deny
        "a variable can only stand for a variable, a function for a function",
    /// Go's linker does not let this package pull the symbol.
    RefusedByLinker "refused-by-linker" Target Deny
        "use what Go offers instead, or link with -ldflags=-checklinkname=0, which disables the check for every package",
    /// The remote is exported.
    ExportedTarget "exported-target" Target Advice
        "the name is exported: import its package and use it without linkname",

    // What the two sides' declarations, held against each other, show.
    /// The results of the two functions differ.
    SignatureResults "signature-results" Signature Deny
        "declare the target's results: the caller reads what the target does not write",
    /// The parameters of the two functions differ.
    SignatureParameters "signature-parameters" Signature Deny
        "declare the target's parameters: it reads what the caller does not write",
    /// A pointer on one side is a number on the other.
    SignaturePointer "signature-pointer" Signature Warn
        "declare a pointer as a pointer: the collector neither sees nor keeps what a number points to",
    /// One side is an interface with methods, the other is one without.
    SignatureInterface "signature-interface" Signature Deny
        "declare the target's interface: the first word of one is a method table, of the other a type",
    /// A parameter points to less memory than the target's does.
    SignaturePointee "signature-pointee" Signature Warn
        "declare what the pointer points to in the target's size: what is written behind it hits its neighbours",
    /// The sizes are equal, but the meaning is not: a map with other keys, a function with another signature.
    SignatureMeaning "signature-meaning" Signature Warn
        "declare the target's types: equal sizes do not make equal meanings",
    /// The two declarations of a variable differ in size: the local one is smaller, or the linker kept one of the two.
    SignatureSize "signature-size" Signature Warn
        "declare one type in both packages, if more than the beginning of the remote is meant",
    /// The two variables have pointers at different places.
    PointerMap "pointer-map-differs" Signature Deny
        "declare the remote's type: the collector looks for pointers where the owner's type has them",

    // What stands beside a verdict.
    /// A third package provides the remote's code.
    DefinedBy "defined-by" Beside Warn
        "the name is that package's push: judge its directive too",
    /// Several claims of one package are about one remote, and a binary cannot tell them apart.
    SeveralDirectives "several-directives-one-remote" Beside Warn
        "run gonym check where the sources are: lines tell whose reference it is",
    /// Nobody declares the remote: the packages that link to it share a variable without an owner.
    NoOwner "no-owner" Beside Warn "declare the variable in the package that should own it",
    /// The tables do not know the Go version that made the file.
    GoOutsideTables "go-outside-tables" Beside Warn "use a gonym that knows this Go: what rests on a table is unproven",
    /// Go's linker refuses the pull without -checklinkname=0.
    NeedsFlag "needs-checklinkname-0" Beside Warn
        "use what Go offers instead; the flag disables the check for every package",
    /// -X names a variable to which a directive gave another name.
    FlagXIgnored "ldflags-x-ignored" Beside Warn "set the variable under the name that the directive gave it",
    /// The source may not be the source of this build.
    SourceDoubtful "source-doubtful" Beside Warn "check out what was built, or build again",
    /// The source has no directive with the names of the pair.
    NoSuchDirective "no-such-directive" Beside Deny "correct the names of the pair",

    // Rules that do not hold.
    /// A required name is not in the binary, or a forbidden one is.
    RuleFails "rule-fails" Rule Deny
        "change the program, or the rule: --require, --forbid",
    /// The lists of names that could tell are stripped, damaged or not read.
    RuleUnproven "rule-unproven" Rule Deny
        "ask for func:NAME or pkg:PATH, which stripped files answer too, or give the file before it was stripped",

    /// Something of a kind that --fail-on names is not the same in both files.
    Differs "differs" Rule Deny
        "look at what changed, or leave the kind out of --fail-on",

    // What is missing of the sources.
    /// The build cannot be read out of the binary.
    SourceUnknown "source-unknown" Gap Warn "name the claims with --pair",
    /// --source names a module that is not in the build.
    SourceNotInBuild "source-not-in-build" Gap Warn "name a module that go version -m shows",
    /// The source of a module was not found.
    SourceMissing "source-missing" Gap Warn "fetch it with go mod download, or say where it lies with --source MODULE=DIR",
    /// Only the source of another version of the module was found.
    OtherVersion "source-of-another-version" Gap Warn "fetch the recorded version, or say where it lies with --source MODULE=DIR",
    /// A package of the build was not found in its module.
    PackageMissing "package-missing" Gap Warn "check out what was built: generated packages too",
    /// A file that was compiled was not found.
    FileMissing "file-missing" Gap Warn "check out what was built: generated files too",
    /// A file that was compiled would not be selected for this build.
    FileRejected "file-rejected" Gap Warn "check out what was built",
    /// Packages that only a missing package imports are not known.
    NotReached "not-reached" Gap Warn "mend the gap in front of it",
    /// The code in a file is not the code that was compiled.
    SourceNewer "source-newer" Gap Warn "check out what was built, or build again",
    /// A file was written after the binary, but may hold what was compiled.
    SourceTouched "source-touched" Gap Advice "build again, if it is not known why",
    /// A package could not be read.
    PackageUnreadable "package-unreadable" Gap Warn "mend the file that the message names",

    // What is wrong with an input.
    /// The file does not exist or cannot be opened.
    NotFound "not-found" Fault Deny "correct the path",
    /// The operating system failed to read it.
    ReadFailed "read-failed" Fault Deny "copy the file to a disk that can be read",
    /// The input is a directory, pipe, socket or device; only regular files and standard input are read.
    NotRegular "not-regular" Fault Deny "name a regular file, or - for standard input",
    /// Standard input is longer than 1 GiB.
    TooLarge "too-large" Fault Deny "write it to a file and name that",
    /// The file is not an executable of a known format.
    NotExecutable "not-executable" Fault Deny "name an ELF, Mach-O or PE file, or an archive of them",
    /// The format or feature is known, but gonym does not read it.
    Unsupported "unsupported" Fault Deny "unpack or convert it first",
    /// The bytes that a header promises are not in the file.
    Truncated "truncated" Fault Deny "copy the file again: it is cut",
    /// A field holds a value that its format does not allow.
    InvalidValue "invalid-value" Fault Deny "copy or build the file again: it is damaged",
    /// Two parts of the file contradict each other.
    Disagreement "disagreement" Fault Deny "copy or build the file again: it is damaged",
    /// The file changed while it was being read.
    Changed "changed" Fault Deny "run gonym again once nothing writes to it",
    /// A file that should belong to the input belongs to another.
    Mismatch "mismatch" Fault Deny "name the file of the same build",
    /// No compiler accepts the source file.
    SyntaxError "syntax-error" Fault Deny "correct the file: what stands behind the error is not known",
    /// A source file or folder cannot be read.
    Unreadable "unreadable" Fault Deny "make it readable",
}

impl Code {
    /// Whether the line is a directive in a build that compiles its file.
    #[must_use]
    pub fn is_in_other_file(self) -> bool {
        self.group() == Group::Build
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_words_with_title_and_help_in_one_line() {
        let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
            assert!(code.word().chars().all(plain), "{code:?}");
            for text in [code.title(), code.help()] {
                assert!(!text.is_empty() && !text.contains('\n'), "{code:?}");
            }
        }
    }
}
