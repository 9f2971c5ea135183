//! Which functions does the compiler replace by instructions, so that a use leaves no reference?
//!
//! It depends on the architecture, and elsewhere the function is called like any other. So for a name in this list
//! the absence of a reference proves nothing. The list is made from cmd/compile/internal/ssagen/{ssa,intrinsics}.go of
//! go1.18 to go1.27, all versions together.

/// Packages and the names in them, separated by blanks.
const INTRINSICS: &[(&str, &str)] = &[
    ("crypto/internal/constanttime", "Select boolToUint8"),
    (
        "internal/runtime/atomic",
        "And And32 And64 And8 Anduintptr Cas Cas64 CasRel Casint32 Casint64 Casp1 Casuintptr Load \
         Load64 Load8 LoadAcq LoadAcq64 LoadAcquintptr Loadint32 Loadint64 Loadp Loaduint \
         Loaduintptr Or Or32 Or64 Or8 Oruintptr Store Store64 Store8 StoreRel StoreRel64 \
         StoreReluintptr Storeint32 Storeint64 StorepNoWB Storeuintptr Xadd Xadd64 Xaddint32 \
         Xaddint64 Xadduintptr Xchg Xchg64 Xchg8 Xchgint32 Xchgint64 Xchguintptr",
    ),
    (
        "internal/runtime/maps",
        "bitsetFirst bitsetLowestSet bitsetRemoveBelow bitsetShiftOutLowest ctrlGroupMatchEmpty \
         ctrlGroupMatchEmptyOrDeleted ctrlGroupMatchFull ctrlGroupMatchH2",
    ),
    ("internal/runtime/math", "Add64 Mul64 MulUintptr"),
    (
        "internal/runtime/sys",
        "Bswap32 Bswap64 GetCallerPC GetCallerSP GetClosurePtr Len64 Len8 OnesCount64 Prefetch \
         PrefetchStreamed TrailingZeros32 TrailingZeros64 TrailingZeros8",
    ),
    ("math", "Abs Ceil Copysign FMA Floor Round RoundToEven Sqrt Trunc sqrt"),
    ("math/big", "mulWW"),
    (
        "math/bits",
        "Add Add64 Div Div64 Len Len16 Len32 Len64 Len8 Mul Mul64 OnesCount OnesCount16 \
         OnesCount32 OnesCount64 OnesCount8 Reverse Reverse16 Reverse32 Reverse64 Reverse8 \
         ReverseBytes16 ReverseBytes32 ReverseBytes64 RotateLeft RotateLeft16 RotateLeft32 \
         RotateLeft64 RotateLeft8 Sub Sub64 TrailingZeros16 TrailingZeros32 TrailingZeros64 \
         TrailingZeros8",
    ),
    (
        "runtime",
        "KeepAlive getcallerpc getcallersp getclosureptr memequal mulUintptr publicationBarrier \
         slicebytetostringtmp",
    ),
    (
        "runtime/internal/atomic",
        "And And8 Cas Cas64 CasRel Casint32 Casint64 Casp1 Casuintptr Load Load64 Load8 LoadAcq \
         LoadAcq64 LoadAcquintptr Loadint32 Loadint64 Loadp Loaduint Loaduintptr Or Or8 Store \
         Store64 Store8 StoreRel StoreRel64 StoreReluintptr Storeint32 Storeint64 StorepNoWB \
         Storeuintptr Xadd Xadd64 Xaddint32 Xaddint64 Xadduintptr Xchg Xchg64 Xchgint32 Xchgint64 \
         Xchguintptr",
    ),
    ("runtime/internal/math", "Add64 Mul64 MulUintptr"),
    (
        "runtime/internal/sys",
        "Bswap32 Bswap64 Ctz32 Ctz64 Ctz8 Len64 Len8 OnesCount64 Prefetch PrefetchStreamed \
         TrailingZeros32 TrailingZeros64 TrailingZeros8",
    ),
    ("sync", "runtime_LoadAcquintptr runtime_StoreReluintptr"),
    (
        "sync/atomic",
        "AddInt32 AddInt64 AddUint32 AddUint64 AddUintptr AndInt32 AndInt64 AndUint32 AndUint64 \
         AndUintptr CompareAndSwapInt32 CompareAndSwapInt64 CompareAndSwapUint32 \
         CompareAndSwapUint64 CompareAndSwapUintptr LoadInt32 LoadInt64 LoadPointer LoadUint32 \
         LoadUint64 LoadUintptr OrInt32 OrInt64 OrUint32 OrUint64 OrUintptr StoreInt32 StoreInt64 \
         StoreUint32 StoreUint64 StoreUintptr SwapInt32 SwapInt64 SwapUint32 SwapUint64 \
         SwapUintptr",
    ),
];

/// Whether some release replaces calls of `symbol` by instructions on some architecture.
#[must_use]
pub fn is_intrinsic(symbol: &[u8]) -> bool {
    let symbol = symbol.strip_suffix(b".abi0").unwrap_or(symbol);
    INTRINSICS.iter().any(|(package, names)| {
        let local =
            symbol.strip_prefix(package.as_bytes()).and_then(|rest| rest.strip_prefix(b"."));
        local.is_some_and(|local| names.split(' ').any(|name| name.as_bytes() == local))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pulls of the standard library: `sync` declares both without a body, and no binary refers to them
    /// (82 cases in 59 binaries).
    #[test]
    fn pulls_that_leave_nothing() {
        assert!(is_intrinsic(b"internal/runtime/atomic.LoadAcquintptr"));
        assert!(is_intrinsic(b"runtime/internal/atomic.StoreReluintptr"));
        assert!(is_intrinsic(b"math/bits.TrailingZeros64"));
        assert!(!is_intrinsic(b"runtime.nanotime"));
        assert!(!is_intrinsic(b"internal/runtime/atomic."));
        assert!(!is_intrinsic(b"main.Add"));
    }
}
