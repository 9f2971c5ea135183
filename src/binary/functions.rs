//! Which functions does Go's runtime know, by name too, and where were others inlined into them?

use std::sync::OnceLock;

use super::lookup::ByName;
use crate::golang::buildinfo::BuildInfo;
use crate::golang::folders::{Folders, Told};
use crate::golang::inline::{Frame, InlineTrees};
use crate::golang::moduledata::Moduledata;
use crate::golang::pclntab::{Function, Pclntab};

/// The functions that Go's runtime knows, their inline trees, and who owns their folders.
#[derive(Debug)]
pub struct Functions {
    /// The function table.
    pub table: Pclntab,
    /// The runtime's record, where it was found.
    pub moduledata: Option<Moduledata>,
    /// Inline trees, where they were found and fit.
    pub trees: Option<InlineTrees>,
    /// Made on the first question: it takes a walk over all functions, and many answers need no owner.
    folders: OnceLock<Folders>,
    build: Option<BuildInfo>,
    /// The same, if the build's sources were asked too.
    pub(super) told: OnceLock<Folders>,
    by_name: OnceLock<ByName>,
    by_inlined: OnceLock<ByName>,
}

impl Functions {
    pub(super) fn new(
        table: Pclntab,
        moduledata: Option<Moduledata>,
        trees: Option<InlineTrees>,
        build: Option<BuildInfo>,
    ) -> Self {
        let (told, by_name, by_inlined) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let folders = OnceLock::new();
        Self { table, moduledata, trees, folders, build, told, by_name, by_inlined }
    }

    /// Which package owns which folder and unit, as far as the file tells.
    #[must_use]
    pub fn folders(&self) -> &Folders {
        self.folders.get_or_init(|| self.learn(&Told::default()))
    }

    /// The same, if sources told that much more.
    pub(super) fn learn(&self, told: &Told) -> Folders {
        Folders::learn(&self.table, self.trees.as_ref(), self.build.as_ref(), told)
    }

    /// Which package owns which folder and unit: by the build's sources if they were asked, else by the file.
    #[must_use]
    pub fn owners(&self) -> &Folders {
        self.told.get().unwrap_or_else(|| self.folders())
    }

    /// The functions of that name, in order of their entries: assembly and its wrapper have the same one, and up to Go
    /// 1.20 so have all instances of a generic function.
    pub fn named<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = Function<'a>> + 'a {
        self.of(self.by_name(), name).filter(move |function| function.name() == name)
    }

    /// All of [`Functions::named`], for a name that does not live as long.
    pub(crate) fn named_now(&self, name: &[u8]) -> Vec<Function<'_>> {
        self.of(self.by_name(), name).filter(|function| function.name() == name).collect()
    }

    /// The first `most` of [`Functions::inlining`], for a name that does not live as long.
    pub(crate) fn inlining_now(&self, name: &[u8], most: usize) -> Vec<Function<'_>> {
        let all = self.of(self.by_inlined(), name);
        all.filter(|function| self.inlined_into(*function).any(|n| n == name)).take(most).collect()
    }

    /// The functions that a body of that name was inlined into, in order of their entries.
    pub fn inlining<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = Function<'a>> + 'a {
        self.of(self.by_inlined(), name)
            .filter(move |function| self.inlined_into(*function).any(|n| n == name))
    }

    /// Where in `function` a body of that name was inlined first, and its frame there.
    #[must_use]
    pub fn first_inlined<'a>(
        &'a self,
        function: &Function<'a>,
        name: &[u8],
    ) -> Option<(u64, Frame<'a>)> {
        let trees = self.trees.as_ref()?;
        let code = function.decoded();
        code.inlined_runs().find_map(|(pc, _)| {
            let frames = trees.frames(&self.table, &code, pc);
            let found = frames.into_iter().find(|frame| frame.name == name && !frame.outermost)?;
            Some((pc, found))
        })
    }

    /// The file that `function` itself was written in.
    #[must_use]
    pub fn own_file<'a>(&'a self, function: &Function<'a>) -> Option<&'a [u8]> {
        match &self.trees {
            Some(trees) => trees.own_file(&self.table, function),
            None => function.file(),
        }
    }

    /// GOOS, by the file that the runtime's start-up code comes from: `runtime/os_linux.go`.
    #[must_use]
    pub fn goos(&self) -> Option<&str> {
        let start = self.named(b"runtime.osinit").next()?;
        let file = self.own_file(&start)?;
        let base = std::str::from_utf8(file.rsplit(|byte| *byte == b'/').next()?).ok()?;
        base.strip_suffix(".go")?.split_once('_').map(|(_, goos)| goos)
    }

    fn by_name(&self) -> &ByName {
        self.by_name
            .get_or_init(|| ByName::of(self.numbered().map(|(number, f)| (number, f.name()))))
    }

    fn by_inlined(&self) -> &ByName {
        let inlined = self.numbered().flat_map(|(number, function)| {
            self.inlined_into(function).map(move |name| (number, name))
        });
        self.by_inlined.get_or_init(|| ByName::of(inlined))
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, Function<'_>)> {
        (0u32..).zip(self.table.functions())
    }

    fn of<'a>(&'a self, index: &'a ByName, name: &[u8]) -> impl Iterator<Item = Function<'a>> + 'a {
        index.perhaps(name).filter_map(|number| self.table.function(number as usize))
    }

    fn inlined_into<'a>(&'a self, function: Function<'a>) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.trees.iter().flat_map(move |trees| trees.names(&self.table, function))
    }
}
