use gonym::binary::Binary;
use gonym::code::Wanted;
use std::io::Write;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for binary in Binary::open(path.as_ref()).unwrap().binaries {
        let t = std::time::Instant::now();
        let found = binary.search_code(&Wanted::ranges([(1, u64::MAX)])).unwrap();
        eprintln!("{} refs {:?}", found.references.len(), t.elapsed());
        for r in found.references {
            writeln!(
                out,
                "{:x} {:x} {}{}",
                r.at,
                r.to,
                r.how.word(),
                if r.through { " through" } else { "" }
            )
            .unwrap();
        }
    }
}
