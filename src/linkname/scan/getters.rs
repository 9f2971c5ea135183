//! May an inlined function have brought a remote onto a line without leaving a frame there?
//!
//! A function whose body is one `return` leaves no frame (`func Get() int { return v }`, 1.18 to 1.27). A function
//! that returns an address or a function never leaves one, because these are formed where they are used (`p := &v;
//! return p`, 1.22 and 1.27). The caller's line then looks as if it named the remote itself: a program without the
//! directive that calls such a function there is the same file. So a line that names the local name settles a
//! reference to a value or a variable only if nothing else on the line may be such a function.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use memchr::memmem;

use super::Scan;
use super::exported_wrappers::has_word;
use crate::linkname::claim::Kind;
use crate::linkname::evidence::Access;
use crate::linkname::neighbours::Neighbours;
use crate::names;
use crate::source::file::{Declaration, DeclarationKind, GoFile};
use crate::source::lexer::{Lexer, Token, TokenKind};
use crate::source::package::Directive;
use crate::source::uses::Root;

/// Where the remote is available without the directive in question: packages, and the remote's names there.
pub(super) struct Getters {
    holders: BTreeMap<usize, BTreeSet<Vec<u8>>>,
    neighbours: Arc<Neighbours>,
    /// Whether calling the remote returns no value of it.
    function: bool,
}

/// Functions that were already visited.
type Seen = BTreeSet<(usize, Vec<u8>)>;

impl Scan<'_> {
    /// The ways to the remote that leave no frame; none if no source has one.
    pub(super) fn getters(
        &self,
        index: usize,
        directive: &Directive,
        neighbours: &Arc<Neighbours>,
    ) -> Option<Getters> {
        let mut holders: BTreeMap<usize, BTreeSet<Vec<u8>>> = BTreeMap::new();
        let owner = neighbours.owner.as_deref().and_then(|owner| self.packages.named(owner));
        let name = names::within_package(&directive.remote);
        if let Some(owner) = owner {
            holders.entry(owner).or_default().insert(name.to_vec());
        }
        for (other, number) in self.by_remote.get(&directive.remote).into_iter().flatten() {
            let local = self.directive_at(*other, *number).map(|one| one.local.clone());
            holders.entry(*other).or_default().extend(local);
        }
        holders.remove(&index);
        // A variable may be linked to a function, so the owner's declaration decides.
        let function = directive.kind == Kind::Func
            || owner.is_some_and(|owner| self.is_function(owner, name));
        let found = Getters { holders, neighbours: neighbours.clone(), function };
        let mut all = found.holders.iter();
        all.any(|(package, names)| self.gives(*package, names, &found)).then_some(found)
    }

    /// Whether the package declares a function of that name.
    fn is_function(&self, package: usize, name: &[u8]) -> bool {
        let Some(parsed) = self.packages.parsed(package) else { return false };
        let mut all = parsed.files().iter().flat_map(|file| &file.declarations);
        all.any(|one| one.kind == DeclarationKind::Func && one.name == name)
    }

    /// Whether the package exports one of `names`, or exports a function that returns one without a frame.
    fn gives(&self, package: usize, names: &BTreeSet<Vec<u8>>, getters: &Getters) -> bool {
        let Some(parsed) = self.packages.parsed(package) else { return false };
        let exported = |name: &Vec<u8>| name.first().is_some_and(u8::is_ascii_uppercase);
        let holds = |file: &&GoFile| names.iter().any(|name| has_word(&file.bytes, name));
        names.iter().any(exported)
            || parsed.files().iter().filter(|file| holds(file)).any(|file| {
                let functions = file.declarations.iter().filter(|one| is_function(one));
                // Splitting bodies into tokens costs more than searching for a word.
                let naming = functions
                    .filter(|one| names.iter().any(|name| has_word(file.text(&one.body), name)));
                let mut bodies = naming.filter_map(|one| inlined(file, one));
                bodies.any(|body| getters.names_one(file, &body, names))
            })
    }

    /// Whether one of `roots`, which are in `file` of package `user`, may leave the remote without a frame.
    pub(super) fn shares(
        &self,
        getters: &Getters,
        user: usize,
        file: &GoFile,
        roots: &[Root<'_>],
    ) -> bool {
        let mut seen = Seen::new();
        roots.iter().any(|root| match root {
            Root::Member(import, name) => {
                self.member_gives(getters, file, (import, name), &mut seen)
            }
            Root::Function(name) => self.function_gives(getters, user, name, &mut seen),
            Root::Method(name) => {
                self.type_may_give(getters, user, name) && self.imports_giver(getters, user)
            }
            Root::Call => self.imports_giver(getters, user),
        })
    }

    /// Whether function `name` of a package leaves the remote without a frame when it is inlined.
    fn function_gives(
        &self,
        getters: &Getters,
        package: usize,
        name: &[u8],
        seen: &mut Seen,
    ) -> bool {
        if !seen.insert((package, name.to_vec())) {
            return false;
        }
        let Some(parsed) = self.packages.parsed(package) else { return false };
        let holds = getters.holders.get(&package);
        if holds.is_some_and(|names| names.contains(name)) {
            return true;
        }
        let own = |file: &'_ GoFile| {
            file.declarations.iter().position(|one| {
                one.name == name && !matches!(one.kind, DeclarationKind::Method { .. })
            })
        };
        let found = parsed.files().iter().find_map(|file| Some((file, own(file)?)));
        let Some((file, declared)) =
            found.and_then(|(file, at)| Some((file, file.declarations.get(at)?)))
        else {
            return false;
        };
        if declared.kind != DeclarationKind::Func {
            return false;
        }
        let Some(body) = inlined(file, declared) else { return false };
        if holds.is_some_and(|names| getters.names_one(file, &body, names)) {
            return true;
        }
        let tokens = body.tokens;
        let text = |at: usize| tokens.get(at).map_or(&b""[..], |token| token.text(&file.bytes));
        (0..tokens.len()).any(|at| {
            let before = at.checked_sub(1).map_or(&b""[..], text);
            let identifier = tokens.get(at).is_some_and(|t| t.kind == TokenKind::Identifier);
            let import = |at: usize| file.imports.iter().any(|i| self.is_named(i, text(at)));
            let method = || !at.checked_sub(2).is_some_and(import) && text(at + 1) == b"(";
            match (identifier, before == b".") {
                (true, false) if text(at + 1) == b"." && import(at) => {
                    self.member_gives(getters, file, (text(at), text(at + 2)), seen)
                }
                (true, false) => self.function_gives(getters, package, text(at), seen),
                (true, true) if method() => self.imports_giver(getters, package),
                _ => false,
            }
        })
    }

    /// Whether a member of a package that `file` imports may leave the remote.
    fn member_gives(
        &self,
        getters: &Getters,
        file: &GoFile,
        (import, name): (&[u8], &[u8]),
        seen: &mut Seen,
    ) -> bool {
        let path = file.imports.iter().find(|found| self.is_named(found, import));
        let path = path.and_then(|found| std::str::from_utf8(&found.path).ok());
        let Some(package) = path.and_then(|path| self.packages.named(path)) else { return false };
        // A variable may have methods, or hold a function.
        let parsed = self.packages.parsed(package);
        let files = parsed.map(|parsed| parsed.files()).unwrap_or_default();
        let mut declared = files.iter().flat_map(|file| &file.declarations);
        let variable = declared.any(|one| one.name == name && one.kind == DeclarationKind::Var);
        match variable {
            true => self.may_give(getters, package),
            false => self.function_gives(getters, package, name, seen),
        }
    }

    fn is_named(&self, found: &crate::source::file::Import, name: &[u8]) -> bool {
        if let Some(given) = &found.name {
            return given == name;
        }
        // The last path element is the package's name most often.
        if found.path.rsplit(|byte| *byte == b'/').next() == Some(name) {
            return true;
        }
        let package = std::str::from_utf8(&found.path).ok();
        let package = package.and_then(|path| self.packages.named(path));
        package.and_then(|p| self.packages.parsed(p)).is_some_and(|parsed| parsed.name() == name)
    }

    /// Whether the declaration of `name` may have methods that leave the remote. It has none if its type belongs to a
    /// package without any way to the remote.
    fn type_may_give(&self, getters: &Getters, package: usize, name: &[u8]) -> bool {
        let Some(parsed) = self.packages.parsed(package) else { return true };
        let variable = |file: &'_ GoFile| {
            let mut all = file.declarations.iter().filter(|one| one.kind == DeclarationKind::Var);
            all.find(|one| one.name == name).map(|one| one.signature.clone())
        };
        let found = parsed.files().iter().find_map(|file| Some((file, variable(file)?)));
        let Some((file, written)) = found else { return true };
        let text = file.bytes.get(written).unwrap_or_default().trim_ascii();
        let text = text.strip_prefix(b"*").unwrap_or(text);
        let Some(dot) = memchr::memchr(b'.', text) else { return true };
        let (import, _) = text.split_at(dot);
        let path = file.imports.iter().find(|found| self.is_named(found, import));
        let path = path.and_then(|found| std::str::from_utf8(&found.path).ok());
        path.and_then(|path| self.packages.named(path))
            .is_none_or(|package| self.may_give(getters, package))
    }

    /// Whether a file of the package imports, by a name, a package whose functions may leave the remote.
    fn imports_giver(&self, getters: &Getters, package: usize) -> bool {
        let Some(parsed) = self.packages.parsed(package) else { return true };
        if getters.holders.contains_key(&package) {
            return true;
        }
        let imports = parsed.files().iter().flat_map(|file| &file.imports);
        let named = imports.filter(|import| import.name.as_deref() != Some(b"_"));
        let paths: BTreeSet<&str> =
            named.filter_map(|import| std::str::from_utf8(&import.path).ok()).collect();
        let mut packages = paths.into_iter().filter_map(|path| self.packages.named(path));
        packages.any(|package| self.may_give(getters, package))
    }

    /// Whether methods and values of the package may leave the remote. Among Go's own packages only those that name
    /// it can: their functions are checked one by one, and they import only each other.
    fn may_give(&self, getters: &Getters, package: usize) -> bool {
        let Some(built) = self.packages.get(package) else { return true };
        let free = || getters.neighbours.access(&built.import_path) == Access::Free;
        getters.holders.contains_key(&package) || !built.std && !free()
    }
}

impl Getters {
    /// Whether a body uses one of `names` as a value that leaves no frame.
    fn names_one(&self, file: &GoFile, body: &Body, names: &BTreeSet<Vec<u8>>) -> bool {
        let tokens = &body.tokens;
        let text = |at: usize| tokens.get(at).map_or(&b""[..], |token| token.text(&file.bytes));
        (0..tokens.len()).any(|at| {
            let before = at.checked_sub(1).map_or(&b""[..], text);
            // Slicing an array forms its address.
            let address = before == b"&" || text(at + 1) == b"[";
            let handed = match self.function {
                true => text(at + 1) != b"(",
                false => body.one_return || address,
            };
            handed && before != b"." && names.contains(text(at))
        })
    }
}

/// The tokens of a function that the compiler may inline.
struct Body {
    tokens: Vec<Token>,
    /// Whether it is a single `return`.
    one_return: bool,
}

/// Without a profile the compiler inlines at most 80 nodes (cmd/compile/internal/inline, 1.18 to 1.27).
const MOST_TOKENS: usize = 320;

fn is_function(one: &Declaration) -> bool {
    matches!(one.kind, DeclarationKind::Func | DeclarationKind::Method { .. })
}

/// The body of a function that the compiler may inline.
fn inlined(file: &GoFile, function: &Declaration) -> Option<Body> {
    let body = file.bytes.get(function.body.clone())?;
    let inner = body.strip_prefix(b"{")?.strip_suffix(b"}")?;
    let start = function.body.start + 1;
    let tokens = Lexer::new(inner).filter(|token| !token.is_comment());
    let tokens = tokens.map(|t| Token { start: t.start + start, end: t.end + start, ..t });
    let tokens: Vec<Token> = tokens.take(MOST_TOKENS + 1).collect();
    if tokens.len() > MOST_TOKENS || is_kept(file, function) {
        return None;
    }
    let text = |token: &Token| token.text(&file.bytes);
    let ends = |kind| matches!(kind, TokenKind::Newline | TokenKind::Semicolon);
    let (mut depth, mut statements, mut open) = (0_usize, 0_usize, false);
    for token in &tokens {
        match text(token) {
            b"(" | b"[" | b"{" => depth += 1,
            b")" | b"]" | b"}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && ends(token.kind) {
            open = false;
        } else if !open {
            open = true;
            statements += 1;
        }
    }
    let first = tokens.iter().find(|token| !ends(token.kind))?;
    let one_return = statements == 1 && text(first) == b"return";
    Some(Body { tokens, one_return })
}

/// Whether `//go:noinline` is among the comments above the function.
fn is_kept(file: &GoFile, function: &Declaration) -> bool {
    let above = usize::try_from(function.line.saturating_sub(1)).unwrap_or_default();
    if memmem::find(&file.bytes, b"//go:noinline").is_none() {
        return false;
    }
    let lines: Vec<&[u8]> = file.bytes.split(|byte| *byte == b'\n').take(above).collect();
    let comments = lines.iter().rev().map(|line| line.trim_ascii_end());
    comments.take_while(|line| line.starts_with(b"//")).any(|line| line == b"//go:noinline")
}
