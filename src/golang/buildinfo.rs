//! What did the linker record about the build: version, modules, settings?
//!
//! The record begins with a magic of 14 bytes, the pointer size and flags (debug/buildinfo and
//! cmd/link/internal/ld/data.go). Since 1.18 two length-prefixed strings follow the 32-byte header. Before 1.18 the
//! header holds two pointers to Go string headers. This file takes slices and a function that reads memory. It does
//! not know where in the executable a record may be.
//!
//! ```no_run
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let Some(build) = binary.build() else { continue };
//!     println!("{} {}", build.path, build.setting("GOARCH").unwrap_or("?"));
//!     for module in &build.deps {
//!         println!("  {} {}", module.path, module.version);
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use super::bytes::{self, Layout};
use super::version::GoVersion;

/// The first bytes of every record.
pub const MAGIC: &[u8] = b"\xff Go buildinf:";

/// Records begin at multiples of this many bytes (debug/buildinfo, buildInfoAlign).
pub const ALIGNMENT: usize = 16;

const HEADER_SIZE: usize = 32;
const FLAG_BIG_ENDIAN: u8 = 1;
const FLAG_INLINE: u8 = 2;
/// The module text begins and ends with 16 bytes by which `go version` finds it (cmd/go/internal/modload).
const SENTINEL: usize = 16;
/// No linker writes longer texts: real ones are below 100 KB.
const LONGEST_TEXT: u64 = 16 << 20;

/// A module of the build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Module {
    /// Module path.
    pub path: String,
    /// Module version, `(devel)` or empty.
    pub version: String,
    /// What `replace` put in its place: a folder (`./x`, `/x`) without a version, or another module.
    pub replace: Option<(String, String)>,
}

/// The record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildInfo {
    /// The toolchain's version.
    pub version: GoVersion,
    /// Import path of package main; empty when not recorded.
    pub path: String,
    /// The main module.
    pub main: Option<Module>,
    /// The other modules, by the names that source uses: a replaced module keeps its own name.
    pub deps: Vec<Module>,
    /// Build settings in the order recorded, e.g. `("-ldflags", "-s -w")`.
    pub settings: Vec<(String, String)>,
}

impl BuildInfo {
    /// The recorded value of one setting.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Offsets in `data` where a record may begin, if `data` itself begins at an aligned address.
pub fn candidates(data: &[u8]) -> impl Iterator<Item = usize> + '_ {
    memchr::memmem::find_iter(data, MAGIC).filter(|offset| offset % ALIGNMENT == 0)
}

/// Reads the record at `offset` of `data`. `read` gives memory by virtual address and length; the form before 1.18
/// needs it.
///
/// Returns `None` for bytes that only look like a record: programs that search for records hold the magic too
/// (cmd/go, cmd/link, tools like this one).
pub fn parse(
    data: &[u8],
    offset: usize,
    read: &dyn Fn(u64, u64) -> Option<Vec<u8>>,
) -> Option<BuildInfo> {
    let record = data.get(offset..)?;
    let [pointer, flags] = *record.get(MAGIC.len()..)?.first_chunk()?;
    if !record.starts_with(MAGIC) {
        return None;
    }
    let (version, modules) = if flags & FLAG_INLINE != 0 {
        let (version, rest) = inline_string(record.get(HEADER_SIZE..)?)?;
        (version.to_vec(), inline_string(rest).map(|(text, _)| text.to_vec()).unwrap_or_default())
    } else {
        pointed_strings(record, pointer, flags, read)?
    };
    let version = String::from_utf8(version).ok()?;
    if !(version.starts_with("go1") || version.starts_with("devel")) {
        return None;
    }
    Some(parse_modules(GoVersion::parse(&version), &modules))
}

fn inline_string(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, prefix) = bytes::uvarint(data, 10)?;
    let rest = data.get(prefix..)?;
    rest.split_at_checked(usize::try_from(len).ok()?)
}

fn pointed_strings(
    record: &[u8],
    pointer: u8,
    flags: u8,
    read: &dyn Fn(u64, u64) -> Option<Vec<u8>>,
) -> Option<(Vec<u8>, Vec<u8>)> {
    if pointer != 4 && pointer != 8 {
        return None;
    }
    let layout = Layout { big_endian: flags & FLAG_BIG_ENDIAN != 0, pointer };
    let string_at = |header: u64| {
        let header = read(header, 2 * u64::from(pointer))?;
        let (start, len) = (layout.word(&header, 0)?, layout.word(&header, pointer.into())?);
        (len <= LONGEST_TEXT).then(|| read(start, len)).flatten()
    };
    let version = string_at(layout.word(record, MAGIC.len() + 2)?)?;
    let modules = layout.word(record, MAGIC.len() + 2 + usize::from(pointer)).and_then(string_at);
    Some((version, modules.unwrap_or_default()))
}

fn parse_modules(version: GoVersion, text: &[u8]) -> BuildInfo {
    let mut info = BuildInfo {
        version,
        path: String::new(),
        main: None,
        deps: Vec::new(),
        settings: Vec::new(),
    };
    for line in String::from_utf8_lossy(without_sentinels(text)).lines() {
        let mut fields = line.split('\t');
        match (fields.next(), fields.next()) {
            (Some("path"), Some(path)) => info.path = path.to_owned(),
            (Some("mod"), Some(path)) => info.main = Some(module(path, fields.next())),
            (Some("dep"), Some(path)) => info.deps.push(module(path, fields.next())),
            (Some("=>"), Some(path)) => replace(&mut info, path, fields.next()),
            (Some("build"), Some(setting)) => info.settings.extend(parse_setting(setting)),
            _ => {}
        }
    }
    info
}

fn module(path: &str, version: Option<&str>) -> Module {
    let version = version.unwrap_or_default().to_owned();
    Module { path: path.to_owned(), version, replace: None }
}

/// A replacement belongs to the module on the line before it (runtime/debug/mod.go).
fn replace(info: &mut BuildInfo, path: &str, version: Option<&str>) {
    if let Some(module) = info.deps.last_mut().or(info.main.as_mut()) {
        module.replace = Some((path.to_owned(), version.unwrap_or_default().to_owned()));
    }
}

fn without_sentinels(text: &[u8]) -> &[u8] {
    let end = text.len().saturating_sub(SENTINEL);
    match text.get(SENTINEL..end) {
        Some(inner) if inner.ends_with(b"\n") => inner,
        _ => text,
    }
}

/// `key=value`. Either side is in Go's quotes if it holds a blank or a quote (runtime/debug/mod.go).
fn parse_setting(text: &str) -> Option<(String, String)> {
    let (key, rest) = match text.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\"=")?,
        None => text.split_once('=')?,
    };
    Some((key.to_owned(), unquote(rest)))
}

/// Resolves the escapes that strconv.Quote writes into build settings. Other text stays as it is.
fn unquote(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let Some(inner) = inner else {
        let raw = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
        return raw.unwrap_or(text).to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some(escaped @ ('"' | '\\'))) => out.push(escaped),
            ('\\', Some(other)) => out.extend(['\\', other]),
            (plain, _) => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_MEMORY: &dyn Fn(u64, u64) -> Option<Vec<u8>> = &|_, _| None;

    fn inline_record(version: &str, modules: &str) -> Vec<u8> {
        let mut record = MAGIC.to_vec();
        record.extend([8, FLAG_INLINE]);
        record.resize(HEADER_SIZE, 0);
        for text in [version, modules] {
            let len = text.len();
            assert!(len < 1 << 14, "two length bytes are enough for the test");
            record.extend([(len & 0x7f) as u8 | 0x80, (len >> 7) as u8]);
            record.extend(text.as_bytes());
        }
        record
    }

    #[test]
    fn inline_strings() {
        let modules = "0123456789abcdefpath\texample.com/app\nmod\texample.com\tv1.0.0\th1:x=\n\
                       dep\ta.b/c\tv1.2.3\n=>\t./c\t(devel)\t\n\
                       build\t-ldflags=\"-s -w\"\nbuild\tGOOS=linux\n0123456789abcdef";
        let info = parse(&inline_record("go1.27.3", modules), 0, NO_MEMORY).expect("a record");
        assert_eq!(info.version.text, "go1.27.3");
        assert_eq!(info.path, "example.com/app");
        assert_eq!(info.main.as_ref().map(|m| m.version.as_str()), Some("v1.0.0"));
        let replaced = info.deps.first().and_then(|dep| dep.replace.clone());
        assert_eq!(replaced, Some(("./c".to_owned(), "(devel)".to_owned())));
        assert_eq!(info.setting("-ldflags"), Some("-s -w"));
        assert_eq!(info.setting("GOOS"), Some("linux"));
    }

    #[test]
    fn a_copy_of_the_magic_is_no_record() {
        let mut copy = MAGIC.to_vec();
        copy.extend(b"not a go executable, and more text that follows it in .rodata");
        assert_eq!(parse(&copy, 0, NO_MEMORY), None);
        assert_eq!(parse(MAGIC, 0, NO_MEMORY), None);
        let mut shifted = vec![b'x'; 3];
        shifted.extend(inline_record("go1.27.3", ""));
        assert_eq!(candidates(&shifted).count(), 0, "a record is aligned");
    }

    #[test]
    fn settings_are_unquoted() {
        let setting = parse_setting(r#"-ldflags="-X main.v=\"a b\" -w""#).expect("a setting");
        assert_eq!(setting, ("-ldflags".to_owned(), r#"-X main.v="a b" -w"#.to_owned()));
        assert_eq!(parse_setting("nonsense"), None);
    }
}
