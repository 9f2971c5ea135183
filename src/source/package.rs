//! What do the files of one package say together about its directives?
//!
//! A directive names something that may be declared in any file of its package; form and kind follow from
//! that declaration, and so do most mistakes. What the remote stands for is known to other packages
//! only: `target` adds what they say. Which files belong to the build is decided before.

use std::collections::{BTreeMap, BTreeSet};

use super::directive::{Linkname, Refusal, Word};
use super::file::{Declaration, DeclarationKind, GoFile};
use super::mistake::{Code, Mistake};
use super::prefix;

/// The first minor version of Go that knows `//go:linknamestd`.
const STD_WORD_SINCE: u16 = 27;

/// The files of one package, as one build sees them.
#[derive(Clone, Copy, Debug)]
pub struct Package<'a> {
    /// Its path as its symbols have it before escaping: `main` for a program.
    pub path: &'a [u8],
    /// Minor version of the Go that compiles it.
    pub minor: u16,
    /// The files that are compiled.
    pub files: &'a [&'a GoFile],
    /// Files of its folder that are not compiled.
    pub left_out: &'a [(LeftOut, &'a GoFile)],
    /// Symbols that its assembly defines, as `assembly::Assembly` gives them.
    pub assembled: &'a BTreeSet<Vec<u8>>,
}

/// Why a file of the folder is not compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// It is a test.
    Test,
    /// Build constraints or its name.
    Excluded,
}

/// How a directive is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The local name stands for a function or variable of another package.
    Pull,
    /// The local body, or initial value, is published under another name.
    Push,
    /// Local and remote are the same name.
    OneArg,
    /// Assembly of the package defines the local name, and is published under the remote.
    Assembly,
    /// The local name is nothing that can be linknamed.
    Unknown,
}

/// What the local name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function.
    Func,
    /// A variable.
    Var,
    /// Neither, or not declared.
    Unknown,
}

/// One directive with what its package says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Which word.
    pub word: Word,
    /// The local name, without its package.
    pub local: Vec<u8>,
    /// The symbol that the local name stands for: the second argument verbatim, else the local name's own symbol.
    pub remote: Vec<u8>,
    /// The second argument.
    pub written_remote: Option<Vec<u8>>,
    /// How it is to be understood.
    pub form: Form,
    /// What the local name is.
    pub kind: Kind,
    /// Whether the local function has a body, the local variable an initial value.
    pub has_body: bool,
    /// Whether assembly of the package defines the local function.
    pub assembly_backed: bool,
    /// The file that holds it: an index into [`Package::files`].
    pub file: usize,
    /// Line of the comment, from 1.
    pub line: u32,
    /// Column of the comment in bytes, from 1.
    pub column: u32,
    /// Where the local name is declared: an index into [`Package::files`] and one into its declarations.
    pub declared: Option<(usize, usize)>,
    /// What is wrong with it, as far as the package tells.
    pub mistakes: Vec<Mistake>,
}

/// What a package says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// Its directives, by file and line.
    pub directives: Vec<Directive>,
    /// Mistakes that belong to no directive of the build: comments that are none, those that the compiler refuses
    /// to read, and those in files that are left out, whose index counts on behind [`Package::files`].
    pub mistakes: Vec<Mistake>,
}

impl Joined {
    /// All mistakes, those of the directives too, by file and line.
    #[must_use]
    pub fn all_mistakes(&self) -> Vec<&Mistake> {
        let of_directives = self.directives.iter().flat_map(|directive| &directive.mistakes);
        let mut all: Vec<&Mistake> = of_directives.chain(&self.mistakes).collect();
        all.sort();
        all
    }
}

/// Joins the files of a package.
#[must_use]
pub fn join(package: &Package<'_>) -> Joined {
    let scope = Scope::of(package.files);
    let mut joined = Joined::default();
    let mut seen = BTreeSet::new();
    for (number, file) in package.files.iter().enumerate() {
        for linkname in &file.linknames {
            if linkname.word == Word::LinknameStd && package.minor < STD_WORD_SINCE {
                joined.mistakes.push(mistake(number, linkname, Code::StdBefore127));
                continue;
            }
            let first = seen.insert(linkname.local.clone());
            let mut directive = scope.directive(package, number, linkname);
            if !first {
                directive.mistakes.push(mistake(number, linkname, Code::DuplicateLocal));
            }
            joined.directives.push(directive);
        }
        joined.mistakes.extend(scope.comments(number, file));
    }
    for ((why, file), number) in package.left_out.iter().zip(package.files.len()..) {
        let code = match why {
            LeftOut::Test => Code::TestFile,
            LeftOut::Excluded => Code::ExcludedFile,
        };
        joined.mistakes.extend(file.linknames.iter().map(|found| mistake(number, found, code)));
    }
    joined.mistakes.sort();
    joined
}

fn mistake(file: usize, linkname: &Linkname, code: Code) -> Mistake {
    let Linkname { line, column, local, .. } = linkname;
    Mistake { file, line: *line, column: *column, code, local: local.clone() }
}

/// What the package declares, by name.
struct Scope<'a> {
    declared: BTreeMap<&'a [u8], (usize, usize, &'a Declaration)>,
    methods: BTreeSet<&'a [u8]>,
    imports: BTreeSet<&'a [u8]>,
    /// Names that a `//go:cgo_import_dynamic` of the package gives.
    imported_symbols: BTreeSet<&'a [u8]>,
}

impl<'a> Scope<'a> {
    fn of(files: &[&'a GoFile]) -> Self {
        let mut scope = Self {
            declared: BTreeMap::new(),
            methods: BTreeSet::new(),
            imports: BTreeSet::new(),
            imported_symbols: BTreeSet::new(),
        };
        for (number, file) in files.iter().enumerate() {
            for (index, declaration) in file.declarations.iter().enumerate() {
                let name = declaration.name.as_slice();
                match declaration.kind {
                    DeclarationKind::Method { .. } => _ = scope.methods.insert(name),
                    _ => _ = scope.declared.entry(name).or_insert((number, index, declaration)),
                }
            }
            scope.imports.extend(file.imports.iter().map(|import| import.path.as_slice()));
            scope.imported_symbols.extend(file.cgo_names.iter().map(Vec::as_slice));
        }
        scope
    }

    /// The function or variable that `local` names, or why it names none.
    fn find(&self, file: &GoFile, local: &[u8]) -> Result<(usize, usize, &'a Declaration), Code> {
        // Neither is in the package's scope, however often it is declared.
        match local {
            b"_" => return Err(Code::LocalBlank),
            b"init" => return Err(Code::LocalInit),
            _ => {}
        }
        let Some(found) = self.declared.get(local) else {
            let imported = file.imports.iter().any(|import| import_name(import) == local);
            // 1.19 finds `T.m` too, and then fails in the compiler's back end.
            let last = local.rsplit(|byte| *byte == b'.').next().unwrap_or(local);
            return Err(match (imported, self.methods.contains(last)) {
                (true, _) => Code::LocalImport,
                (false, true) => Code::LocalMethod,
                (false, false) => Code::LocalUnknown,
            });
        };
        match found.2.kind {
            DeclarationKind::Func | DeclarationKind::Var => Ok(*found),
            DeclarationKind::Const => Err(Code::LocalConstant),
            _ => Err(Code::LocalType),
        }
    }

    fn directive(&self, package: &Package<'_>, number: usize, linkname: &Linkname) -> Directive {
        let file = package.files.get(number).copied();
        let found = file.map_or(Err(Code::LocalUnknown), |file| self.find(file, &linkname.local));
        let own = prefix::symbol(package.path, &linkname.local);
        let remote = linkname.remote.clone().unwrap_or_else(|| own.clone());
        let declaration = found.ok().map(|(_, _, declaration)| declaration);
        let has_body = declaration.is_some_and(|found| found.has_body);
        let assembly_backed = !has_body && package.assembled.contains(&own);
        let kind = match declaration.map(|found| &found.kind) {
            Some(DeclarationKind::Func) => Kind::Func,
            Some(_) => Kind::Var,
            None => Kind::Unknown,
        };
        let form = match kind {
            Kind::Unknown => Form::Unknown,
            _ if remote == own => Form::OneArg,
            _ if has_body => Form::Push,
            _ if assembly_backed => Form::Assembly,
            _ => Form::Pull,
        };
        let mut directive = Directive {
            word: linkname.word,
            local: linkname.local.clone(),
            remote,
            written_remote: linkname.remote.clone(),
            form,
            kind,
            has_body,
            assembly_backed,
            file: number,
            line: linkname.line,
            column: linkname.column,
            declared: found.ok().map(|(file, index, _)| (file, index)),
            mistakes: Vec::new(),
        };
        let mut codes: Vec<Code> = found.err().into_iter().collect();
        codes
            .extend(file.filter(|file| !file.imports_path(b"unsafe")).map(|_| Code::MissingUnsafe));
        codes.extend(self.of_declaration(package, &directive, declaration));
        codes.extend(self.of_remote(package, &directive));
        directive.mistakes =
            codes.into_iter().map(|code| mistake(number, linkname, code)).collect();
        directive
    }

    fn of_declaration(
        &self,
        package: &Package<'_>,
        directive: &Directive,
        declaration: Option<&Declaration>,
    ) -> Vec<Code> {
        let Some(found) = declaration else { return Vec::new() };
        let mut codes = Vec::new();
        if found.generic {
            codes.push(Code::LocalGeneric);
        }
        let is_handle = directive.kind == Kind::Func && !directive.has_body;
        let file = directive.declared.and_then(|(file, _)| package.files.get(file));
        if is_handle && !found.noescape && file.is_some_and(|file| takes_pointers(file, found)) {
            codes.push(Code::MissingNoescape);
        }
        codes
    }

    fn of_remote(&self, package: &Package<'_>, directive: &Directive) -> Option<Code> {
        let remote = directive.written_remote.as_deref()?;
        if remote.contains(&b'[') && directive.kind == Kind::Func {
            return Some(Code::InstantiatedRemote);
        }
        if !remote.contains(&b'.') {
            // C's symbols have no dots: those that the package itself asks for or makes are meant.
            let is_c = self.imported_symbols.contains(remote)
                || package.assembled.contains(remote)
                || remote == directive.local
                || remote.starts_with(b"_cgo_")
                || remote.starts_with(b"x_cgo_");
            return (!is_c).then_some(Code::DotlessRemote);
        }
        let of_import = self.imports.iter().any(|path| prefix::is_unescaped(remote, path));
        (of_import || prefix::holds_bare_version(remote)).then_some(Code::UnescapedPath)
    }

    /// Comments of one file that are no directives, and directives that the compiler refuses to read.
    fn comments(&self, number: usize, file: &GoFile) -> Vec<Mistake> {
        let mut found = Vec::new();
        for refused in &file.refused {
            let local = refused.fields.first().cloned().unwrap_or_default();
            let commented =
                refused.fields.iter().skip(1).take(2).any(|field| field.starts_with(b"//"));
            let code = match refused.why {
                Refusal::Misplaced => Code::Misplaced,
                Refusal::Usage if commented => Code::TrailingComment,
                Refusal::Usage => Code::Usage,
            };
            found.push(Mistake {
                file: number,
                line: refused.line,
                column: refused.column,
                code,
                local,
            });
        }
        for near in &file.near_misses {
            // A word of prose is declared nowhere.
            let meant = near.local.is_empty() || self.find(file, &near.local).is_ok();
            if meant {
                let (line, column, code) = (near.line, near.column, near.code);
                found.push(Mistake { file: number, line, column, code, local: near.local.clone() });
            }
        }
        found
    }
}

/// The name by which a file knows an import, as far as the path tells.
fn import_name(import: &super::file::Import) -> &[u8] {
    let last = import.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    import.name.as_deref().unwrap_or(last)
}

/// Whether a function's parameters plainly hold pointers: `*`, a slice, unsafe.Pointer.
fn takes_pointers(file: &GoFile, function: &Declaration) -> bool {
    let signature = file.text(&function.signature);
    let mut depth = 0usize;
    let mut end = signature.len();
    for (at, byte) in signature.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            end = at;
            break;
        }
    }
    let parameters = signature.get(..end).unwrap_or_default();
    parameters.contains(&b'*')
        || memchr::memmem::find(parameters, b"[]").is_some()
        || memchr::memmem::find(parameters, b"unsafe.Pointer").is_some()
}
