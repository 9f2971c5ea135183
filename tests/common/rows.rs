//! Rows of a listing as `nm` prints them, read back.

/// Address, size and name of a line; an undefined symbol's address is not shown.
fn fields(line: &[u8], size: bool) -> (Option<u64>, i64, Vec<u8>) {
    let text = String::from_utf8_lossy(line);
    let undefined = text.starts_with("        ");
    let mut words = text.split_whitespace();
    let address = (!undefined)
        .then(|| u64::from_str_radix(words.next().expect("an address"), 16).expect("hex"));
    let size = if size { words.next().expect("a size").parse().expect("a size") } else { 0 };
    let letter = words.next().expect("a letter");
    let at =
        line.windows(3).position(|w| w[0] == b' ' && w[2] == b' ' && w[1] == letter.as_bytes()[0]);
    (address, size, line[at.expect("a letter") + 3..].to_vec())
}

/// Whether the rows stand in the order of their keys, ties by address and name.
pub fn in_order(sort: &str, size: bool, stdout: &[u8]) -> bool {
    let lines = stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let rows: Vec<_> = lines.map(|line| fields(line, size)).collect();
    rows.windows(2).all(|pair| {
        let ((a_address, a_size, a_name), (b_address, b_size, b_name)) = (&pair[0], &pair[1]);
        // Where an address is not shown, nothing can be told from it.
        let addresses = a_address.is_none() || b_address.is_none() || a_address <= b_address;
        match sort {
            "name" => a_name < b_name || (a_name == b_name && addresses),
            "size" => !size || a_size > b_size || (a_size == b_size && addresses),
            _ => addresses && (a_address != b_address || a_address.is_none() || a_name <= b_name),
        }
    })
}
