//! Which names do compiler and linker make? ABI marks, closures, wrappers, trampolines.

use super::within_package;

/// `name` without the suffix by which the linker tells ABIs apart.
///
/// cmd/link/internal/ld/symtab.go, mangleABIName: `.abi0`, and `.abiinternal` in shared builds.
pub const ABI_MARKS: [&[u8]; 2] = [b".abi0", b".abiinternal"];

/// `name` without one of [`ABI_MARKS`].
#[must_use]
pub fn without_abi(name: &[u8]) -> &[u8] {
    ABI_MARKS.iter().find_map(|mark| name.strip_suffix(*mark)).unwrap_or(name)
}

/// The shared Go library that a program was linked with, if `name` is the symbol that the program imports to check
/// the library. Only libraries have a `.note.go.deps`; programs have none (measured: 1.27.3, -linkshared).
///
/// cmd/link/internal/ld/lib.go, loadlib; `go.link.abihash.` before 1.20.
#[must_use]
pub fn go_library(name: &[u8]) -> Option<&[u8]> {
    name.strip_prefix(b"go:link.abihash.").or_else(|| name.strip_prefix(b"go.link.abihash."))
}

/// `name` as Go spells it. In a Mach-O symbol table every name begins with an extra `_`.
#[must_use]
pub fn without_underscore(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"_").unwrap_or(name)
}

/// Whether the name is no function of its own in the source: a closure, a wrapper for `go`, `defer`, a method value
/// or a range body, or one of several `init` functions. No source name is a number: go1.27 calls closures of
/// `log.Printf` that were compiled elsewhere `log.Printf.1`.
#[must_use]
pub fn is_derived(name: &[u8]) -> bool {
    is_derived_within(within_package(name))
}

/// [`is_derived`] of a name without its package.
#[must_use]
pub fn is_derived_within(local: &[u8]) -> bool {
    // Every mark of a derived function holds a number, a dash, or a byte that is not ASCII.
    if !local.iter().any(|byte| matches!(byte, b'0'..=b'9' | b'-' | 0x80..)) {
        return false;
    }
    // One byte tells nearly all names from those that hold a mark, and is found in a tenth of the time.
    let holds = |mark: &[u8]| {
        let first = mark.first().is_some_and(|byte| memchr::memchr(*byte, local).is_some());
        first && memchr::memmem::find(local, mark).is_some()
    };
    // `f\u{b7}dwrap\u{b7}1` is what Go 1.17 calls the wrapper of a deferred call.
    if local.ends_with(b"-fm") || holds(b"-range") || holds("\u{b7}dwrap\u{b7}".as_bytes()) {
        return true;
    }
    let mut parts = local.split(|b| *b == b'.');
    let first = parts.next().unwrap_or_default();
    if first.ends_with(b")") {
        // The word after a receiver is a method's name, whatever it looks like.
        parts.next();
    }
    let mut after_init = first == b"init";
    let mut number = false;
    for part in parts {
        if DERIVED.iter().any(|word| part.strip_prefix(*word).is_some_and(starts_with_digit)) {
            return true;
        }
        number = !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        if after_init && number {
            return true;
        }
        after_init = false;
    }
    number
}

/// Whether the compiler wrote the function to initialise its package's variables: `init`, and since Go 1.21 one
/// `map.init.0` for each map of many elements (cmd/compile/internal/staticinit/sched.go, OutlineMapInits).
#[must_use]
pub fn is_initialiser(name: &[u8]) -> bool {
    let local = within_package(name);
    local == b"init" || local.starts_with(b"map.init.")
}

/// Whether the name may be a closure of an inlined function: since Go 1.21 `main.main.Run.func1` has the name of the
/// caller, main.main, in front (cmd/compile/internal/ir/func.go, closureName). A method's own closure looks the same.
#[must_use]
pub fn is_of_inlined(name: &[u8]) -> bool {
    let local = within_package(name);
    let local = match memchr::memchr(b')', local) {
        Some(close) if local.starts_with(b"(") => local.get(close + 2..).unwrap_or_default(),
        _ => local,
    };
    let mut parts = local.split(|byte| *byte == b'.');
    let own = parts.by_ref().take_while(|part| {
        !DERIVED.iter().any(|word| part.strip_prefix(*word).is_some_and(starts_with_digit))
    });
    // `init.0` is one of several init functions.
    let named = own.filter(|part| !part.iter().all(u8::is_ascii_digit));
    is_derived(name) && named.count() > 1
}

/// Prefixes that the compiler numbers (cmd/compile/internal/ir/func.go, closureName).
const DERIVED: &[&[u8]] = &[b"func", b"gowrap", b"deferwrap"];

fn starts_with_digit(rest: &[u8]) -> bool {
    rest.first().is_some_and(u8::is_ascii_digit)
}

/// The function that a linker-made trampoline jumps to: `runtime.f-tramp0` and `runtime.f+0-tramp0` jump to
/// `runtime.f` (cmd/link/internal/{riscv64,arm,arm64,ppc64}/asm.go, go1.27).
#[must_use]
pub fn trampoline_target(name: &[u8]) -> Option<&[u8]> {
    // Nearly no name ends in a number.
    if !name.last().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let mark = memchr::memmem::rfind(name, b"-tramp")?;
    let digits = name.get(mark + b"-tramp".len()..)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let target = name.get(..mark)?;
    // An addend other than 0 points into the middle of a function; no linkname does.
    match memchr::memrchr(b'+', target) {
        Some(plus) => (target.get(plus + 1..)? == b"0").then_some(target.get(..plus)?),
        None => Some(target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_functions_stand_in_no_source() {
        for name in [
            "main.main.func1",
            "main.init.0",
            "main.main.gowrap2",
            "lib.(*T).m-fm",
            "main.main.deferwrap1",
            "main.main-range1",
            "net.init.OnceFunc.func7",
            "main.init.func3",
            "sync.(*Once).doSlow\u{b7}dwrap\u{b7}2",
            "log.Printf.1",
        ] {
            assert!(is_derived(name.as_bytes()), "{name}");
        }
        for name in
            ["main.main", "main.init", "lib.(*T).m", "lib.function", "lib.T.func_", "lib.x.y0"]
        {
            assert!(!is_derived(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn variables_are_initialised_by_functions_of_the_compiler() {
        for name in ["main.init", "example.com/q/z.map.init.0"] {
            assert!(is_initialiser(name.as_bytes()), "{name}");
        }
        for name in ["main.init.0", "main.init.func1", "main.(*T).init", "main.f"] {
            assert!(!is_initialiser(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn closures_of_inlined_functions_are_called_after_others() {
        for name in ["main.main.Run.func1", "main.main.Run.run2.func1.2", "p.(*T).m.Run.gowrap1"] {
            assert!(is_of_inlined(name.as_bytes()), "{name}");
        }
        for name in ["main.main.func1", "main.init.0", "p.(*T).m.func2.1", "main.main", "p.f-fm"] {
            assert!(!is_of_inlined(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn trampolines_lead_to_functions() {
        assert_eq!(trampoline_target(b"runtime.f-tramp0"), Some(&b"runtime.f"[..]));
        assert_eq!(trampoline_target(b"hidden+0-tramp0"), Some(&b"hidden"[..]));
        assert_eq!(trampoline_target(b"hidden+8-tramp0"), None);
        assert_eq!(trampoline_target(b"main.x-tramp"), None);
        assert_eq!(trampoline_target(b"main.main"), None);
    }
}
