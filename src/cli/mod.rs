//! One file per subcommand: arguments in, a report or a listing out, exit code.

mod flags;
pub mod nm;
