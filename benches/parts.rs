//! What does each part of the library cost, on a committed fixture and on the big binary?
//!
//! Ratios of two lines of one run mean something; the milliseconds are this machine's. Code is decoded on one thread,
//! so that the numbers do not depend on the number of cores.

use std::fs;
use std::hint::black_box;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use flate2::read::GzDecoder;
use gonym::binary::Binary;
use gonym::cli::nm;
use gonym::code::Wanted;
use gonym::golang::folders::{Folders, Told};
use gonym::golang::pclntab::Pclntab;
use gonym::linkname::claim::Claim;
use gonym::linkname::{evidence, verdict};

const FIXTURE: &str = "spine-go1.27-linux-amd64";

/// Unpacks the fixture; names the big binary only where `benches/big/build.sh` has put it.
fn binaries() -> Vec<(&'static str, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packed = root.join(format!("testdata/binaries/{FIXTURE}.gz"));
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(packed).expect("the fixture"))
        .read_to_end(&mut bytes)
        .expect("gzip");
    let fixture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(FIXTURE);
    fs::write(&fixture, bytes).expect("an unpacked fixture");
    // CARGO_TARGET_TMPDIR is the target folder's `tmp`.
    let big = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("benches").join("big");
    let mut all = vec![("fixture", fixture)];
    if big.exists() {
        all.push(("big", big));
    } else {
        eprintln!("SKIPPED, not built (benches/big/build.sh): the big binary");
    }
    all
}

fn open(path: &Path) -> Binary {
    Binary::open(path).expect("an executable").binaries.pop().expect("one slice")
}

/// Functions of the runtime, evenly out of the function table.
fn claims(binary: &Binary, count: usize) -> (Vec<Claim>, Wanted) {
    let table = &binary.functions().expect("a Go program").table;
    let plain = |name: &[u8]| {
        let rest = name.strip_prefix(b"runtime.").unwrap_or_default();
        !rest.is_empty() && rest.iter().all(u8::is_ascii_alphanumeric)
    };
    let all: Vec<_> = table.functions().filter(|function| plain(function.name())).collect();
    let picked = (0..count).map(|index| all[(2 * index + 1) * all.len() / (2 * count)]);
    let (claims, addresses): (Vec<Claim>, Vec<u64>) = picked
        .map(|function| {
            let name = String::from_utf8_lossy(function.name());
            let pair = format!("main.{}={name}", &name["runtime.".len()..]);
            (Claim::parse_pair(&pair).expect("a pair"), function.entry)
        })
        .unzip();
    (claims, Wanted::new(addresses))
}

fn parts(criterion: &mut Criterion) {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    for (name, path) in binaries() {
        of_file(criterion, name, &path);
    }
}

fn of_file(criterion: &mut Criterion, file: &str, path: &Path) {
    let mut group = criterion.benchmark_group(file);
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));

    group.bench_function("headers and symbols", |bench| {
        bench.iter(|| black_box(open(path).symbols().symbols.len()));
    });
    group.bench_function("nm to a sink", |bench| {
        let arguments = [path.as_os_str().to_owned()];
        bench.iter(|| nm::run(&arguments, &|_, _| Vec::new(), &mut io::sink(), &mut io::sink()));
    });

    let binary = open(path);
    let functions = binary.functions().expect("a Go program");
    let section = binary.image.section_named(b".gopclntab").expect("an ELF file with the section");
    let data = binary.image.read_section(section).expect("a whole file");
    group.bench_function("pclntab", |bench| {
        let parse = |data| Pclntab::parse(data, false, functions.table.text(), 0);
        bench.iter_batched(|| data.clone(), parse, BatchSize::PerIteration);
    });
    group.bench_function("folder owners", |bench| {
        let (build, told) = (binary.build(), Told::default());
        bench.iter(|| Folders::learn(&functions.table, functions.trees.as_ref(), build, &told));
    });
    group.bench_function("pclntab, inline trees and owners from the file", |bench| {
        bench.iter(|| open(path).functions().is_ok());
    });
    for count in [1, 200] {
        let (claims, wanted) = claims(&binary, count);
        group.bench_function(format!("decode all code, {count} wanted"), |bench| {
            bench.iter(|| binary.search_code(&wanted).expect("amd64"));
        });
        group.bench_function(format!("search all words, {count} wanted"), |bench| {
            bench.iter(|| binary.search_words(&wanted).expect("a whole file"));
        });
        // Symbols and functions are read already: what is left is finding names, decoding, attributing.
        group.bench_function(format!("gather and judge, {count} claimed"), |bench| {
            bench.iter(|| {
                let evidence = evidence::gather(&binary, &claims);
                claims
                    .iter()
                    .zip(&evidence)
                    .map(|(claim, found)| verdict::judge(claim, found).word())
                    .collect::<Vec<_>>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, parts);
criterion_main!(benches);
