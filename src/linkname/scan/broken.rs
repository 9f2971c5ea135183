//! Which files are not valid Go?

use std::path::PathBuf;

use super::Scan;
use crate::source::file::Fault;

/// A file that is not valid Go.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Its package: an index into the build's packages.
    pub package: usize,
    /// The file.
    pub file: PathBuf,
    /// What is wrong, and where.
    pub fault: Fault,
}

impl Scan<'_> {
    /// The files of a package that are not valid Go.
    pub(super) fn broken(&self, index: usize) -> Vec<Broken> {
        let speaks = self.spoken(index).is_some();
        let asked = |own: bool| self.question.broken && (own || speaks);
        let package = self.packages.get(index).filter(|package| asked(package.own));
        let Some(package) = package else { return Vec::new() };
        let Some(parsed) = self.packages.parsed(index) else { return Vec::new() };
        let files = package.files.iter().zip(parsed.files());
        let broken = files.filter_map(|(path, file)| {
            Some(Broken { package: index, file: path.clone(), fault: file.fault? })
        });
        broken.collect()
    }
}
