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
    /// None: assembly names the symbol, be it code or data.
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

/// What the linker says of a pull.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Nobody asks.
    Unchecked(Unchecked),
    /// A directive on the symbol's own side lets everybody pull it, or the standard library, to which
    /// the package belongs.
    Marked,
    /// Allowed because it is assembly: all of it until go1.26, later only on architectures where Go
    /// calls assembly without a wrapper.
    Assembly,
    /// Refused: marked for the standard library only (`//go:linknamestd`, go1.27).
    StdOnly,
    /// Refused: the linker's list of blocked names leaves it to these packages.
    Blocked {
        /// The packages that may; nobody if empty.
        allowed: Vec<String>,
    },
    /// Refused: no directive on the symbol's own side.
    NotMarked,
    /// Assembly that no Go code declares: a function pull finds no symbol that Go could call. Code
    /// that reaches it does not link.
    NoGoSymbol,
    /// The release declares a variable where the pull wants a function, or the reverse.
    OtherKind,
    /// An older release had the symbol. A function pull does not link where it is reached, a variable
    /// becomes a private zero.
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
    /// A method or a closure that no release marks: the tables do not hold those. Before go1.23 nobody asks.
    Unknown,
    /// The same since go1.23: refused if it exists, and what does not exist does not link either.
    UnmarkedMember,
    /// A package of the standard library that has no symbol of this name in any known release.
    NoSuchSymbol,
}

/// Why nobody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unchecked {
    /// The linker checks nothing before go1.23.
    OldGo,
    /// The standard library does not define the symbol.
    NotStd,
    /// The symbol is the pulling package's own.
    SamePackage,
    /// A variable with data of its own is a definition.
    OwnData,
    /// A variable whose remote has no dot: meant for C.
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
