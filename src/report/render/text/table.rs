//! Tables: columns as wide as their longest cell, and sentences wrapped for a terminal.

use std::io::{self, Write};

use comfy_table::{Table, presets};

/// With more rows than this, columns are not measured: a table of 100,000 rows costs 94 MB.
const MOST_TABLE_ROWS: usize = 500;

/// Writes `rows` below `header`.
pub(super) fn table<const N: usize>(
    out: &mut dyn Write,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> io::Result<()> {
    let rows: Vec<[String; N]> = rows.collect();
    if rows.len() > MOST_TABLE_ROWS {
        for row in rows {
            writeln!(out, "{}", row.join("  "))?;
        }
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The expected width of a terminal.
const WIDTH: usize = 100;

/// Sentences are never wrapped to fewer characters.
const NARROWEST: usize = 40;

/// `text` in lines that fit beside columns of `taken` characters, if its words allow it.
pub(super) fn wrapped(text: &str, taken: usize) -> Vec<String> {
    let width = WIDTH.saturating_sub(taken).max(NARROWEST);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        match line.chars().count() + 1 + word.chars().count() {
            _ if line.is_empty() => line.push_str(word),
            needed if needed <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
