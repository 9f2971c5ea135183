//! A module proxy of files: modules that exist nowhere else, in as many versions as a test needs.
//!
//! The layout is that of <https://go.dev/ref/mod#goproxy-protocol>; `GOPROXY=file://…` serves it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use flate2::Crc;

use super::program::files;

/// Writes the modules of `text`, a txtar whose names are `path@version/file`, below `folder`.
pub fn write(text: &str, folder: &Path) {
    let mut modules: BTreeMap<(String, String), Vec<(String, String)>> = BTreeMap::new();
    for (name, content) in files(text) {
        let (path, rest) = name.split_once('@').expect("path@version/file");
        let (version, file) = rest.split_once('/').expect("path@version/file");
        let name = format!("{path}@{version}/{file}");
        let key = (path.to_owned(), version.to_owned());
        modules.entry(key).or_default().push((name, format!("{content}\n")));
    }
    let mut versions: BTreeMap<String, String> = BTreeMap::new();
    for ((path, version), files) in &modules {
        let place = folder.join(escaped(path)).join("@v");
        fs::create_dir_all(&place).expect("a folder");
        let put = |end: &str, bytes: &[u8]| {
            fs::write(place.join(format!("{}.{end}", escaped(version))), bytes).expect("a file");
        };
        let said = files.iter().find(|(name, _)| name.ends_with("/go.mod")).expect("a go.mod");
        put("mod", said.1.as_bytes());
        put(
            "info",
            format!("{{\"Version\":\"{version}\",\"Time\":\"2020-01-01T00:00:00Z\"}}").as_bytes(),
        );
        put("zip", &zip(files));
        *versions.entry(path.clone()).or_default() += &format!("{version}\n");
    }
    for (path, list) in versions {
        fs::write(folder.join(escaped(&path)).join("@v/list"), list).expect("a list");
    }
}

/// Upper-case letters as `!` and the lower-case one.
fn escaped(text: &str) -> String {
    let letter = |c: char| match c.is_ascii_uppercase() {
        true => format!("!{}", c.to_ascii_lowercase()),
        false => c.to_string(),
    };
    text.chars().map(letter).collect()
}

/// An archive of files that are stored as they are (APPNOTE.TXT, 4.3).
fn zip(files: &[(String, String)]) -> Vec<u8> {
    let (mut archive, mut central) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let size = u32::try_from(text.len()).expect("a small file");
        let name_size = u16::try_from(name.len()).expect("a short name");
        let offset = u32::try_from(archive.len()).expect("a small archive");
        // Version, flags, method, time, date (1980-01-01), checksum, sizes, lengths of name and extra.
        let mut about = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        about.extend([crc.sum(), size, size].iter().flat_map(|word| word.to_le_bytes()));
        about.extend([name_size, 0].iter().flat_map(|word| word.to_le_bytes()));
        archive.extend(b"PK\x03\x04".iter().chain(&about).chain(name.as_bytes()));
        archive.extend(text.as_bytes());
        central.extend(b"PK\x01\x02\x14\0".iter().chain(&about));
        // Comment, disk, attributes.
        central.extend([0; 10]);
        central.extend(offset.to_le_bytes().iter().chain(name.as_bytes()));
    }
    let count = u16::try_from(files.len()).expect("few files").to_le_bytes();
    let (start, size) = (archive.len(), central.len());
    archive.extend(central);
    archive.extend(b"PK\x05\x06\0\0\0\0".iter().chain(&count).chain(&count));
    for number in [size, start] {
        archive.extend(u32::try_from(number).expect("a small archive").to_le_bytes());
    }
    archive.extend([0, 0]);
    archive
}
