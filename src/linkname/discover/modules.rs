//! Which module does a package belong to, according to the build information?

use crate::binary::Binary;
use crate::finding::Owner;
use crate::golang::buildinfo::{BuildInfo, Module};
use crate::rules;

/// The modules of a build.
pub(crate) struct Modules<'a> {
    build: Option<&'a BuildInfo>,
}

impl<'a> Modules<'a> {
    pub(crate) fn of(binary: &'a Binary) -> Self {
        Self { build: binary.build() }
    }

    /// Whose package `package` is. A package that no recorded module holds is the program's own where no module is
    /// recorded, else a dependency.
    pub(crate) fn owner(&self, package: &str) -> Owner {
        let main = self.main();
        let own_tools = main.is_some_and(|main| is_gos(&main.path));
        match package {
            "main" if own_tools => Owner::Std,
            "main" => Owner::Main,
            _ if is_of_go(package) => Owner::Std,
            _ => match (self.holder(package), main) {
                (Some(module), Some(main)) if module.path == main.path => Owner::Main,
                (None, None) => Owner::Main,
                _ => Owner::Dependency,
            },
        }
    }

    /// Path and version of the module that holds `package`. Go's own packages have the version of Go.
    pub(crate) fn module(&self, package: &str) -> Option<(String, String)> {
        if self.owner(package) == Owner::Std {
            let version = self.build.map(|build| build.version.text.clone());
            return Some(("std".to_owned(), version.unwrap_or_default()));
        }
        let module = if package == "main" { self.main() } else { self.holder(package) };
        module.map(|module| (module.path.clone(), module.version.clone()))
    }

    fn main(&self) -> Option<&'a Module> {
        self.build.and_then(|build| build.main.as_ref())
    }

    /// The module with the longest path that `package` is below.
    fn holder(&self, package: &str) -> Option<&'a Module> {
        let build = self.build?;
        let holds = |module: &&Module| {
            let rest = package.strip_prefix(module.path.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '_', '.']))
        };
        let all = build.main.iter().chain(&build.deps);
        all.filter(holds).max_by_key(|module| module.path.len())
    }
}

/// Whether the package is part of a Go installation.
fn is_of_go(package: &str) -> bool {
    let test = package.strip_suffix("_test").unwrap_or(package);
    rules::is_standard(test) || test.starts_with("vendor/") || test.starts_with("cmd/")
}

fn is_gos(module: &str) -> bool {
    module == "cmd" || module == "std"
}
