//! May this package pull that symbol of the standard library? The words of the question and of its
//! answer; `release` answers it.

/// What the local side of a pull declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handle {
    /// A function without a body.
    Function,
    /// A variable without an initialiser.
    Variable,
    /// A variable with an initialiser that is data: it replaces the remote's definition.
    InitialisedVariable,
    /// Nothing: assembly names the symbol, which may be code or data.
    Assembly,
}

/// One pull.
#[derive(Clone, Copy, Debug)]
pub struct Pull<'a> {
    /// The package that pulls: its real import path, `main` for a program.
    pub package: &'a str,
    /// Whether that package belongs to the standard library.
    pub std: bool,
    /// The remote name.
    pub symbol: &'a [u8],
    /// The local declaration.
    pub handle: Handle,
}

/// What the linker says about a pull.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// The linker does not check it.
    Unchecked(Unchecked),
    /// Allowed: a directive beside the symbol's declaration permits it, to everybody or to the standard library, to
    /// which the package belongs. Or the list of blocked names has the package among those that may.
    Marked,
    /// Allowed because it is assembly: all of it until go1.26, later only on architectures where Go
    /// calls assembly without a wrapper.
    Assembly,
    /// Refused: marked for the standard library only (`//go:linknamestd`, go1.27).
    StdOnly,
    /// Refused: the linker's list of blocked names reserves the symbol for these packages.
    Blocked {
        /// The packages that may; nobody if empty.
        allowed: Vec<String>,
    },
    /// Refused: no directive beside the symbol's declaration permits it.
    NotMarked,
    /// A function in assembly that no Go code declares. It has no symbol that Go code could call, so a
    /// program whose code reaches the pull does not link.
    NoGoSymbol,
    /// The release declares a variable where the pull wants a function, or the reverse.
    OtherKind,
    /// An older release had the symbol. If code reaches a function pull, the program does not link. A
    /// variable becomes a private zero.
    Gone {
        /// The first minor without it.
        since: u16,
    },
    /// Only a newer release has the symbol.
    NotYet {
        /// The first minor with it.
        since: u16,
    },
    /// The release has it, but not on this platform.
    OtherPlatform,
    /// A method or a closure that no release marks. The tables do not hold those, and before go1.23 the linker checks
    /// nothing.
    Unknown,
    /// A method or a closure that no release marks, since go1.23: refused if it exists, and if not, it does not link
    /// either.
    UnmarkedMember,
    /// The package is one of the standard library, and in no known release it has a symbol of this name.
    NoSuchSymbol,
}

/// Why the linker does not check a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unchecked {
    /// The linker checks nothing before go1.23.
    OldGo,
    /// The standard library does not define the symbol.
    NotStd,
    /// The symbol is the pulling package's own.
    SamePackage,
    /// The local variable has data of its own, so it is a definition and no pull.
    OwnData,
    /// A variable whose remote has no dot: such names are for C.
    NoDot,
    /// A function to which compiled code refers by index (go1.23).
    ByIndex,
}

impl Permission {
    /// Whether the build needs `-ldflags=-checklinkname=0`.
    #[must_use]
    pub fn needs_checklinkname_0(&self) -> bool {
        matches!(
            self,
            Self::StdOnly | Self::Blocked { .. } | Self::NotMarked | Self::UnmarkedMember
        )
    }

    /// Whether the pull links and finds what it names.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Unchecked(_) | Self::Marked | Self::Assembly)
    }
}
