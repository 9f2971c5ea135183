//! What does it cost the commands that a part of an executable is not there?

use crate::binary::Missing;

/// Each command that loses something by the lack of `part`, and what. `all` is what is missing.
pub(in crate::report) fn costs(
    part: Missing,
    all: &[Missing],
) -> &'static [(&'static str, &'static str)] {
    match part {
        Missing::Symbols if all.contains(&Missing::Functions) => {
            &[("nm, aliases, diff", "have no names at all")]
        }
        Missing::Symbols => &[
            ("nm", "lists none of the program's symbols; -recover lists its functions"),
            ("aliases", "has no names to compare"),
            (
                "check",
                "cannot decide var:NAME and plain names; functions, packages and calls it can",
            ),
            ("diff", "compares functions, not variables"),
            ("explain", "knows variables by address only"),
        ],
        Missing::Dwarf => &[
            (
                "check",
                "leaves a variable unproven that its owner's code does not use, and a push of code behind //line",
            ),
            ("discover", "calls a package of nothing but pushes possible, not firm"),
            ("explain", "shows no signatures and types"),
        ],
        Missing::SomeDwarf => {
            &[("check", "knows the variables of some packages only; others can be unproven")]
        }
        Missing::Functions => {
            &[("check, discover, addr, explain, why", "decide nothing: no Go function is known")]
        }
        Missing::InlineTrees => &[
            ("check", "cannot say of a function or package that it was inlined nowhere"),
            ("addr", "shows no inlined frames"),
        ],
        Missing::BuildInformation => &[
            ("check", "finds no sources and leaves unproven what rests on Go's version"),
            ("discover", "knows no modules"),
            ("diff", "compares neither modules nor settings"),
        ],
        Missing::LinkerFlags => {
            &[("check", "cannot tell -X and -checklinkname=0: they are not recorded")]
        }
    }
}
