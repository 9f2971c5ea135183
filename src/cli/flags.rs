//! How does Go's `flag` package read a command line?
//!
//! Rules: `flag/flag.go` (go1.27), `parseOne`. One or two dashes; `-name=value` for every flag, `-name value` for all
//! but booleans; no abbreviations, no bundles. The first argument that is no flag ends the flags, as `--` does. The
//! caller knows the flags; this file knows none by name.

use std::ffi::{OsStr, OsString};

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing, or `=value`.
    Switch,
    /// A value.
    Value,
}

/// Why the flags cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// `-h` or `-help`.
    Help,
    /// An error, in Go's words.
    Wrong(String),
}

/// Reads the flags at the start of `args`. `known` tells what a name takes; `set` is called with the name and value
/// of each flag. Returns the arguments after the flags.
pub(super) fn parse(
    args: &[OsString],
    known: impl Fn(&str) -> Option<Takes>,
    mut set: impl FnMut(&str, &str) -> Result<(), String>,
) -> Result<&[OsString], Stop> {
    let mut rest = args;
    while let [first, tail @ ..] = rest {
        let text = first.to_string_lossy();
        let Some(flag) = text.strip_prefix('-').filter(|name| !name.is_empty()) else { break };
        if flag == "-" {
            return Ok(tail);
        }
        let body = flag.strip_prefix('-').unwrap_or(flag);
        if body.starts_with(['-', '=']) {
            return Err(Stop::Wrong(format!("bad flag syntax: {text}")));
        }
        rest = tail;
        let (name, given) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        match (known(name), given) {
            (None, _) if matches!(name, "help" | "h") => return Err(Stop::Help),
            (None, _) => {
                return Err(Stop::Wrong(format!("flag provided but not defined: -{name}")));
            }
            (Some(Takes::Switch), None) => set(name, "true"),
            (Some(_), Some(value)) => set(name, value),
            (Some(Takes::Value), None) => {
                let [value, tail @ ..] = rest else {
                    return Err(Stop::Wrong(format!("flag needs an argument: -{name}")));
                };
                rest = tail;
                set(name, &OsStr::to_string_lossy(value))
            }
        }
        .map_err(Stop::Wrong)?;
    }
    Ok(rest)
}

/// A boolean as `strconv.ParseBool` reads it.
pub(super) fn boolean(name: &str, value: &str) -> Result<bool, String> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("invalid boolean value {} for -{name}: parse error", quoted(value))),
    }
}

/// `value` in double quotes, as Go's `%q` shows it; of the escapes only those of one letter are known.
pub(super) fn quoted(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    let escaped = escaped.replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r");
    format!("\"{}\"", crate::printable::listing(escaped.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parsed = Result<(Vec<(String, String)>, usize), Stop>;

    fn parsed(args: &[&str]) -> Parsed {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let known = |name: &str| match name {
            "n" => Some(Takes::Switch),
            "sort" => Some(Takes::Value),
            _ => None,
        };
        let mut seen = Vec::new();
        let rest = parse(&args, known, |name, value| {
            seen.push((name.to_owned(), value.to_owned()));
            Ok(())
        })?;
        Ok((seen, rest.len()))
    }

    fn flags(pairs: &[(&str, &str)], rest: usize) -> Parsed {
        Ok((pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(), rest))
    }

    #[test]
    fn one_or_two_dashes_with_or_without_an_equals_sign() {
        assert_eq!(
            parsed(&["-n", "--n", "-n=false", "f"]),
            flags(&[("n", "true"), ("n", "true"), ("n", "false")], 1)
        );
        assert_eq!(
            parsed(&["-sort", "size", "--sort=name"]),
            flags(&[("sort", "size"), ("sort", "name")], 0)
        );
        assert_eq!(parsed(&["-sort=a=b"]), flags(&[("sort", "a=b")], 0));
    }

    #[test]
    fn flags_end_at_the_first_argument_that_is_none() {
        assert_eq!(parsed(&["-n", "f", "-n"]), flags(&[("n", "true")], 2));
        assert_eq!(parsed(&["-n", "--", "-n"]), flags(&[("n", "true")], 1));
        assert_eq!(parsed(&["-", "-n"]), flags(&[], 2), "a lone dash is a file");
        assert_eq!(
            parsed(&["-sort", "-n"]),
            flags(&[("sort", "-n")], 0),
            "a value may be anything"
        );
    }

    #[test]
    fn mistakes_are_told_in_gos_words() {
        let wrong = |text: &str| Err(Stop::Wrong(text.to_owned()));
        assert_eq!(parsed(&["-bogus"]), wrong("flag provided but not defined: -bogus"));
        assert_eq!(parsed(&["--bogus=1"]), wrong("flag provided but not defined: -bogus"));
        assert_eq!(parsed(&["---n"]), wrong("bad flag syntax: ---n"));
        assert_eq!(parsed(&["-=x"]), wrong("bad flag syntax: -=x"));
        assert_eq!(parsed(&["-sort"]), wrong("flag needs an argument: -sort"));
        assert_eq!(parsed(&["-h"]), Err(Stop::Help));
        assert_eq!(parsed(&["-n", "--help"]), Err(Stop::Help));
    }

    #[test]
    fn booleans_are_gos() {
        assert_eq!(boolean("size", "T"), Ok(true));
        assert_eq!(boolean("size", "0"), Ok(false));
        let wrong = "invalid boolean value \"\" for -size: parse error".to_owned();
        assert_eq!(boolean("size", ""), Err(wrong));
    }
}
