//! The executables in testdata, and what Go's own tools say about them, for tests that stand beside the code.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;

/// The file `name` of `testdata/binaries`.
pub(crate) fn unpacked(name: &str) -> io::Result<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/binaries");
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(folder.join(format!("{name}.gz")))?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What `go tool nm -size` printed of the executable `name`: address, size, letter, name.
pub(crate) fn nm(name: &str) -> io::Result<Vec<(u64, u64, char, String)>> {
    let printed = unpacked(&format!("{name}.nm-size"))?;
    let text = String::from_utf8(printed).map_err(io::Error::other)?;
    let row = |line: &str| {
        let line = line.trim_start();
        let (address, rest) = line.split_once(' ')?;
        let (size, rest) = rest.trim_start().split_once(' ')?;
        let (letter, name) = rest.split_once(' ')?;
        let address = u64::from_str_radix(address, 16).ok()?;
        Some((address, size.parse().ok()?, letter.chars().next()?, name.to_owned()))
    };
    Ok(text.lines().filter_map(row).collect())
}
