//! What does a binary say about the build that made it, in the words of `source`?

use crate::binary::Binary;
use crate::golang::buildinfo::Module;
use crate::golang::ldflags::Ldflags;
use crate::source::build::{Dep, ModuleId, Order};

/// The build as the binary records it.
///
/// # Errors
/// What is not recorded.
pub(super) fn order(binary: &Binary) -> Result<Order, String> {
    let build = binary.build().ok_or("it records no build information, so nothing says which sources it was built from")?;
    let minor = build.version.known_minor().ok_or("it does not say which release of Go built it")?;
    let functions = binary.functions().ok();
    let files = functions.into_iter().flat_map(|functions| functions.table.files());
    Ok(Order {
        minor,
        version: build.version.text.clone(),
        main_package: build.path.clone(),
        main_module: build.main.as_ref().map(id),
        deps: build.deps.iter().map(dep).collect(),
        settings: build.settings.iter().cloned().collect(),
        compiled_files: files.map(<[u8]>::to_vec).collect(),
        test: false,
    })
}

fn id(module: &Module) -> ModuleId {
    ModuleId { path: module.path.clone(), version: module.version.clone() }
}

fn dep(module: &Module) -> Dep {
    Dep { id: id(module), replace: module.replace.clone() }
}

/// GOOS and GOARCH.
pub(super) fn platform(binary: &Binary) -> (String, String) {
    let recorded = |key| binary.build().and_then(|build| build.setting(key)).map(str::to_owned);
    let goos = recorded("GOOS").or_else(|| binary.goos().map(str::to_owned));
    (goos.unwrap_or_default(), recorded("GOARCH").unwrap_or_else(|| binary.image.arch.clone()))
}

/// What the linker was told; none where the build records no flags.
pub(super) fn ldflags(binary: &Binary) -> Option<Ldflags> {
    let build = binary.build()?;
    let recorded = build.setting("-ldflags").map(Ldflags::parse);
    let trimmed = build.setting("-trimpath") == Some("true");
    recorded.or_else(|| (!trimmed).then(Ldflags::default))
}
