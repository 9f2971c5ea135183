//! Which names mark a place in the image and belong to no function or variable?
//!
//! Go's linker writes them (`cmd/link/internal/ld/{data,symtab,pcln}.go`, go1.19 to go1.27), and so does every system
//! linker. Each shares its address with whatever comes first after it: ten or eleven such groups in every pure Go
//! binary (measured over 62 builds).
//!
//! ```
//! use gonym::symbols::markers::is_marker;
//!
//! assert!(is_marker(b"runtime.etext") && is_marker(b"go:string.*"));
//! assert!(!is_marker(b"runtime.nanotime"));
//! ```

use crate::rules;

/// `runtime.NAME` of marks that only releases older than the tables of `rules` have.
const OLD_RUNTIME: &[&[u8]] = &[b"eitablink", b"etypelink", b"firstmoduledata.end", b"gofunc"];

/// Marks by their whole names, of Go (`type:*` is a name, not a pattern) and of system linkers.
const WHOLE: &[&[u8]] = &[
    b"type:*",
    b"type.*",
    b"_edata",
    b"edata",
    b"_end",
    b"end",
    b"_etext",
    b"etext",
    b"__etext",
    b"__bss_start",
    b"__bss_start__",
    b"_bss_end__",
    b"__bss_end__",
    b"__end__",
    b"data_start",
    b"__data_start",
    b"__TMC_END__",
    b"__TMC_LIST__",
    b"__GNU_EH_FRAME_HDR",
    b"__FRAME_END__",
    b"__EH_FRAME_BEGIN__",
    b"_GLOBAL_OFFSET_TABLE_",
    b"_PROCEDURE_LINKAGE_TABLE_",
    b"_DYNAMIC",
    b"__init_array_start",
    b"__init_array_end",
    b"__fini_array_start",
    b"__fini_array_end",
    b"__preinit_array_start",
    b"__preinit_array_end",
    b"__rela_iplt_start",
    b"__rela_iplt_end",
    b"__rel_iplt_start",
    b"__rel_iplt_end",
    b"__dso_handle",
    b"__executable_start",
    b"__ehdr_start",
    b"__global_pointer$",
    b"_fp_hw",
    b"_IO_stdin_used",
    b"__abi_tag",
    b"_mh_execute_header",
    b"__mh_execute_header",
    b"mh_execute_header",
];

/// Names up to Go 1.19 that begin with `go.`. A package path may begin so too: `go.uber.org/zap`.
const OLD_GO: &[&[u8]] = &[
    b"go.string.",
    b"go.func.",
    b"go.funcrel.",
    b"go.itab.",
    b"go.itablink",
    b"go.typelink",
    b"go.buildid",
    b"go.constinfo",
    b"go.shape.*",
    b"go.importpath.",
    b"go.main.",
    b"go.buildinfo",
    b"go.interface.",
    b"go.builtin.",
    b"go.cuinfo.",
    b"go.info.",
    b"go.dict.",
];

/// Whether `name` (without Mach-O's leading `_`) marks a place.
#[must_use]
pub fn is_marker(name: &[u8]) -> bool {
    if WHOLE.contains(&name) || name.starts_with(b"go:") {
        return true;
    }
    if OLD_GO.iter().any(|prefix| name.starts_with(prefix)) {
        return true;
    }
    let old = name.strip_prefix(b"runtime.").is_some_and(|mark| OLD_RUNTIME.contains(&mark));
    old || rules::is_linker_defined(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_every_version_are_known() {
        for name in [
            "runtime.text",
            "runtime.text.12",
            "runtime.ecovctrs",
            "go:string.*",
            "go:buildid",
            "go.string.*",
            "go.func.*",
            "type:*",
            "type.*",
            "_end",
            "__bss_start",
        ] {
            assert!(is_marker(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn functions_and_variables_are_none() {
        for name in [
            "runtime.textAddr",
            "runtime.text.x",
            "runtime.ends",
            "go.uber.org/zap.New",
            "go.opentelemetry.io/otel.init",
            "type:.eq.[2]string",
            "type..hash.main.T",
            "main.end",
        ] {
            assert!(!is_marker(name.as_bytes()), "{name}");
        }
    }
}
