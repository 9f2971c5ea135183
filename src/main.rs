//! The command line: parse, run, exit code.
#![forbid(unsafe_code)]

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    match args.split_first() {
        Some((command, rest)) if command == "nm" => {
            let recover =
                |_: &gonym::image::Image, _: &mut gonym::symbols::listing::Listing| Vec::new();
            let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
            ExitCode::from(gonym::cli::nm::run(rest, &recover, &mut out, &mut err))
        }
        _ => ExitCode::from(2),
    }
}
