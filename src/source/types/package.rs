//! What does a package declare under a name?
//!
//! An index over the selected files of one package. Declarations are parsed when they are asked for: in most packages
//! few are.
//!
//! ```
//! use gonym::source::file::GoFile;
//! use gonym::source::types::ParsedPackage;
//!
//! let text = "package p\n\ntype T struct{}\n\nfunc (T) m(n int) {}\n";
//! let files = vec![GoFile::parse(text.as_bytes().to_vec())];
//! let package = ParsedPackage::new("example.com/p", files);
//! assert!(package.declares(b"T").is_some());
//! assert!(package.method("T", "m").is_some() && package.function("m").is_none());
//! ```

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::expression::{Expression, FuncType, WrittenType};
use super::parse::Parser;
use crate::source::file::{Declaration, DeclarationKind, GoFile};
use crate::source::uses::Known;

/// Where the packages of one build are found.
pub trait Declared {
    /// The package of this import path, with the files that the build selects.
    fn package(&self, import_path: &str) -> Option<&ParsedPackage>;

    /// Whether there is a package of this path, without reading it.
    fn has(&self, import_path: &str) -> bool {
        self.package(import_path).is_some()
    }

    /// Whether a package belongs to the standard library or to cmd.
    fn is_standard(&self, import_path: &str) -> bool {
        !import_path.split('/').next().is_some_and(|first| first.contains('.'))
    }

    /// The path of the package that `from` means when it imports `path`.
    ///
    /// The standard library, cmd and GOPATH builds keep imported packages in vendor folders, the nearest of which
    /// counts; such a package is asked for by its full path. A module's vendor folder adds nothing to the paths of
    /// its packages.
    fn import(&self, from: &str, path: &str) -> String {
        let mut above = Some(from);
        while let Some(folder) = above {
            let vendored = format!("{folder}/vendor/{path}");
            if self.has(&vendored) {
                return vendored;
            }
            above = folder.rsplit_once('/').map(|(above, _)| above);
        }
        let vendored = format!("vendor/{path}");
        if self.is_standard(from) && self.has(&vendored) { vendored } else { path.to_owned() }
    }
}

/// The files of one package, and what they declare.
#[derive(Clone, Debug)]
pub struct ParsedPackage {
    path: String,
    files: Vec<GoFile>,
    scope: BTreeMap<Vec<u8>, Spot>,
    methods: BTreeMap<(Vec<u8>, Vec<u8>), Spot>,
    known: OnceLock<Known>,
}

/// A declaration: its file, and its index there.
#[derive(Clone, Copy, Debug)]
struct Spot {
    file: usize,
    index: usize,
}

/// What the beginning of a type's declaration shows.
#[derive(Clone, Copy, Debug)]
pub struct TypeHead {
    /// Whether it is `type A = B`.
    pub alias: bool,
    /// How many type parameters it has.
    pub parameters: usize,
}

/// A constant as written.
#[derive(Clone, Debug)]
pub struct WrittenConstant {
    /// Which file.
    pub file: usize,
    /// The value of `iota`.
    pub iota: u32,
    /// Its type, if one is written.
    pub type_: Option<Expression>,
    /// Its value.
    pub value: Expression,
}

/// A variable as written.
#[derive(Clone, Debug)]
pub struct WrittenVariable {
    /// Which file.
    pub file: usize,
    /// Its type, if one is written.
    pub type_: Option<Expression>,
    /// Its initial value, if it belongs to this name alone.
    pub value: Option<Expression>,
}

/// A function or method as written.
#[derive(Clone, Debug)]
pub struct WrittenFunction {
    /// Which file.
    pub file: usize,
    /// Whether it has type parameters, or its receiver has.
    pub generic: bool,
    /// Whether the receiver of a method is a pointer.
    pub pointer_receiver: bool,
    /// Whether the source has a body.
    pub has_body: bool,
    /// Parameters and results, without the receiver.
    pub type_: FuncType,
}

impl ParsedPackage {
    /// Combines `files`, the selected files of the package `path`.
    #[must_use]
    pub fn new(path: &str, files: Vec<GoFile>) -> Self {
        let (mut scope, mut methods) = (BTreeMap::new(), BTreeMap::new());
        for (number, file) in files.iter().enumerate() {
            for (index, declaration) in file.declarations.iter().enumerate() {
                let spot = Spot { file: number, index };
                match &declaration.kind {
                    DeclarationKind::Method { receiver, .. } => {
                        let key = (receiver.clone(), declaration.name.clone());
                        methods.entry(key).or_insert(spot);
                    }
                    _ if matches!(declaration.name.as_slice(), b"_" | b"init") => {}
                    _ => {
                        scope.entry(declaration.name.clone()).or_insert(spot);
                    }
                }
            }
        }
        Self { path: path.to_owned(), files, scope, methods, known: OnceLock::new() }
    }

    /// The import path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The files, in the order given.
    #[must_use]
    pub fn files(&self) -> &[GoFile] {
        &self.files
    }

    /// Declarations that change what code a use of a name leaves.
    #[must_use]
    pub fn known(&self) -> &Known {
        self.known.get_or_init(|| Known::of(&self.files))
    }

    /// The name in the package clause.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.files.first().map_or(b"", |file| file.package.as_slice())
    }

    /// The names of all types it declares, sorted.
    pub fn type_names(&self) -> impl Iterator<Item = &[u8]> {
        let types = self.scope.iter().filter(|(_, spot)| {
            let found = self.declaration(**spot).map(|(_, declaration)| &declaration.kind);
            matches!(found, Some(DeclarationKind::Type { .. }))
        });
        types.map(|(name, _)| name.as_slice())
    }

    /// The declaration of `name` in the package.
    #[must_use]
    pub fn declares(&self, name: &[u8]) -> Option<&Declaration> {
        self.find(name).map(|(_, _, declaration)| declaration)
    }

    /// Whether the scope of the package does not have `name`.
    pub(super) fn is_free(&self, name: &str) -> bool {
        !self.scope.contains_key(name.as_bytes())
    }

    fn declaration(&self, spot: Spot) -> Option<(&GoFile, &Declaration)> {
        let file = self.files.get(spot.file)?;
        Some((file, file.declarations.get(spot.index)?))
    }

    fn find(&self, name: &[u8]) -> Option<(Spot, &GoFile, &Declaration)> {
        let spot = *self.scope.get(name)?;
        let (file, declaration) = self.declaration(spot)?;
        Some((spot, file, declaration))
    }

    /// The type of this name, if one is declared.
    #[must_use]
    pub fn type_(&self, name: &str) -> Option<TypeHead> {
        let (_, file, declaration) = self.find(name.as_bytes())?;
        let DeclarationKind::Type { alias } = declaration.kind else { return None };
        let parameters = type_parameters(file, declaration)?.len();
        Some(TypeHead { alias, parameters })
    }

    /// The declaration of a type, and its file.
    #[must_use]
    pub fn written_type(&self, name: &str) -> Option<(usize, WrittenType)> {
        let (spot, file, declaration) = self.find(name.as_bytes())?;
        if !matches!(declaration.kind, DeclarationKind::Type { .. }) {
            return None;
        }
        let definition = Parser::new(&file.bytes, declaration.signature.clone()).type_()?;
        let parameters = type_parameters(file, declaration)?;
        Some((spot.file, WrittenType { parameters, definition }))
    }

    /// Whether `//go:notinheap` (until 1.19) is above a type.
    #[must_use]
    pub fn is_marked_off_heap(&self, name: &str) -> bool {
        let Some((_, file, declaration)) = self.find(name.as_bytes()) else { return false };
        let before = file.bytes.get(..declaration.signature.start).unwrap_or_default();
        let mut lines = before.rsplit(|byte| *byte == b'\n').skip(1);
        let comments = lines.by_ref().take_while(|line| line.trim_ascii().starts_with(b"//"));
        comments.into_iter().any(|line| line.trim_ascii() == b"//go:notinheap")
    }

    /// A constant.
    #[must_use]
    pub fn constant(&self, name: &str) -> Option<WrittenConstant> {
        let (spot, file, declaration) = self.find(name.as_bytes())?;
        if declaration.kind != DeclarationKind::Const {
            return None;
        }
        let values = Parser::new(&file.bytes, declaration.body.clone()).expressions()?;
        let position = usize::try_from(declaration.spec.position).ok()?;
        Some(WrittenConstant {
            file: spot.file,
            iota: declaration.spec.index,
            type_: written(file, declaration)?,
            value: values.into_iter().nth(position)?,
        })
    }

    /// A variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<WrittenVariable> {
        let (spot, file, declaration) = self.find(name.as_bytes())?;
        if declaration.kind != DeclarationKind::Var {
            return None;
        }
        let type_ = written(file, declaration)?;
        // Without a type only the beginning of the value is read, which mostly shows the type.
        let value = (type_.is_none() && declaration.spec.position == 0)
            .then(|| Parser::new(&file.bytes, declaration.body.clone()).expression())
            .flatten();
        Some(WrittenVariable { file: spot.file, type_, value })
    }

    /// A function.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<WrittenFunction> {
        let (spot, file, declaration) = self.find(name.as_bytes())?;
        if declaration.kind != DeclarationKind::Func {
            return None;
        }
        function(spot.file, file, declaration)
    }

    /// A method of the type `receiver`.
    #[must_use]
    pub fn method(&self, receiver: &str, name: &str) -> Option<WrittenFunction> {
        let key = (receiver.as_bytes().to_vec(), name.as_bytes().to_vec());
        let spot = *self.methods.get(&key)?;
        let (file, declaration) = self.declaration(spot)?;
        function(spot.file, file, declaration)
    }
}

fn type_parameters(file: &GoFile, declaration: &Declaration) -> Option<Vec<std::sync::Arc<str>>> {
    if declaration.parameters.is_empty() {
        return Some(Vec::new());
    }
    Parser::new(&file.bytes, declaration.parameters.clone()).type_parameters()
}

/// The type written beside a constant or variable; the inner `None` if there is none, the outer if it could not be
/// read.
#[allow(clippy::option_option, reason = "absent and unreadable are not the same")]
fn written(file: &GoFile, declaration: &Declaration) -> Option<Option<Expression>> {
    if declaration.signature.is_empty() {
        return Some(None);
    }
    Parser::new(&file.bytes, declaration.signature.clone()).type_().map(Some)
}

fn function(number: usize, file: &GoFile, declaration: &Declaration) -> Option<WrittenFunction> {
    let pointer = matches!(declaration.kind, DeclarationKind::Method { pointer: true, .. });
    Some(WrittenFunction {
        file: number,
        generic: declaration.generic,
        pointer_receiver: pointer,
        has_body: declaration.has_body,
        type_: Parser::new(&file.bytes, declaration.signature.clone()).signature()?,
    })
}
