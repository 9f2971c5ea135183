//! How wide are a pointer and a register of a platform, and how many registers carry parameters?
//!
//! The register counts are read from src/internal/abi/abi_*.go (`IntArgRegs`, `FloatArgRegs`), the switch from
//! src/internal/buildcfg/exp.go (`regabiSupported`) of go1.17.13 to go1.27.4; the sizes from
//! cmd/compile/internal/ssa/config.go. This file knows no types.
//!
//! ```
//! use gonym::types::machine::Machine;
//!
//! let machine = Machine::of("arm64", 27).expect("a known platform");
//! assert_eq!((machine.pointer, machine.integers), (8, 16));
//! assert!(!Machine::of("386", 27).expect("a known platform").has_registers());
//! ```

/// One platform in one Go version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Bytes of a pointer, an `int` and a `uintptr`.
    pub pointer: u64,
    /// Bytes of a register, which is the largest alignment.
    pub register: u64,
    /// Registers for integers and pointers; 0 if all values are passed on the stack.
    pub integers: usize,
    /// Registers for floating-point numbers.
    pub floats: usize,
}

/// GOARCH, pointer size, register size, integer registers, float registers, the first minor version that uses them.
type Row = (&'static str, u64, u64, usize, usize, u16);

/// A platform that passes all values on the stack in every known version.
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
    /// The platform `goarch` in Go 1.`minor`; `None` if it is unknown.
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

    /// The same platform with all values on the stack, as assembly sees them (ABI0).
    #[must_use]
    pub fn by_stack(self) -> Self {
        Self { integers: 0, floats: 0, ..self }
    }

    /// Whether any parameter is passed in a register.
    #[must_use]
    pub fn has_registers(self) -> bool {
        self.integers > 0
    }
}
