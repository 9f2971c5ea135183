//! Which symbols of other packages does the assembly of a package define or name?
//!
//! Assembly needs no directive. Since go1.23 the linker checks it as it checks a directive: for data that Go
//! declares, and from go1.27 on, when functions have wrappers, also for other packages' assembly (measured by links
//! of 1.22 to 1.27, and read in cmd/link/internal/loader/loader.go). Binaries are not asked about these symbols:
//! nothing there tells a symbol that assembly defines from one that it only uses.

use super::refusals::{self, Named};
use super::{Scan, ScannedDirective};
use crate::finding::{Code, Finding};
use crate::linkname::claim::{Form, Kind, Said};
use crate::names;
use crate::rules;
use crate::source::assembly::{self, Part};
use crate::source::build::BuiltPackage;

/// Since go1.20 type symbols are `type:p.T`. Assembly writes a dot there, so it names no type since.
const TYPES_WITH_COLON_SINCE: u16 = 20;

impl Scan<'_> {
    /// The symbols of other packages that the assembly of package `index` defines or names.
    pub(super) fn of_assembly(
        &self,
        index: usize,
        package: &BuiltPackage,
    ) -> Vec<ScannedDirective> {
        let asked = self.question.is_to_be_linked && (!package.std || self.question.std);
        if !asked {
            return Vec::new();
        }
        let mut rows = Vec::new();
        for path in &package.assembly {
            let Ok(bytes) = self.packages.files.read(path) else { continue };
            let own = names::escaped(package.import_path.as_bytes());
            let mut found = assembly::named(package.import_path.as_bytes(), &bytes);
            // A type (`type:runtime.g`) belongs to no package, so it is not this package's.
            let foreign = |symbol: &[u8]| {
                symbol.contains(&b'.') && names::package(symbol) != Some(own.as_slice())
            };
            found.retain(|one| foreign(&one.symbol));
            // A table of DATA lines is listed once for its symbol.
            found.dedup_by(|a, b| a.symbol == b.symbol && a.part == b.part && a.part == Part::Data);
            rows.extend(
                found.into_iter().map(|one| self.named_by_assembly(index, package, path, one)),
            );
        }
        rows
    }

    fn named_by_assembly(
        &self,
        index: usize,
        package: &BuiltPackage,
        path: &std::path::Path,
        one: assembly::Named,
    ) -> ScannedDirective {
        let defines = matches!(one.part, Part::Text | Part::Data);
        let permit = match defines || package.std {
            true => None,
            false => self.rules().of_assembly(package, &one.symbol),
        };
        let minor = self.question.minor;
        let refused = permit
            .as_ref()
            .and_then(|permit| refusals::refusal(minor, &one.symbol, permit, Named::Yes));
        let typed = one.symbol.starts_with(b"type.") && minor >= TYPES_WITH_COLON_SINCE;
        // A directive on a variable that no longer exists makes a private one. Assembly defines none, and such a
        // program does not link.
        let lost = typed || permit.as_ref().is_some_and(|permit| permit.state == "gone");
        let gone = (lost && !defines).then(|| Finding::plain(Code::UnknownFunctionTarget));
        let mut row = ScannedDirective {
            column: one.column,
            local: names::within_package(&one.within).to_vec(),
            kind: match one.part {
                Part::Text | Part::Branch => Kind::Func,
                Part::Data => Kind::Var,
                Part::Operand => self.kind_of(&one.symbol),
            },
            remote: one.symbol,
            form: Form::Assembly,
            in_assembly: true,
            selected: true,
            ..ScannedDirective::of(index, package, path.to_owned())
        };
        row.said = Said { line: one.line, has_body: defines, assembly: true, ..row.said };
        row.facts.word = "assembly";
        row.facts.findings = refused.into_iter().chain(gone).collect();
        row.facts.permit = permit;
        row
    }

    /// What the release declares under the name `symbol`.
    fn kind_of(&self, symbol: &[u8]) -> Kind {
        match self.rules().symbol(symbol).map(rules::Symbol::is_variable) {
            Some(true) => Kind::Var,
            Some(false) => Kind::Func,
            None => Kind::Unknown,
        }
    }
}
