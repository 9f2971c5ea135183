//! Which functions tell about their folder, and which of them is package main's own?

use std::sync::Arc;

use super::{base, folder_of, is_witness};
use crate::golang::inline::InlineTrees;
use crate::golang::pclntab::Pclntab;
use crate::names;

/// A plain function: not generic, derived, generated or assembly, and in a file with a Go name.
pub(super) struct Plain<'a> {
    pub(super) package: Arc<str>,
    pub(super) file: &'a [u8],
    pub(super) folder: &'a [u8],
    pub(super) unit: Option<u32>,
}

pub(super) fn plain_functions<'a>(
    table: &'a Pclntab,
    trees: Option<&'a InlineTrees>,
) -> impl Iterator<Item = Plain<'a>> {
    let mut order = names::InOrder::default();
    // Functions of a package stand together.
    let mut last: (&[u8], Arc<str>) = (&[], Arc::default());
    table.functions().filter_map(move |function| {
        let name = function.name();
        let package = order.package(name)?;
        let within = name.get(package.len() + 1..)?;
        if function.is_assembly() || names::is_instance(name) || names::is_derived_within(within) {
            return None;
        }
        let own = match trees {
            Some(trees) => trees.own_file(table, &function),
            None => function.file(),
        };
        let file = own.filter(|file| is_witness(file))?;
        if last.0 != package {
            last = (package, names::path_text(&names::unescape(package)).into());
        }
        let package = last.1.clone();
        Some(Plain { package, file, folder: folder_of(file), unit: function.unit() })
    })
}

/// Package main, found by the function that only it can define.
///
/// Its folder is not found by votes: a command that pushes into two packages has more foreign functions than its own,
/// and `go build main.go` records no import path at all.
pub(super) struct Program<'a> {
    pub(super) unit: Option<u32>,
    /// Its folder; `None` if the file proves nothing.
    pub(super) folder: Option<&'a [u8]>,
    /// Whether the main package is the one that `go test` writes. Up to Go 1.23 the build information has the tested
    /// package's path nevertheless.
    pub(super) is_test: bool,
}

impl<'a> Program<'a> {
    pub(super) fn find(
        table: &'a Pclntab,
        trees: Option<&'a InlineTrees>,
        plain: &[Plain<'a>],
    ) -> Option<Self> {
        let start = table.functions().find(|function| function.name() == b"main.main")?;
        let own = match trees {
            Some(trees) => trees.own_file(table, &start),
            None => start.file(),
        };
        let file = own.unwrap_or_default();
        let is_test = base(file) == b"_testmain.go";
        let folder = Some(folder_of(file)).filter(|_| is_witness(file) && !is_test);
        // A function of another unit and another package is there: `//line` put main.main into that package's folder.
        let taken = |f: &Plain<'_>| {
            Some(f.folder) == folder && f.unit != start.unit() && &*f.package != "main"
        };
        let folder = folder.filter(|_| !plain.iter().any(taken));
        Some(Self { unit: start.unit(), folder, is_test })
    }
}
