//! The command line: one file per subcommand, which turns arguments into a report or a listing and an exit code.
//!
//! ```
//! let arguments = ["gonym", "rule", "detached", "--quiet"].map(Into::into);
//! assert_eq!(gonym::cli::run(arguments.to_vec()), 0);
//! ```

mod addr;
mod aliases;
mod check;
mod chosen;
mod diff;
mod discover;
mod explain;
mod flags;
mod info;
mod inputs;
pub mod nm;
mod ordered;
mod output;
mod progress;
mod recover;
mod rule;
mod scan;
mod told;
mod why;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Parser, Subcommand};

/// Did this go:linkname take effect in this binary, and how do you know?
#[derive(Parser, Debug)]
#[command(name = "gonym", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List symbols as `go tool nm` does; takes Go's flags (gonym nm --help)
    #[command(disable_help_flag = true)]
    Nm {
        /// Go-style flags, then files
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
        arguments: Vec<OsString>,
    },
    /// Show names that share one address, each with its class
    #[command(after_help = aliases::EXIT_CODES)]
    Aliases(aliases::Aliases),
    /// Judge linknames and symbol rules, and show the evidence
    #[command(after_help = check::EXIT_CODES)]
    Check(check::Check),
    /// List the linknames in effect that a binary betrays without its source
    #[command(after_help = discover::EXIT_CODES)]
    Discover(discover::Discover),
    /// List the linkname directives of a module's source, and the mistakes in them
    #[command(after_help = scan::EXIT_CODES)]
    Scan(scan::Scan),
    /// Show everything known about one function, variable or address
    #[command(after_help = explain::EXIT_CODES)]
    Explain(explain::Explain),
    /// Show the shortest chain of references that leads to a function or variable: why it is in the program
    #[command(after_help = why::EXIT_CODES)]
    Why(why::Why),
    /// Show which function and line an address of a program belongs to
    #[command(after_help = addr::EXIT_CODES)]
    Addr(addr::Addr),
    /// Show what a file is, how it was built, and what was taken from it
    #[command(after_help = info::EXIT_CODES)]
    Info(info::Info),
    /// Show what changed from one executable to another
    #[command(after_help = diff::EXIT_CODES)]
    Diff(diff::Diff),
    /// List or explain the codes that reports carry
    #[command(after_help = rule::EXIT_CODES)]
    Rule(rule::Rule),
}

/// Runs the program with `arguments`, the program's name first; returns the exit code.
pub fn run(arguments: Vec<OsString>) -> u8 {
    if arguments.first().is_some_and(|program| addr::is_called_so(program)) {
        return addr::run_as_addr2line(&arguments);
    }
    // Go's flag package and clap disagree about single dashes, so nm parses its own flags.
    match arguments.as_slice() {
        [_, command, rest @ ..] if command == "nm" => match rest {
            // For Go, -h and -help are errors with Go's own help text. --help shows gonym's.
            [help] if help == "--help" => return help_nm(),
            _ => return run_nm(rest),
        },
        [_, help, command] if help == "help" && command == "nm" => return help_nm(),
        _ => {}
    }
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => match arguments.command {
            Command::Nm { arguments } => run_nm(&arguments),
            Command::Aliases(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Discover(command) => command.run(),
            Command::Scan(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Why(command) => command.run(),
            Command::Addr(command) => command.run(),
            Command::Info(command) => command.run(),
            Command::Diff(command) => command.run(),
            Command::Rule(command) => command.run(),
        },
        Err(error) => {
            // If the terminal is gone, there is nowhere to report it.
            _ = error.print();
            if error.use_stderr() { told::USAGE } else { told::HOLDS }
        }
    }
}

fn help_nm() -> u8 {
    // A reader that stopped early has seen enough.
    _ = io::stdout().lock().write_all(nm::HELP.as_bytes());
    told::HOLDS
}

fn run_nm(arguments: &[OsString]) -> u8 {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    nm::run(arguments, &recover::functions, &mut out, &mut err)
}
