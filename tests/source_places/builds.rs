//! Ways to build: GOPATH, tags, coverage, experiments, frozen cryptography, tests, cgo, overlays.

use super::case::{Case, DEFAULT, TRIM, each};
use super::{DECOY, LIB};

#[test]
fn gopath_live_go_needed() {
    let main = app!("example.com/b", "b.Now");
    let b = "\npackage b\n\nimport (\n\t_ \"unsafe\"\n\n\t\"example.com/c\"\n)\n\n\
             //go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\nfunc Now() int64 { return nanotime() + lib.Now() }\n";
    let tree = format!(
        "-- one/src/example.com/a/main.go --{main}-- one/src/example.com/b/b.go --{b}\
         -- one/src/example.com/b/vendor/example.com/c/c.go --{LIB}-- two/src/example.com/c/c.go --{DECOY}\
         -- two/src/example.com/b/b.go --{DECOY}"
    );
    let case = Case {
        name: "gopath",
        minors: &[19, 21, 27],
        tree: &tree,
        folder: "one/src/example.com/a",
        environment: &[("GO111MODULE", "off"), ("GOPATH", "TREE/one:TREE/two")],
        ..DEFAULT
    };
    each(&[case, Case { here: "two", ..case }]);
    each(&[Case { build_flags: TRIM, here: "two", ..case }]);
}

#[test]
fn settings_of_the_build_live_go_needed() {
    let main = app!("example.com/a/lib", "lib.Now");
    let tagged = |tag: &str, name: &str| {
        let text = LIB
            .replace("nanotime()", &format!("{name}()"))
            .replace("nanotime run", &format!("{name} run"));
        let text =
            text.replace("stamp", &format!("{name}Stamp")).replace("Now", &format!("{name}Now"));
        format!("-- lib/{name}.go --\n//go:build {tag}\n{text}")
    };
    let tags = [
        tagged("special && !other", "special"),
        tagged("!special", "decoy"),
        tagged("race || other", "race"),
    ];
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{main}-- lib/lib.go --{LIB}{}",
        tags.concat()
    );
    let case = |name| Case { name, tree: &tree, ..DEFAULT };
    let tags = Case { flags: &["-tags=special"], ..case("tags") };
    let environment = Case { environment: &[("GOFLAGS", "-tags=special")], ..case("goflags") };
    // Recorded is what the build had; what gonym's own environment says of tags is about other builds.
    let misled = Case {
        blind: &[("GOFLAGS", "-tags=other"), ("GOARCH", "arm64"), ("GOOS", "windows")],
        ..tags
    };
    let cover = Case {
        flags: &["-tags=special", "-cover", "-covermode=atomic"],
        minors: &[20, 27],
        ..case("cover")
    };
    each(&[tags, environment, misled, cover]);
    each(&[tags, cover].map(|case| Case { build_flags: TRIM, ..case }));
    let experiment =
        tagged("goexperiment.arenas", "arenas") + &tagged("!goexperiment.arenas", "decoy");
    let experiment = format!("{tree}{experiment}");
    each(&[Case {
        tree: &experiment,
        minors: &[20, 25, 27],
        environment: &[("GOEXPERIMENT", "arenas")],
        ..case("experiment")
    }]);
}

#[test]
fn frozen_cryptography_live_go_needed() {
    let main = app!("crypto/sha256", "hash");
    let main = main
        .replace("func main", "func hash() int { return len(sha256.New().Sum(nil)) }\n\nfunc main");
    let tree = format!("-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{main}");
    let case = Case { name: "fips", tree: &tree, minors: &[24, 27], ..DEFAULT };
    each(&[
        Case { environment: &[("GOFIPS140", "v1.0.0")], ..case },
        Case { environment: &[("GOFIPS140", "v1.0.0")], build_flags: TRIM, ..case },
        Case { environment: &[("GOFIPS140", "latest")], build_flags: TRIM, ..case },
        Case { environment: &[("GOFIPS140", "off")], minors: &[27], ..case },
    ]);
}

#[test]
fn tests_live_go_needed() {
    let test = "\npackage lib\n\nimport (\n\t\"testing\"\n\t_ \"unsafe\"\n)\n\n//go:linkname inTest runtime.nanotime\nfunc inTest() int64\n\n\
                func TestNow(t *testing.T) { _ = inTest() + Now() }\n";
    let outside = "\npackage lib_test\n\nimport (\n\t\"testing\"\n\t_ \"unsafe\"\n\n\t\"example.com/a/lib\"\n)\n\n\
                   //go:linkname outside runtime.nanotime\nfunc outside() int64\n\nfunc TestOutside(t *testing.T) { _ = outside() + lib.Now() }\n";
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- lib/lib.go --{LIB}-- lib/in_test.go --{test}-- lib/out_test.go --{outside}\
         -- lib/out_windows_test.go --{DECOY}"
    );
    let case = Case { name: "test", tree: &tree, command: "test", package: "./lib", ..DEFAULT };
    each(&[case, Case { build_flags: TRIM, ..case }]);
    let program = format!(
        "{tree}-- main.go --{}-- main_test.go --{}",
        app!("example.com/a/lib", "lib.Now"),
        test.replace("package lib", "package main").replace(" + Now()", "")
    );
    each(&[Case { name: "test-main", tree: &program, package: ".", ..case }]);
}

#[test]
fn cgo_live_go_needed() {
    let main = "\npackage main\n\n// int one(void) { return 1; }\nimport \"C\"\nimport (\n\t_ \"unsafe\"\n\n\t\"example.com/a/lib\"\n)\n\n\
                //go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\nfunc main() { println(nanotime() > 0, lib.Now(), C.one()) }\n";
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{main}-- lib/lib.go --{LIB}-- pure.go --\n//go:build !cgo\n{}",
        DECOY.replace("package lib", "package main")
    );
    let case = Case { name: "cgo", tree: &tree, environment: &[("CGO_ENABLED", "1")], ..DEFAULT };
    each(&[case, Case { build_flags: TRIM, ..case }]);
}

#[test]
fn overlays_live_go_needed() {
    let main = app!("example.com/a/lib", "lib.Now");
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{main}-- lib/lib.go --{LIB}-- over/more.go --{}",
        DECOY.replace("Now", "More")
    );
    // -overlay is recorded nowhere; that a file was compiled which is not there is seen.
    let tree = format!(
        "{tree}-- over.json --\n{{\"Replace\": {{\"lib/more.go\": \"over/more.go\"}}}}\n-- call.go --\npackage main\n\nimport \"example.com/a/lib\"\n\nfunc init() {{ println(lib.More()) }}\n"
    );
    let case = Case {
        name: "overlay",
        tree: &tree,
        flags: &["-overlay=over.json"],
        gaps: &["file-missing"],
        lost: &["lib/more.go"],
        ..DEFAULT
    };
    each(&[case, Case { build_flags: TRIM, ..case }]);
}
