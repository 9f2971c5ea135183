//! What does a package declare, and what does that say about a directive?
//!
//! The names in the package's scope and the imports of its files. This file does not know which directives there are.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Directive, Form, Kind, Package, mistake};
use crate::finding::Code;
use crate::names;
use crate::source::directive::{Linkname, Refusal};
use crate::source::file::{Declaration, DeclarationKind, GoFile, Import};
use crate::source::mistake::Mistake;

/// The package's declarations of names that directives use.
pub(super) struct Scope<'a> {
    declared: HashMap<&'a [u8], (usize, usize, &'a Declaration)>,
    methods: BTreeSet<&'a [u8]>,
    imports: BTreeSet<&'a [u8]>,
    /// Names that the package's `//go:cgo_import_dynamic` comments give.
    imported_symbols: BTreeSet<&'a [u8]>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(files: &[&'a GoFile]) -> Self {
        let mut scope = Self {
            declared: HashMap::new(),
            methods: BTreeSet::new(),
            imports: BTreeSet::new(),
            imported_symbols: BTreeSet::new(),
        };
        let asked = asked(files);
        for (number, file) in files.iter().enumerate() {
            for (index, declaration) in file.declarations.iter().enumerate() {
                let name = declaration.name.as_slice();
                if !asked.contains(name) {
                    continue;
                }
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
        // Neither `init` nor `_` is in the package's scope, however often it is declared.
        match local {
            b"_" => return Err(Code::LocalBlank),
            b"init" => return Err(Code::LocalInit),
            _ => {}
        }
        let Some(found) = self.declared.get(local) else {
            let imported = file.imports.iter().any(|import| import_name(import) == local);
            // 1.19 finds `T.m` too and then fails in the compiler's back end.
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

    pub(super) fn directive(
        &self,
        package: &Package<'_>,
        number: usize,
        linkname: &Linkname,
    ) -> Directive {
        let file = package.files.get(number).copied();
        let found = file.map_or(Err(Code::LocalUnknown), |file| self.find(file, &linkname.local));
        let own = names::symbol(package.path, &linkname.local);
        let remote = linkname.remote.clone().unwrap_or_else(|| own.clone());
        let declaration = found.ok().map(|(_, _, declaration)| declaration);
        let has_body = declaration.is_some_and(|found| found.has_body);
        let kind = match declaration.map(|found| &found.kind) {
            Some(DeclarationKind::Func) => Kind::Func,
            Some(_) => Kind::Var,
            None => Kind::Unknown,
        };
        // Assembly under the local name is a second function beside a pull (spine's `dual`).
        let assembly_backed =
            kind == Kind::Func && !has_body && package.assembled.contains(&remote);
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
        codes.extend(file.filter(|file| !imports_unsafe(file)).map(|_| Code::MissingUnsafe));
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
            // C symbols have no dots. If the package itself imports or makes the symbol, it is meant.
            let is_c = self.imported_symbols.contains(remote)
                || package.assembled.contains(remote)
                || remote == directive.local
                || remote.starts_with(b"_cgo_")
                // Symbols of the linker: crypto/internal/fips140/check, go1.24.
                || remote.starts_with(b"go:")
                || remote.starts_with(b"x_cgo_");
            return (!is_c).then_some(Code::DotlessRemote);
        }
        let of_import = self.imports.iter().any(|path| names::is_unescaped(remote, path));
        (of_import || names::holds_bare_version(remote)).then_some(Code::UnescapedPath)
    }

    /// The mistakes in comments of one file that are no directives, and in directives that the compiler refuses.
    pub(super) fn comments(&self, number: usize, file: &GoFile) -> Vec<Mistake> {
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
            // A word of prose is not declared anywhere.
            let meant = near.local.is_empty() || self.find(file, &near.local).is_ok();
            if meant {
                let (line, column, code) = (near.line, near.column, near.code);
                found.push(Mistake { file: number, line, column, code, local: near.local.clone() });
            }
        }
        found
    }
}

/// The names that directives, and comments that were meant to be directives, use; for methods the last part.
fn asked<'a>(files: &[&'a GoFile]) -> HashSet<&'a [u8]> {
    let mut asked = HashSet::new();
    for file in files {
        let locals = file.linknames.iter().map(|linkname| linkname.local.as_slice());
        for local in locals.chain(file.near_misses.iter().map(|near| near.local.as_slice())) {
            asked.insert(local);
            asked.extend(local.rsplit(|byte| *byte == b'.').next());
        }
    }
    asked
}

/// The name under which a file uses an import, as far as the path tells.
fn import_name(import: &Import) -> &[u8] {
    let last = import.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    import.name.as_deref().unwrap_or(last)
}

/// Whether a function's parameters visibly hold pointers: `*`, a slice, unsafe.Pointer.
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

/// Whether a file may have directives. If it imports "C", cgo adds `import _ "unsafe"` (cmd/cgo, 1.18 to 1.27).
fn imports_unsafe(file: &GoFile) -> bool {
    file.imports_path(b"unsafe") || file.imports_path(b"C")
}
