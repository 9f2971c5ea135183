//! Names that the toolchain's own sources speak of: compiler and linker may insert calls of them.
//!
//! Coarser than the truth on purpose, and made without gonym's table.

use std::fs;
use std::path::Path;

/// The text of the compiler, its assembler and the linker.
pub struct Sources(Vec<u8>);

impl Sources {
    /// Reads them from a GOROOT.
    pub fn read(root: &Path) -> Self {
        let mut text = Vec::new();
        for folder in ["compile", "internal/obj", "link"] {
            gather(&root.join("src").join("cmd").join(folder), &mut text);
        }
        assert!(text.len() > 1 << 20, "no sources of the compiler in {}", root.display());
        Self(text)
    }

    /// Whether they quote the name or declare it, as the list of the compiler's builtins does.
    pub fn speak_of(&self, symbol: &str) -> bool {
        let name = symbol.rsplit('.').next().unwrap_or_default();
        [format!("\"{name}\""), format!("\"{symbol}\""), format!("\nfunc {name}(")]
            .iter()
            .any(|spelling| memchr::memmem::find(&self.0, spelling.as_bytes()).is_some())
    }
}

fn gather(folder: &Path, text: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).expect("the toolchain's sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "testdata" {
            gather(&path, text);
        } else if name.ends_with(".go") && !name.ends_with("_test.go") {
            text.extend(fs::read(&path).expect("a source"));
        }
    }
}
