//! How wide are a pointer and a register of a port, and how many registers carry parameters?
//!
//! The counts were read from src/internal/abi/abi_*.go (`IntArgRegs`, `FloatArgRegs`) and the switch
//! from src/internal/buildcfg/exp.go (`regabiSupported`) of go1.17.13 to go1.27.4; sizes from
//! cmd/compile/internal/ssa/config.go. It knows no types.

/// One port of one Go version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Bytes of a pointer, of an `int` and of a `uintptr`.
    pub pointer: u64,
    /// Bytes of a register: the widest alignment there is.
    pub register: u64,
    /// Registers of whole numbers and pointers; 0 where everything goes by the stack.
    pub integers: usize,
    /// Registers of floating point numbers.
    pub floats: usize,
}

/// GOARCH, pointer, register, integer and float registers, the first minor that uses them.
type Row = (&'static str, u64, u64, usize, usize, u16);

/// Never: a port that passes everything by the stack in every version known.
const NEVER: u16 = u16::MAX;

const PORTS: &[Row] = &[
    ("386", 4, 4, 0, 0, NEVER),
    ("amd64", 8, 8, 9, 15, 17),
    ("arm", 4, 4, 0, 0, NEVER),
    ("arm64", 8, 8, 16, 16, 18),
    ("loong64", 8, 8, 16, 16, 22),
    ("mips", 4, 4, 0, 0, NEVER),
    ("mipsle", 4, 4, 0, 0, NEVER),
    ("mips64", 8, 8, 0, 0, NEVER),
    ("mips64le", 8, 8, 0, 0, NEVER),
    ("ppc64", 8, 8, 12, 12, 18),
    ("ppc64le", 8, 8, 12, 12, 18),
    ("riscv64", 8, 8, 16, 16, 19),
    ("s390x", 8, 8, 8, 16, 26),
    ("wasm", 8, 8, 0, 0, NEVER),
];

impl Machine {
    /// The port `goarch` of Go 1.`minor`; `None` for one that is not known.
    #[must_use]
    pub fn of(goarch: &str, minor: u16) -> Option<Self> {
        let (_, pointer, register, integers, floats, since) =
            *PORTS.iter().find(|row| row.0 == goarch)?;
        let carries = minor >= since;
        Some(Self {
            pointer,
            register,
            integers: if carries { integers } else { 0 },
            floats: if carries { floats } else { 0 },
        })
    }

    /// The same port where everything goes by the stack: what assembly sees (ABI0).
    #[must_use]
    pub fn by_stack(self) -> Self {
        Self { integers: 0, floats: 0, ..self }
    }

    /// Whether any parameter travels in a register.
    #[must_use]
    pub fn has_registers(self) -> bool {
        self.integers > 0
    }
}
