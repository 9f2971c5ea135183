//! What is a directive's remote, according to the sources of the same build?

use super::Scan;
use super::neighbours::{has_symbol, text};
use crate::finding::Code;
use crate::linkname::signature::Side;
use crate::names;
use crate::source::build::BuiltPackage;
use crate::source::file::DeclarationKind;
use crate::source::package::{Directive, Form, Kind};
use crate::source::target::{self, Facts, Target};
use crate::source::types::ParsedPackage;

impl Scan<'_> {
    /// What the remote is.
    pub(super) fn target_of(&self, index: usize, directive: &Directive) -> Target {
        let side = remote_side(directive).filter(|_| directive.form != Form::OneArg);
        side.map_or(Target::Unread, |side| {
            self.target(index, directive, &side, self.owner(index, &side.package))
        })
    }

    /// The mistakes that only the target's source shows.
    pub(super) fn target_mistakes(
        &self,
        index: usize,
        package: &BuiltPackage,
        directive: &Directive,
        target: Target,
    ) -> Vec<Code> {
        let Some(side) = remote_side(directive) else { return Vec::new() };
        let owner = self.owner(index, &side.package);
        let facts = Facts {
            target,
            is_importable: owner
                .is_some_and(|owner| self.is_importable(index, package, owner, &side.name)),
            is_wanted: self.is_wanted(index, directive),
        };
        let unescaped =
            directive.mistakes.iter().any(|mistake| mistake.code == Code::UnescapedPath);
        let mut codes = target::mistakes(directive, &facts);
        // Another finding already says why nothing has that name.
        codes.retain(|code| !unescaped || !is_unknown(*code));
        // runtime/cgo gives values to variables of runtime and syscall: both sides are Go's own.
        let both_std =
            package.std && owner.and_then(|o| self.packages.get(o)).is_some_and(|o| o.std);
        codes.retain(|code| !both_std || *code != Code::InitialisedVariable);
        codes
    }

    /// The package of the build whose symbols have the path `named`. A module may have several `main` packages; a
    /// package main means itself.
    pub(super) fn owner(&self, index: usize, named: &str) -> Option<usize> {
        let own = self.packages.get(index).is_some_and(|package| package.import_path == named);
        if own { Some(index) } else { self.packages.named(named) }
    }

    /// What package `owner` defines under a symbol's name. If a directive gives the function or variable another
    /// name, nothing is left under this one.
    pub(super) fn declared(
        &self,
        owner: usize,
        parsed: &ParsedPackage,
        name: &str,
    ) -> Option<Target> {
        let directives = self.spoken(owner).into_iter();
        let mut directives = directives.flat_map(|spoken| &spoken.joined.directives);
        let renamed = directives.any(|directive| {
            let elsewhere = !matches!(directive.form, Form::OneArg | Form::Unknown);
            directive.local == name.as_bytes() && elsewhere
        });
        if renamed { None } else { declared(parsed, name) }
    }

    /// Whether a directive of package `index` publishes a body under the name `symbol`.
    pub(super) fn is_pushed_by(&self, index: usize, symbol: &[u8]) -> bool {
        let same = self.by_remote.get(symbol).into_iter().flatten();
        same.filter(|(other, _)| *other == index)
            .filter_map(|(other, number)| self.directive_at(*other, *number))
            .any(|directive| directive.form == Form::Push)
    }

    /// What a remote is whose package is not in the build.
    fn of_absent_package(&self, index: usize, directive: &Directive) -> Target {
        let own = self.packages.get(index).is_some_and(|package| package.own);
        let whole = self.question.build.gaps.is_empty();
        // Every program has a package main, but Go's own source has none.
        if directive.remote.starts_with(b"main.") {
            return Target::Unread;
        }
        match self.rules().target(directive) {
            // Dependencies push into packages that not every program has. The main module knows its own packages.
            Target::Unread if own && whole && directive.form == Form::Push => Target::Missing,
            // A variable of a package that is not linked has no owner.
            Target::Unread if whole && directive.kind == Kind::Var => Target::Missing,
            known => known,
        }
    }

    fn target(
        &self,
        index: usize,
        directive: &Directive,
        side: &Side,
        owner: Option<usize>,
    ) -> Target {
        let Some(owner) = owner else {
            let given = directive.kind == Kind::Var && self.is_given(index, directive);
            return if given { Target::Unread } else { self.of_absent_package(index, directive) };
        };
        if self.is_doubtful(owner) {
            let std = self.packages.get(owner).is_some_and(|package| package.std);
            return if std { self.rules().target(directive) } else { Target::Unread };
        }
        let Some(parsed) = self.packages.parsed(owner) else { return Target::Unread };
        match self.declared(owner, parsed, &side.name) {
            // The linker has one kind of name for assembly functions and variables, so a variable can give a
            // function's address.
            Some(Target::Function { has_body: false }) if directive.kind == Kind::Var => {
                return Target::Unread;
            }
            // The same is true of every function on a platform that passes no parameters in registers.
            Some(Target::Function { .. })
                if directive.kind == Kind::Var
                    && self.machine.is_none_or(|machine| !machine.has_registers()) =>
            {
                return Target::Unread;
            }
            Some(found) => return found,
            None => {}
        }
        if self.is_given(index, directive) {
            return Target::Unread;
        }
        let package = self.packages.get(owner);
        // Compiler and linker make symbols of their own, so only a plain name is known to be missing.
        let plain = side.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !plain || crate::rules::is_linker_defined(&directive.remote) {
            return Target::Unread;
        }
        let std = package.is_some_and(|package| package.std);
        match std && self.rules().is_gone(&directive.remote, directive.kind == Kind::Var) {
            true => Target::Gone,
            false => Target::Missing,
        }
    }

    /// Whether the source of package `index` may be another build's.
    pub(super) fn is_doubtful(&self, index: usize) -> bool {
        self.packages
            .get(index)
            .is_some_and(|package| self.question.doubtful.contains(package.module_path()))
    }

    /// Whether assembly of any package defines the remote: `TEXT runtime·memequal` is in internal/bytealg.
    pub(super) fn is_assembled(&self, directive: &Directive) -> bool {
        let read = || {
            let all = 0..self.question.build.packages.len();
            let each = all.filter_map(|index| self.packages.assembly(index));
            each.flat_map(|one| one.text.iter().chain(&one.data)).cloned().collect()
        };
        self.assembled.get_or_init(read).contains(&directive.remote)
    }

    /// The package and local name whose body is published under the name `remote`.
    pub(super) fn pusher(&self, remote: &[u8]) -> Option<Side> {
        let same = self.by_remote.get(remote)?.iter();
        same.filter_map(|(index, number)| {
            let directive = self.directive_at(*index, *number)?;
            let package = self.packages.get(*index)?;
            let name = String::from_utf8(directive.local.clone()).ok()?;
            (directive.form == Form::Push)
                .then(|| Side { package: package.import_path.clone(), name })
        })
        .next()
    }

    /// Whether the remote exists without a declaration: a directive pushes its body or value, or assembly defines it.
    fn is_given(&self, index: usize, directive: &Directive) -> bool {
        let pushed = match directive.kind {
            Kind::Var => self.is_pushed_by_another(index, directive),
            _ => self.pusher(&directive.remote).is_some(),
        };
        pushed || self.is_assembled(directive)
    }

    /// Whether another directive publishes something under the remote's name. This directive may give its variable a
    /// value.
    fn is_pushed_by_another(&self, index: usize, directive: &Directive) -> bool {
        let same = self.by_remote.get(&directive.remote).into_iter().flatten();
        let others = same.filter_map(|(other, number)| {
            let found = self.directive_at(*other, *number)?;
            (*other != index || found.local != directive.local).then_some(found)
        });
        others.into_iter().any(|other| other.form == Form::Push)
    }

    pub(super) fn directive_at(&self, index: usize, number: usize) -> Option<&Directive> {
        self.spoken(index)?.joined.directives.get(number)
    }

    /// Whether another package pulls the remote, or the remote's own package declares it without a body.
    fn is_wanted(&self, index: usize, directive: &Directive) -> bool {
        let same = self.by_remote.get(&directive.remote).into_iter().flatten();
        let pulled = same.clone().any(|(other, number)| {
            let other_directive = self.directive_at(*other, *number);
            *other != index && other_directive.is_some_and(|other| !other.has_body)
        });
        let declared = remote_side(directive).and_then(|side| {
            let owner = self.owner(index, &side.package)?;
            self.declared(owner, self.packages.parsed(owner)?, &side.name)
        });
        pulled || matches!(declared, Some(Target::Function { has_body: false }))
    }

    /// Whether the local package could import the remote instead: the name is exported, and neither an `internal`
    /// folder nor an import cycle forbids it.
    fn is_importable(
        &self,
        index: usize,
        package: &BuiltPackage,
        owner: usize,
        name: &str,
    ) -> bool {
        let Some(target) = self.packages.get(owner) else { return false };
        let exported = name.chars().next().is_some_and(char::is_uppercase) && !name.contains('.');
        let allowed = match target.path.split_once("internal") {
            None => !target.path.starts_with("vendor/"),
            Some((above, _)) => package.path.starts_with(above) && !above.is_empty(),
        };
        let plugin = self.question.build.plugin.as_ref();
        let main = target.import_path == "main" || plugin == Some(&target.import_path);
        // Every package depends on the runtime, whether it imports it or not.
        let below = |from: Option<usize>| from.is_some_and(|from| self.reaches(from, index));
        let cycle = || below(Some(owner)) || below(self.packages.named("runtime"));
        exported && allowed && !main && owner != index && !cycle()
    }

    /// Whether package `from` imports package `to`, directly or indirectly.
    fn reaches(&self, from: usize, to: usize) -> bool {
        let mut seen = vec![false; self.question.build.packages.len()];
        let mut open = vec![from];
        while let Some(index) = open.pop() {
            if index == to {
                return true;
            }
            if seen.get(index).copied().unwrap_or(true) {
                continue;
            }
            if let Some(mark) = seen.get_mut(index) {
                *mark = true;
            }
            let files = self.packages.get(index).into_iter().flat_map(|package| &package.files);
            for opening in files.filter_map(|path| self.packages.files.opening(path).ok()) {
                let imports = opening.imports.iter();
                let named = imports.filter_map(|path| std::str::from_utf8(path).ok());
                open.extend(named.filter_map(|path| self.packages.named(path)));
            }
        }
        false
    }

    /// Whether assembly refers to the remote, a Go function. Then the linker keeps a wrapper of it (1.27 refuses a
    /// variable of that name).
    pub(super) fn is_wrapped(&self, directive: &Directive) -> bool {
        let name = ["·".as_bytes(), names::within_package(&directive.remote)].concat();
        let files = self.assembly_files.get_or_init(|| self.read_assembly());
        directive.kind == Kind::Var
            && self.question.minor < 27
            && files.iter().any(|(_, bytes)| has_symbol(text(bytes), &name))
    }
}

fn is_unknown(code: Code) -> bool {
    matches!(code, Code::UnknownVariableTarget | Code::UnknownFunctionTarget | Code::UnwantedPush)
}

pub(super) fn remote_side(directive: &Directive) -> Option<Side> {
    Side::of_symbol(std::str::from_utf8(&directive.remote).ok()?)
}

/// What a package declares under a symbol's name.
fn declared(parsed: &ParsedPackage, name: &str) -> Option<Target> {
    if let Some((receiver, method)) = name.split_once('.') {
        let receiver = receiver.trim_start_matches("(*").trim_end_matches(')');
        let method = parsed.method(receiver, method)?;
        return Some(Target::Function { has_body: method.has_body });
    }
    let declaration = parsed.declares(name.as_bytes())?;
    match declaration.kind {
        DeclarationKind::Func => Some(Target::Function { has_body: declaration.has_body }),
        DeclarationKind::Var => Some(Target::Variable),
        _ => None,
    }
}
