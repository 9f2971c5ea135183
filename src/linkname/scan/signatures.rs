//! Does a local declaration fit what the remote's source, or DWARF, declares?

use super::Scan;
use super::packages::Believed;
use super::targets::remote_side;
use crate::finding::{Code, Finding, Level};
use crate::linkname::signature::{self, Class, Short, Side, TargetSide, Universe};
use crate::source::allocation::Asked;
use crate::source::package::{Directive, Form, Kind};
use crate::source::target::Target;
use crate::source::types::ParsedPackage;
use crate::types::Type;

impl Scan<'_> {
    /// Whether the two declarations could be compared, and the finding about them.
    pub(super) fn signature(
        &self,
        index: usize,
        directive: &Directive,
    ) -> Option<(bool, Option<Finding>)> {
        if directive.form != Form::Pull
            && !(directive.kind == Kind::Var && directive.form != Form::OneArg)
        {
            return None;
        }
        let package = self.packages.get(index)?;
        let local = Side {
            package: package.import_path.clone(),
            name: String::from_utf8(directive.local.clone()).ok()?,
        };
        let natural = remote_side(directive)?;
        let owner = self.owner(index, &natural.package);
        let body = owner
            .and_then(|owner| self.declared(owner, self.packages.parsed(owner)?, &natural.name));
        if directive.kind == Kind::Var && self.is_one_symbol(directive, body.as_ref()) {
            return None;
        }
        // If the target's package only declares the name, the pushed body is what is called.
        let target = match body {
            Some(Target::Function { has_body: true } | Target::Variable) => natural,
            _ => self.pusher(&directive.remote).unwrap_or(natural),
        };
        if self.packages.named(&target.package).is_some_and(|owner| self.is_doubtful(owner)) {
            return None;
        }
        let declared = Believed {
            packages: self.packages,
            doubtful: self.question.doubtful,
            asker: package.module_path(),
        };
        let universe = Universe { declared: &declared, machine: self.machine? };
        let compared = signature::compare(&local, &TargetSide::Source(&target), &universe);
        let allocates = |short: &Short| {
            let parsed = self.packages.parsed(index);
            parsed.is_some_and(|parsed| allocates(parsed, &directive.local, short))
        };
        let mut finding = signature_finding(&compared, &allocates);
        // Assembly calls it through a wrapper, which has the variable's ABI, and code wins over zeros: there is one
        // symbol.
        if compared.class == Class::Kind
            && directive.kind == Kind::Var
            && self.is_wrapped(directive)
        {
            finding.iter_mut().for_each(|finding| finding.level = Level::Warn);
        }
        Some((compared.class != Class::Unknown, finding))
    }

    /// Whether a variable with a function's name is that function. That is so for assembly, and on every platform
    /// that passes parameters on the stack: there is one kind of name for both.
    fn is_one_symbol(&self, directive: &Directive, body: Option<&Target>) -> bool {
        let stack = self.machine.is_none_or(|machine| !machine.has_registers());
        match body {
            Some(Target::Function { has_body: false }) => self.is_assembled(directive),
            Some(Target::Function { has_body: true }) => stack,
            _ => false,
        }
    }
}

/// What the binary's DWARF says about a target whose source is not at hand.
#[derive(Clone, Debug)]
pub enum Described {
    /// Its parameters and results.
    Function(Vec<crate::dwarf::Parameter>),
    /// Its type and size.
    Variable(Option<Vec<u8>>, Option<u64>),
}

/// Compares the local declarations of `rows` that could not be compared with source against DWARF.
pub fn compare_described(
    question: &super::Question<'_>,
    rows: &mut [super::ScannedDirective],
    described: &std::collections::BTreeMap<Vec<u8>, Described>,
) {
    let packages = question.packages;
    let Some(machine) = crate::types::machine::Machine::of(question.goarch, question.minor) else {
        return;
    };
    for row in rows.iter_mut().filter(|row| row.wants_dwarf()) {
        let Some(found) = described.get(&row.remote) else { continue };
        let Some(local) = packages.get(row.package) else { continue };
        let declared =
            Believed { packages, doubtful: question.doubtful, asker: local.module_path() };
        let universe = Universe { declared: &declared, machine };
        let package = local.import_path.clone();
        let names = (std::str::from_utf8(&row.local), std::str::from_utf8(&row.remote));
        let (Ok(local), Ok(name)) = names else { continue };
        let local = Side { package, name: local.to_owned() };
        let target = match found {
            // A variable can give the address of a C or assembly function of its name.
            Described::Function(_) if row.kind == super::Kind::Var => continue,
            Described::Function(parameters) => TargetSide::Function { name, parameters },
            Described::Variable(type_name, size) => {
                TargetSide::Variable { name, type_name: type_name.as_deref(), size: *size }
            }
        };
        let compared = signature::compare(&local, &target, &universe);
        let parsed = packages.parsed(row.package);
        let allocates =
            |short: &Short| parsed.is_some_and(|parsed| allocates(parsed, &row.local, short));
        let finding = signature_finding(&compared, &allocates);
        row.facts.findings.extend(finding);
        row.tidy();
    }
}

/// The finding about a comparison; none if the types fit or are unknown.
fn signature_finding(
    compared: &signature::Comparison,
    allocates: &dyn Fn(&Short) -> bool,
) -> Option<Finding> {
    let code = compared.class.code()?;
    match compared.class {
        // A value that another package allocated has the size that that package declares.
        Class::Pointee if !compared.short.as_ref().is_some_and(allocates) => None,
        // A smaller variable reads and writes a part of the remote, as sonic's runtime.writeBarrier does.
        Class::Size if compared.local_is_smaller => {
            Some(Finding::new(Code::SignatureSize, &compared.detail))
        }
        Class::Size | Class::Kind => {
            Some(Finding::new(code, format!("{}; {}", compared.detail, code.help())))
        }
        _ => Some(Finding::new(code, &compared.detail)),
    }
}

/// Whether package `parsed` itself allocates the value whose pointer it passes to its function `local`.
fn allocates(parsed: &ParsedPackage, local: &[u8], short: &Short) -> bool {
    let own = match &short.type_ {
        Type::Named(name) if name.package.as_ref() == parsed.path() => name.name.as_bytes(),
        _ => b"",
    };
    let asked = Asked { type_name: own, function: local, parameter: short.parameter };
    parsed.files().iter().any(|file| asked.is_allocated_in(&file.bytes))
}
