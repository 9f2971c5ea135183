//! What does Go offer in public for a symbol that people pull?
//!
//! Written by hand, because only a person knows what a pull is for. `tests/replacements.rs` compiles
//! every name with the first Go release that is said to have it, and compares every symbol with the
//! releases that had it. A replacement is advice: its row says where it differs from the symbol.

/// A public way to what a symbol is pulled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Replacement {
    /// The package to import; empty for a builtin.
    pub package: &'static str,
    /// What to use of it, as Go spells it: `rand.Uint32`, `(*sync.Mutex).Lock`.
    pub names: &'static [&'static str],
    /// The first minor that has all of it.
    pub since: u16,
    /// Why it can be used instead, and what it does differently.
    pub note: &'static str,
}

/// The symbols, separated by blanks, and what to use instead. A trailing `*` stands for any ending.
type Row = (&'static str, Replacement);

const fn new(
    package: &'static str,
    names: &'static [&'static str],
    since: u16,
    note: &'static str,
) -> Replacement {
    Replacement { package, names, since, note }
}

#[rustfmt::skip]
static ROWS: &[Row] = &[
    // Random numbers and hashes.
    ("runtime.fastrand runtime.fastrandn runtime.fastrandu runtime.fastrand64 runtime.cheaprand \
      runtime.cheaprandn runtime.cheaprand64 runtime.rand runtime.rand32 runtime.randn os.fastrand \
      net.fastrandu math/rand.fastrand64 sync.fastrandn",
     new("math/rand/v2", &["rand.Uint32", "rand.Uint32N", "rand.Uint64", "rand.Uint64N"], 22,
         "they draw from the same generators of the runtime, without a lock")),
    ("runtime.memhash runtime.memhash32 runtime.memhash64 runtime.strhash runtime.stringHash \
      runtime.bytesHash",
     new("hash/maphash", &["maphash.Bytes", "maphash.String", "maphash.MakeSeed"], 19,
         "it is the same hash, with a seed of its own")),
    ("runtime.nilinterhash runtime.interhash runtime.typehash runtime.efaceHash runtime.ifaceHash",
     new("hash/maphash", &["maphash.Comparable[int]"], 24, "it hashes any comparable value")),

    // Time.
    ("runtime.nanotime runtime.nanotime1 time.runtimeNano sync.runtime_nanotime",
     new("time", &["time.Now", "time.Since"], 18,
         "time.Since of a start reads only the monotonic clock, at about the cost of nanotime")),
    ("time.now time.runtimeNow runtime.walltime runtime.walltime1",
     new("time", &["time.Now", "time.Time.UnixNano"], 18, "they read the same clock")),
    ("time.startTimer time.stopTimer time.resetTimer time.newTimer",
     new("time", &["time.AfterFunc", "(*time.Timer).Stop", "(*time.Timer).Reset"], 18,
         "the timer runs the function in a goroutine of its own")),
    ("time.absDate time.absClock time.Time.abs",
     new("time", &["time.Time.Date", "time.Time.Clock", "time.Time.Unix"], 18, "they compute the same numbers")),
    ("time.nextStdChunk", new("time", &["time.Time.AppendFormat"], 18, "it formats by a layout; there is no public parser of layouts")),

    // Maps through reflection.
    ("runtime.mapiterinit runtime.mapiternext reflect.mapiterinit reflect.mapiternext \
      reflect.mapiterkey reflect.mapiterelem reflect.mapIterNext reflect.mapIterStart",
     new("reflect", &["reflect.Value.MapRange", "(*reflect.MapIter).Next", "reflect.Value.SetIterKey", "reflect.Value.SetIterValue"], 18,
         "the layout of the iterator changed in go1.24; SetIterKey and SetIterValue do not allocate")),
    ("runtime.mapaccess1 runtime.mapaccess2 runtime.mapaccess1_fast32 runtime.mapaccess1_fast64 \
      runtime.mapaccess1_faststr runtime.mapaccess2_fast32 runtime.mapaccess2_fast64 \
      runtime.mapaccess2_faststr reflect.mapaccess reflect.mapaccess_faststr",
     new("reflect", &["reflect.Value.MapIndex"], 18, "it copies the element")),
    ("runtime.mapassign runtime.mapassign_fast32 runtime.mapassign_fast32ptr runtime.mapassign_fast64 \
      runtime.mapassign_fast64ptr runtime.mapassign_faststr reflect.mapassign reflect.mapassign0 \
      reflect.mapassign_faststr reflect.mapassign_faststr0 runtime.mapdelete runtime.mapdelete_fast32 \
      runtime.mapdelete_fast64 runtime.mapdelete_faststr reflect.mapdelete reflect.mapdelete_faststr",
     new("reflect", &["reflect.Value.SetMapIndex"], 18, "a zero Value deletes the key")),
    ("runtime.mapclear reflect.mapclear", new("reflect", &["reflect.Value.Clear"], 21, "it empties any map or slice")),
    ("reflect.maplen reflect.chanlen reflect.chancap", new("reflect", &["reflect.Value.Len", "reflect.Value.Cap"], 18, "they return the same numbers")),
    ("runtime.makemap runtime.makemap_small runtime.makemap64 reflect.makemap",
     new("reflect", &["reflect.MakeMapWithSize"], 18, "it makes a map of any type")),
    ("maps.clone", new("maps", &["maps.Clone[map[int]int]"], 21, "it calls this function")),
    ("maps.keys maps.values", new("maps", &["maps.Keys[map[int]int]", "maps.Values[map[int]int]"], 23, "they return iterators")),

    // Memory and values through reflection.
    ("runtime.typedmemmove reflect.typedmemmove",
     new("reflect", &["reflect.Value.Set", "reflect.NewAt"], 18, "they assign with write barriers")),
    ("runtime.typedslicecopy reflect.typedslicecopy", new("reflect", &["reflect.Copy"], 18, "it copies with write barriers")),
    ("runtime.typedmemclr reflect.typedmemclr reflect.typedmemclrpartial", new("reflect", &["reflect.Value.SetZero"], 20, "it zeroes with write barriers")),
    ("runtime.newobject reflect.unsafe_New", new("reflect", &["reflect.New", "reflect.Value.UnsafePointer"], 18, "they allocate one value of a type")),
    ("runtime.newarray reflect.unsafe_NewArray runtime.makeslice runtime.makeslicecopy runtime.makeslice64",
     new("reflect", &["reflect.MakeSlice"], 18, "it allocates a slice of any type")),
    ("runtime.growslice reflect.growslice",
     new("reflect", &["reflect.Value.Grow", "reflect.Value.SetLen"], 20, "they grow a slice of any type; slices.Grow (go1.21) does it for a known element type")),
    ("runtime.mallocgc", new("reflect", &["reflect.New", "reflect.MakeSlice"], 18,
         "they always zero the memory; strings.Builder.Grow does not, for bytes")),
    ("internal/bytealg.MakeNoZero runtime.rawbyteslice runtime.rawstring runtime.rawstringtmp",
     new("strings", &["(*strings.Builder).Grow", "(*strings.Builder).WriteByte"], 18, "Grow does not zero the memory since go1.22")),
    ("runtime.memmove", new("", &["copy", "unsafe.Slice"], 18, "copy compiles to this call, and unsafe.Slice makes its operands")),
    ("runtime.memclrNoHeapPointers runtime.memclrHasPointers", new("", &["clear"], 21, "clear of a slice compiles to this call")),
    ("runtime.memequal", new("bytes", &["bytes.Equal"], 18, "it compiles to this call")),
    ("runtime.cmpstring", new("strings", &["strings.Compare"], 18, "it calls this function since go1.23")),
    ("runtime.slicebytetostring runtime.slicebytetostringtmp", new("", &["unsafe.String", "unsafe.SliceData"], 20, "they make a string of the bytes without a copy")),
    ("runtime.stringtoslicebyte", new("", &["unsafe.Slice", "unsafe.StringData"], 20, "they give the bytes of a string, which must not be written to")),
    ("reflect.toType", new("reflect", &["reflect.TypeOf"], 18, "it takes a value and not its descriptor")),
    ("reflect.valueInterface reflect.packEface", new("reflect", &["reflect.Value.Interface"], 18, "it refuses values of unexported fields")),
    ("reflect.(*rtype).*", new("reflect", &["reflect.Type.Align", "reflect.Type.Elem", "reflect.Type.Method"], 18,
         "the interface has the same methods")),
    ("reflect.(*Value).pointer", new("reflect", &["reflect.Value.UnsafePointer"], 18, "it returns the same pointer")),
    ("reflect.makechan runtime.makechan", new("reflect", &["reflect.MakeChan"], 18, "it makes a channel of any type")),
    ("reflect.chansend reflect.chansend0 reflect.chanrecv runtime.chansend runtime.chanrecv",
     new("reflect", &["reflect.Value.Send", "reflect.Value.Recv", "reflect.Value.TrySend", "reflect.Value.TryRecv"], 18, "they work on channels of any type")),

    // Scheduling and synchronisation.
    ("runtime.procPin runtime.procUnpin sync.runtime_procPin sync.runtime_procUnpin \
      sync/atomic.runtime_procPin sync/atomic.runtime_procUnpin",
     new("sync", &["(*sync.Pool).Get", "(*sync.Pool).Put"], 18,
         "nothing public pins a goroutine; a pool keeps one value for each P, and rand.Uint32N picks a shard")),
    ("sync.runtime_Semacquire sync.runtime_SemacquireMutex sync.runtime_Semrelease \
      sync.runtime_SemacquireRWMutex sync.runtime_SemacquireRWMutexR internal/sync.runtime_Semrelease \
      internal/sync.runtime_SemacquireMutex internal/poll.runtime_Semacquire internal/poll.runtime_Semrelease",
     new("sync", &["(*sync.Mutex).Lock", "(*sync.Cond).Wait"], 18, "a channel with a buffer can be a counting semaphore")),
    ("sync.runtime_notifyListAdd sync.runtime_notifyListWait sync.runtime_notifyListNotifyAll \
      sync.runtime_notifyListNotifyOne sync.runtime_notifyListCheck runtime.gopark runtime.goparkunlock \
      runtime.goready runtime.ready",
     new("sync", &["(*sync.Cond).Wait", "(*sync.Cond).Signal", "(*sync.Cond).Broadcast"], 18, "a channel can do the same")),
    ("sync.runtime_canSpin sync.runtime_doSpin internal/sync.runtime_canSpin internal/sync.runtime_doSpin \
      runtime.procyield runtime.osyield runtime.goyield",
     new("runtime", &["runtime.Gosched"], 18, "it gives the P away and does not spin; sync.Mutex spins by itself")),
    ("sync.runtime_registerPoolCleanup sync.poolCleanup",
     new("runtime", &["runtime.AddCleanup[int, int]"], 24, "a cleanup of an object that is allocated anew in each cycle runs once for each collection")),
    ("runtime/internal/atomic.* internal/runtime/atomic.*",
     new("sync/atomic", &["atomic.LoadUintptr", "atomic.StoreUintptr", "atomic.CompareAndSwapUint32"], 18,
         "they are sequentially consistent, which costs the same on most architectures")),
    ("runtime.newcoro runtime.coroswitch", new("iter", &["iter.Pull[int]"], 23, "it uses the same coroutines")),
    ("internal/weak.runtime_registerWeakPointer internal/weak.runtime_makeStrongFromWeak \
      weak.runtime_registerWeakPointer weak.runtime_makeStrongFromWeak",
     new("weak", &["weak.Make[int]"], 24, "it is made of these functions")),
    ("runtime.lockedOSThread", new("runtime", &["runtime.LockOSThread"], 18, "it locks; nothing public tells whether the goroutine is locked")),

    // What the runtime knows of itself.
    ("runtime.ncpu runtime.numCPUStartup", new("runtime", &["runtime.NumCPU"], 18, "it returns this number")),
    ("runtime.gomaxprocs", new("runtime", &["runtime.GOMAXPROCS"], 18, "with 0 it returns the number and changes nothing")),
    ("runtime.buildVersion", new("runtime", &["runtime.Version"], 18, "it returns this string")),
    ("runtime.modinfo runtime/debug.modinfo", new("runtime/debug", &["debug.ReadBuildInfo"], 18, "it parses this string")),
    ("runtime.callers runtime.gcallers", new("runtime", &["runtime.Callers", "runtime.CallersFrames"], 18, "Callers calls this function")),
    ("runtime.findfunc runtime.funcname runtime.funcline runtime.funcline1 runtime.funcInfo.entry \
      runtime.pcdatavalue2 runtime.newInlineUnwinder runtime.(*inlineUnwinder).srcFunc runtime.srcFunc.name",
     new("runtime", &["runtime.FuncForPC", "runtime.CallersFrames", "(*runtime.Func).Entry"], 18, "they read the same tables")),
    ("runtime/pprof.readProfile runtime/pprof.runtime_getProfLabel runtime/pprof.runtime_setProfLabel",
     new("runtime/pprof", &["pprof.SetGoroutineLabels", "pprof.WithLabels", "pprof.Lookup"], 18, "labels belong to a context")),
    ("runtime/debug.setGCPercent", new("runtime/debug", &["debug.SetGCPercent"], 18, "it calls this function")),
    ("runtime/debug.freeOSMemory", new("runtime/debug", &["debug.FreeOSMemory"], 18, "it calls this function")),
    ("runtime/debug.readGCStats", new("runtime/debug", &["debug.ReadGCStats"], 18, "it calls this function")),
    ("runtime/metrics.runtime_readMetrics", new("runtime/metrics", &["metrics.Read"], 18, "it calls this function")),
    ("runtime.memstats", new("runtime/metrics", &["metrics.Read"], 18, "it does not stop the world; runtime.ReadMemStats does")),
    ("os.runtime_args syscall.runtime_envs runtime.argslice runtime.envs", new("os", &["os.Args", "os.Environ"], 18, "they hold the same strings")),
    ("os.runtime_beforeExit runtime.exit", new("os", &["os.Exit"], 18, "it runs the runtime's exit hooks first")),
    ("syscall.runtime_BeforeFork syscall.runtime_AfterFork syscall.runtime_AfterForkInChild",
     new("os", &["os.StartProcess"], 18, "it forks and executes under the runtime's locks; syscall.SysProcAttr has what must happen in between")),
    ("syscall.mmap", new("syscall", &["syscall.Mmap"], 18, "it exists on Unix; golang.org/x/sys/unix has MmapPtr, which takes an address")),

    // Other packages.
    ("net.isDomainName net.defaultNS",
     new("net", &["(*net.Resolver).LookupHost", "(*net.Resolver).LookupNetIP"], 18, "with PreferGo and Dial it is Go's resolver against any server")),
    ("net.parseIPZone net.parseIPv4 net.parseIPv6", new("net/netip", &["netip.ParseAddr"], 18, "it parses zones too, and does not allocate")),
    ("os.newFile", new("os", &["os.NewFile"], 18, "it finds out the kind of the file")),
    ("net/textproto.readMIMEHeader", new("net/textproto", &["(*textproto.Reader).ReadMIMEHeader"], 18, "it has no limits; http.Server.MaxHeaderBytes sets one")),
    ("net/http.cloneURL net/http.cloneTLSConfig net/http.cloneOrMakeHeader net/http.cloneMultipartForm",
     new("net/http", &["(*http.Request).Clone", "http.Header.Clone"], 18, "they copy all of it")),
    ("net/http.readRequest", new("net/http", &["http.ReadRequest"], 18, "it removes the Host header from the map")),
    ("net/http.parseBasicAuth", new("net/http", &["(*http.Request).BasicAuth"], 18, "it parses the header of a request")),
    ("crypto/tls.cipherSuitesTLS13 crypto/tls.defaultCipherSuitesTLS13 crypto/tls.defaultCipherSuitesTLS13NoAES",
     new("crypto/tls", &["tls.CipherSuites"], 18, "it returns the list; the order cannot be changed")),
    ("crypto/x509.systemRoots", new("crypto/x509", &["x509.SystemCertPool", "x509.SetFallbackRoots"], 20, "fallback roots are used if the system has none")),
    ("database/sql.convertAssign", new("database/sql", &["sql.ConvertAssign"], 27, "it is exported for this use")),
    ("encoding/json.isValidNumber encoding/json.unquoteBytes", new("encoding/json", &["json.Valid", "json.Unmarshal"], 18, "they work on a whole value")),
    ("go/build.defaultReleaseTags go/build.defaultToolTags", new("go/build", &["build.Default.ReleaseTags", "build.Default.ToolTags"], 18, "they are the same lists")),
];

/// What to use instead of pulling `symbol`. The caller compares [`Replacement::since`] with its Go
/// version: a newer one is advice for the time after an upgrade.
///
/// ```
/// # use gonym::rules::replacement;
/// let rand = replacement(b"runtime.fastrand").unwrap();
/// assert_eq!((rand.package, rand.since), ("math/rand/v2", 22));
/// assert_eq!(replacement(b"runtime.stopTheWorld"), None);
/// ```
#[must_use]
pub fn replacement(symbol: &[u8]) -> Option<&'static Replacement> {
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(stem) => symbol.starts_with(stem.as_bytes()),
        None => symbol == pattern.as_bytes(),
    };
    // Only a star at the end makes a pattern: the one of `reflect.(*rtype)` is that of a pointer.
    let row = ROWS.iter().find(|(symbols, _)| symbols.split(' ').any(fits))?;
    Some(&row.1)
}

/// Every symbol or pattern with its replacement, as [`replacement`] knows them.
pub fn replacements() -> impl Iterator<Item = (&'static str, &'static Replacement)> {
    ROWS.iter().flat_map(|(symbols, instead)| symbols.split(' ').map(move |one| (one, instead)))
}
