//! Which packages of the standard library name symbols of other packages by a directive?
//!
//! A reference belongs to every function of its inline stack. If one of them belongs to the standard library, it must
//! be known whether its package may have brought the remote there. The list is made from the sources of go1.18 to go1.27
//! (the files for all platforms, without tests, and without names that have no package). `runtime` itself is not in
//! the list: it names hundreds of symbols, and is taken to name everything in the standard library.

use crate::names;

use super::handles::may_use_handle;
use super::symbols::is_standard;

/// A package and the symbols of others that it names, separated by blanks.
const NAMED: &[(&str, &str)] = &[
    ("arena", "reflect.arena_New"),
    ("crypto/sha3", "crypto/internal/fips140hash.sha3Unwrap"),
    ("go/internal/srcimporter", "go/types.srcimporter_setUsesCgo"),
    ("hash/maphash", "runtime.fastrand runtime.fastrand64 runtime.memhash runtime.rand"),
    ("internal/asan", "runtime.asanread runtime.asanwrite"),
    ("internal/bytealg", "runtime.cmpstring runtime.memequal runtime.memequal_varlen"),
    (
        "internal/fuzz",
        "runtime.libfuzzerHookEqualFold runtime.libfuzzerHookStrCmp \
         runtime.libfuzzerTraceCmp1 runtime.libfuzzerTraceCmp2 runtime.libfuzzerTraceCmp4 \
         runtime.libfuzzerTraceCmp8 runtime.libfuzzerTraceConstCmp1 \
         runtime.libfuzzerTraceConstCmp2 runtime.libfuzzerTraceConstCmp4 \
         runtime.libfuzzerTraceConstCmp8",
    ),
    ("internal/godebug", "runtime.write"),
    (
        "internal/msan",
        "runtime.msanfree runtime.msanmalloc runtime.msanmove runtime.msanread \
         runtime.msanwrite",
    ),
    ("internal/poll", "runtime.nanotime syscall.fcntl syscall.fdopendir syscall.writev"),
    (
        "internal/runtime/maps",
        "runtime.bootstrapRand runtime.mapaccess1 runtime.mapaccess1_fast32 \
         runtime.mapaccess1_fast64 runtime.mapaccess1_faststr runtime.mapaccess2 \
         runtime.mapaccess2_fast32 runtime.mapaccess2_fast64 runtime.mapaccess2_faststr \
         runtime.mapassign runtime.mapassign_fast32 runtime.mapassign_fast32ptr \
         runtime.mapassign_fast64 runtime.mapassign_fast64ptr runtime.mapassign_faststr \
         runtime.mapdelete_fast32 runtime.mapdelete_fast64 runtime.mapdelete_faststr \
         runtime.zeroVal",
    ),
    ("internal/sync", "runtime.rand"),
    (
        "internal/syscall/unix",
        "runtime.fcntl runtime.vgetrandom syscall.fcntl syscall.fd_fdstat_get_flags \
         syscall.fstatat syscall.getentropy syscall.ioctlPtr syscall.openat \
         syscall.recvfromInet4 syscall.recvfromInet6 syscall.recvmsgInet4 \
         syscall.recvmsgInet6 syscall.sendmsgNInet4 syscall.sendmsgNInet6 syscall.sendtoInet4 \
         syscall.sendtoInet6 syscall.syscall syscall.syscall6 syscall.syscall6X \
         syscall.syscall9 syscall.syscallPtr syscall.unlinkat syscall.utimensat",
    ),
    (
        "internal/syscall/windows",
        "syscall.rtlGetNtVersionNumbers syscall.wsaSendtoInet4 syscall.wsaSendtoInet6",
    ),
    ("iter", "runtime.coroswitch runtime.newcoro"),
    ("math/bits", "runtime.divideError runtime.overflowError"),
    ("math/rand", "runtime.rand"),
    ("math/rand/v2", "runtime.rand"),
    ("mime/multipart", "net/textproto.readMIMEHeader"),
    ("net", "runtime.rand syscall.fd_fdstat_get_type"),
    (
        "net/http",
        "golang.org/x/net/internal/http3_test.protocolSetHTTP3 \
         net/http/internal/http2_test.transportFromH1Transport net/textproto.readMIMEHeader",
    ),
    ("os", "net.newUnixFile net.newWindowsFile runtime.rand syscall.closedir syscall.readdir_r"),
    ("plugin", "runtime.doInit"),
    ("reflect", "runtime.getStaticuint64s runtime.reflectcall runtime.zeroVal"),
    (
        "runtime/cgo",
        "runtime._cgo_clearenv runtime._cgo_panic_internal runtime._cgo_setenv \
         runtime._cgo_unsetenv runtime.iscgo runtime.set_crosscall2 syscall.cgo_libc_setegid \
         syscall.cgo_libc_seteuid syscall.cgo_libc_setgid syscall.cgo_libc_setgroups \
         syscall.cgo_libc_setregid syscall.cgo_libc_setresgid syscall.cgo_libc_setresuid \
         syscall.cgo_libc_setreuid syscall.cgo_libc_setuid",
    ),
    ("runtime/coverage", "runtime.addExitHook"),
    ("runtime/debug", "runtime.setCrashFD"),
    ("runtime/internal/syscall", "syscall.RawSyscall6"),
    (
        "runtime/pprof",
        "runtime.pprof_blockProfileInternal runtime.pprof_fpunwindExpand \
         runtime.pprof_goroutineLeakProfileWithLabels \
         runtime.pprof_goroutineProfileWithLabels runtime.pprof_makeProfStack \
         runtime.pprof_memProfileInternal runtime.pprof_mutexProfileInternal \
         runtime.pprof_threadCreateInternal",
    ),
    ("runtime/secret", "time.Sleep"),
    ("runtime/trace", "runtime.traceAdvance runtime.traceClockNow"),
    (
        "sync",
        "internal/runtime/atomic.LoadAcquintptr internal/runtime/atomic.StoreReluintptr \
         runtime.randn runtime/internal/atomic.LoadAcquintptr \
         runtime/internal/atomic.StoreReluintptr syscall.hasWaitingReaders",
    ),
    ("syscall", "os.checkClonePidfd runtime.entersyscall runtime.exitsyscall runtime.write"),
    ("testing", "testing/synctest.testingSynctestTest"),
    ("testing/cryptotest", "crypto/internal/rand.SetTestingReader testing.checkParallel"),
    ("time", "runtime.nanotime"),
    ("time/tzdata", "time.registerLoadFromEmbeddedTZData"),
    ("unique", "runtime.rand"),
    (
        "vendor/golang.org/x/net/http3",
        "net/http_test.registerHTTP3Server net/http_test.registerHTTP3Transport",
    ),
    ("vendor/golang.org/x/net/route", "syscall.sysctl"),
    ("vendor/golang.org/x/sys/cpu", "runtime.getAuxv syscall.syscall6"),
];

/// Whether the source of `package` may name `remote` by a directive or a handle, according to the sources of Go's
/// releases. Always true for a package outside the standard library: those sources do not tell.
#[must_use]
pub fn may_name(package: &str, remote: &[u8]) -> bool {
    if !is_standard(package) {
        return true;
    }
    let remote = names::without_abi(remote);
    let owner = names::package(remote).and_then(|owner| std::str::from_utf8(owner).ok());
    let Some(owner) = owner else { return true };
    let named = |(namer, remotes): &(&str, &str)| {
        *namer == package && remotes.split(' ').any(|named| named.as_bytes() == remote)
    };
    if NAMED.iter().any(named) {
        return true;
    }
    match is_standard(owner) {
        true => {
            package == "runtime" || is_exported(owner, remote) || may_use_handle(package, remote)
        }
        // The runtime calls main.main.
        false => package == "runtime" && owner == "main",
    }
}

/// Whether other packages may use the name without a directive; a method of an exported type counts.
fn is_exported(owner: &str, remote: &[u8]) -> bool {
    let name = remote.get(owner.len() + 1..).unwrap_or_default();
    let name = name.strip_prefix(b"(*").unwrap_or(name);
    name.first().is_none_or(|first| !first.is_ascii_lowercase() && *first != b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_standard_library_may_name() {
        assert!(!may_name("slices", b"example.com/q/lib.cmp"));
        assert!(!may_name("slices", b"runtime.nanotime"));
        assert!(may_name("time", b"runtime.nanotime"));
        assert!(!may_name("time", b"runtime.cputicks"));
        assert!(!may_name("sync", b"runtime.nanotime"));
        assert!(may_name("sync", b"syscall.hasWaitingReaders"));
        assert!(may_name("slices", b"strings.Compare"));
        assert!(may_name("runtime", b"reflect.typelinks"));
        assert!(may_name("runtime", b"main.main"));
        assert!(!may_name("runtime", b"example.com/q/lib.cmp"));
        assert!(may_name("internal/poll", b"syscall.recvfromInet4"));
        assert!(may_name("example.com/third", b"example.com/q/lib.cmp"));
        assert!(may_name("strings", b"getpid"));
    }
}
