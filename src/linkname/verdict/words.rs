//! The words of a judgement: verdicts, and the reasons that each of them can have.

/// What is decided about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Proven to be in effect.
    InEffect(Proof),
    /// Proven to be without effect.
    NotInEffect(Refutation),
    /// Nothing in the binary uses it.
    Unused(Unused),
    /// It leaves nothing in any binary.
    NoTrace(NoTrace),
    /// Nobody can tell from what is there.
    Unproven(Gap),
}

/// Why a claim is in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Proof {
    /// Both names stand at one address and are one code.
    SameAddress,
    /// Code of the local package calls or jumps to the remote.
    Referenced,
    /// Known from source: the local package takes the remote's function value.
    Funcval,
    /// The remote's code is compiled from the local package's source, and others refer to it.
    ForeignFile,
    /// Known from source and referred to: the owner's unit defines the variable.
    DwarfOwner,
    /// Known from source and referred to: the owner's code uses the variable.
    OwnerRefers,
    /// The linker itself defines the variable.
    LinkerDefined,
    /// Known from source: the import that it names is imported.
    DynamicImport,
    /// A directive's definition of the variable won, and the owner or another directive's package uses it.
    LocalDefinition,
    /// The variable is a C object's, and there is one symbol of it.
    CObject,
    /// The remote's code is compiled from the local package's source; nobody outside refers to it.
    Unclaimed,
}

/// Why a claim is not in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Refutation {
    /// The local package compiled a body of its own under the local name.
    OwnBody,
    /// Nobody else defines the variable: it is the local package's private copy.
    Detached,
    /// A function was claimed and the remote is a variable, or the reverse.
    KindMismatch,
    /// Two symbols bear the remote's name, and the local package refers to its own.
    TwoDefinitions,
    /// The remote's code comes from another package's file.
    OwnedElsewhere,
    /// The remote is left to the dynamic loader.
    UndefinedImport,
    /// Known from source: what looks like a directive is none to the compiler.
    NotADirective,
}

/// Why a claim is unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unused {
    /// The remote is not in the binary.
    Absent,
    /// The remote is there; the local package does not refer to it.
    NotCalled,
    /// Every use of the pushed function was inlined.
    Inlined,
}

/// Why a claim leaves no trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoTrace {
    /// One argument and a body: only a permission for the linker.
    PermissionOnly,
    /// One argument, provided by the same package's assembly.
    OwnAssembly,
    /// The compiler replaces every use by instructions.
    Intrinsic,
}

/// Why a claim is unproven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Gap {
    /// A witness that the answer needs is damaged.
    Incomplete,
    /// The answer needs code to be decoded, and this architecture's is not.
    UnsupportedArch,
    /// Not made by the gc toolchain.
    NotGc,
    /// The same bytes would exist without a linkname, or witnesses disagree.
    Ambiguous,
    /// The answer needs tables that this Go version is newer than.
    UnknownGo,
    /// Names of that kind are stripped.
    NoNames,
    /// A variable whose owner's code does not refer to it, and no DWARF says who defines it.
    NoDwarf,
    /// The code could not be searched with certainty.
    NoReferences,
    /// The local package is not in the binary.
    PackageAbsent,
    /// A kind that this version does not judge.
    NotYetJudged,
}

macro_rules! reasons {
    ($($verdict:ident $kind:ident $reason:ident $word:literal $title:literal $(=> $help:literal)?,)*) => {
        impl Verdict {
            /// Every verdict with each of its reasons, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$verdict($kind::$reason),)*];

            /// The reason's word; every reason belongs to one verdict.
            #[must_use]
            pub fn reason(self) -> &'static str {
                match self { $(Self::$verdict($kind::$reason) => $word,)* }
            }

            /// What was seen, in one sentence.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$verdict($kind::$reason) => $title,)* }
            }

            /// What to do about it, in one line, if anything can be done.
            #[must_use]
            pub fn help(self) -> Option<&'static str> {
                let help: &[&'static str] = match self {
                    $(Self::$verdict($kind::$reason) => &[$($help)?],)*
                };
                help.first().copied()
            }
        }
    };
}

reasons! {
    InEffect Proof SameAddress "same-address"
        "Both names stand at one address and are one code or one variable.",
    InEffect Proof Referenced "referenced"
        "The local package's own code calls or jumps to the remote, through trampolines and stubs too.",
    InEffect Proof Funcval "funcval"
        "Known from source: the local package takes the remote's function value.",
    InEffect Proof ForeignFile "foreign-file"
        "A push: the remote's body is compiled from the local package's source, and others refer to it.",
    InEffect Proof DwarfOwner "dwarf-owner"
        "Known from source and referred to: DWARF says that another package's unit defines the variable.",
    InEffect Proof OwnerRefers "owner-refers"
        "Known from source and referred to: the owner's code uses the variable.",
    InEffect Proof LinkerDefined "linker-defined"
        "The linker itself defines the variable (`runtime.text`).",
    InEffect Proof DynamicImport "dynamic-import"
        "Known from source: the import that //go:cgo_import_dynamic gives the name is imported.",
    InEffect Proof LocalDefinition "local-definition"
        "The value or size of the variable that a directive's package declares won, and the owner or another directive's package uses it.",
    InEffect Proof CObject "c-object"
        "The variable is a C object's or assembly's, and there is one symbol of it.",
    InEffect Proof Unclaimed "unclaimed"
        "A push: the remote's body is compiled from the local package's source; nobody outside refers to it.",
    NotInEffect Refutation OwnBody "own-body"
        "The local package compiled a body or variable of its own under the local name."
        => "check that the directive is compiled and spells the local name: gonym scan lists it with its mistakes",
    NotInEffect Refutation Detached "detached"
        "Nobody else defines the variable: it is a private copy, zero unless its own directive says a value (`runtime.ncpu` since 1.25)."
        => "correct the remote's name, or use another way to the value: gonym scan tells whether another Go version has the variable",
    NotInEffect Refutation KindMismatch "kind-mismatch"
        "A variable was linked to a function's name, or the reverse."
        => "declare the local name as what the remote is: a function for a function, a variable for a variable",
    NotInEffect Refutation TwoDefinitions "two-definitions"
        "Two symbols bear the remote's name, and the package refers to Go's own, not C's.",
    NotInEffect Refutation OwnedElsewhere "owned-elsewhere"
        "A push whose remote is another package's code."
        => "push under a name that no other package defines",
    NotInEffect Refutation UndefinedImport "undefined-import"
        "The remote is left undefined, and nothing that the file needs could define it."
        => "define the remote, or correct its name",
    NotInEffect Refutation NotADirective "not-a-directive"
        "Known from source: to the compiler it is a comment, or this build leaves its file out."
        => "correct the line, or build its file: gonym scan says what is wrong with it",
    Unused Unused Absent "absent"
        "The remote is not in the binary."
        => "remove the directive if nothing needs it; --allow-unused accepts it",
    Unused Unused NotCalled "not-called"
        "The remote is there; everything was searched, and nobody of the local package refers to it."
        => "remove the directive if nothing needs it; --allow-unused accepts it",
    Unused Unused Inlined "inlined"
        "Every use of the pushed function was inlined."
        => "nothing is wrong: --allow-unused accepts it",
    NoTrace NoTrace PermissionOnly "permission-only"
        "One argument and a body: only a permission for the linker, which leaves nothing."
        => "nothing is wrong: --allow-unproven accepts it",
    NoTrace NoTrace OwnAssembly "own-assembly"
        "One argument, and the same package's assembly provides the body."
        => "nothing is wrong: --allow-unproven accepts it",
    NoTrace NoTrace Intrinsic "intrinsic"
        "The compiler replaces every use by instructions."
        => "nothing is wrong: --allow-unproven accepts it",
    Unproven Gap Incomplete "incomplete"
        "A witness that the answer needs is damaged; a fault names part and offset."
        => "copy or build the file again",
    Unproven Gap UnsupportedArch "unsupported-arch"
        "The answer needs code to be decoded, and this architecture's is not."
        => "check a build of the same source for an architecture that is decoded",
    Unproven Gap NotGc "not-gc"
        "Not made by the gc toolchain: gccgo, TinyGo, packed, or no Go."
        => "check a build by Go's own toolchain; unpack a packed file first",
    Unproven Gap Ambiguous "ambiguous"
        "The same bytes would exist without a linkname, or witnesses disagree; the message says which."
        => "give the source with --source, and the debug file with --debug if the file is stripped: they may decide it",
    Unproven Gap UnknownGo "unknown-go"
        "The answer needs tables that this Go version is newer than."
        => "use a gonym whose tables know this Go",
    Unproven Gap NoNames "no-names"
        "Names of that kind are stripped: give the debug file with --debug."
        => "give the debug file with --debug, or check a build that was not stripped",
    Unproven Gap NoDwarf "no-dwarf"
        "A variable whose owner's code does not refer to it, and no DWARF says who defines it."
        => "give the debug file with --debug, or build without -ldflags=-w",
    Unproven Gap NoReferences "no-references"
        "The code could not be searched with certainty.",
    Unproven Gap PackageAbsent "package-absent"
        "The local package is not in the binary."
        => "correct the package of the local name, or check a program that links it",
    Unproven Gap NotYetJudged "not-yet-judged"
        "A kind that this version does not judge.",
}

impl Verdict {
    /// The verdict's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::InEffect(_) => "in-effect",
            Self::NotInEffect(_) => "not-in-effect",
            Self::Unused(_) => "unused",
            Self::NoTrace(_) => "no-trace",
            Self::Unproven(_) => "unproven",
        }
    }

    /// Whether only a fault of the file keeps the claim from being judged.
    #[must_use]
    pub fn is_for_fault(self) -> bool {
        self == Self::Unproven(Gap::Incomplete)
    }
}
