//! Why a claim cannot be decided from this file. The reason `ambiguous` has a file of its own, because it is not
//! about what the file lacks.

use super::Subject;
use crate::linkname::claim::Kind;
use crate::linkname::evidence::Program;
use crate::linkname::verdict::Gap;
use crate::names;

impl Subject<'_> {
    pub(super) fn unproven(&self, gap: Gap) -> String {
        let Self { local, remote, package, .. } = self;
        match gap {
            Gap::Incomplete => {
                "a part of the file that the answer needs is damaged or cut off".to_owned()
            }
            Gap::UnsupportedArch => {
                format!("references to {remote} cannot be searched on this architecture yet")
            }
            Gap::NotGc => {
                let why = match self.evidence.program {
                    Program::NotGc(toolchain) => toolchain.to_string(),
                    _ => "nothing in it says that Go made it".to_owned(),
                };
                format!("the gc toolchain did not make this file as it is: {why}")
            }
            Gap::UnknownGo if self.evidence.program == Program::UnknownLayout => {
                "the function table has a layout that gonym does not know: a newer Go wrote it, or it was changed on purpose (garble does)"
                    .to_owned()
            }
            Gap::UnknownGo => format!(
                "gonym's tables do not know this Go version: it may call {remote} by itself, or replace its calls"
            ),
            Gap::NoNames if self.claim.kind == Kind::Func => {
                format!("{remote} is no Go function of this binary, and other names are stripped")
            }
            Gap::NoNames if self.claim.kind == Kind::Var => {
                format!("names of variables are stripped, so nothing tells what became of {remote}")
            }
            Gap::NoNames => format!(
                "{remote} is no function of this binary, and the names of variables are stripped: say func:{local}={remote} if it is a function"
            ),
            Gap::NoDwarf => format!(
                "only {package} refers to {remote}, and without DWARF nothing says whose variable it is: the owner may just not use it"
            ),
            Gap::NoReferences => {
                format!("the code could not be searched for references to {remote} with certainty")
            }
            Gap::PackageAbsent => format!("package {package} has no code in this binary{}", self.absent_hint()),
            Gap::NotYetJudged => "this version of gonym does not judge claims of this kind".to_owned(),
            Gap::Ambiguous => self.ambiguous().brief(),
        }
    }

    /// What the name may have been meant to be.
    fn absent_hint(&self) -> &'static str {
        let name = names::within_package(&self.claim.local);
        match self.evidence.package.as_str() {
            "main" => {
                ": in a test binary main is what go test wrote, and a command goes by its import path"
            }
            _ if name.contains(&b'.') && !name.contains(&b'(') => {
                "; a dot in the last element of a package's path is written %2e"
            }
            _ => "",
        }
    }
}
