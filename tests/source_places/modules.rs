//! Modules: the cache, `go install`, `replace`, chains of requirements, workspaces, vendor folders.

use super::case::{COMPATIBLE, Case, DEFAULT, TRIM, each};

#[test]
fn module_cache_live_go_needed() {
    let plain = concat!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.17\n\nrequire example.com/dep v1.0.0\n",
        "-- main.go --",
        app!("example.com/dep", "dep.Now"),
    );
    let upper = concat!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.17\n\nrequire example.com/Upper/Case v1.0.0-RC1\n",
        "-- main.go --",
        app!("example.com/Upper/Case/Sub", "sub.Now"),
    );
    let dotted = concat!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.17\n\nrequire gopkg.in/dotted.v2 v2.0.0\n",
        "-- main.go --",
        app!("gopkg.in/dotted.v2", "dotted.Now"),
    );
    // Every other version lies in the cache too.
    let others: &[(&str, &[&str])] = &[
        (".", &["mod", "tidy"]),
        (".", &["mod", "download", "example.com/dep@v1.1.0", "example.com/dep@v1.2.0"]),
        (".", &["mod", "download", "example.com/Upper/Case@v1.0.0", "example.com/leaf@v1.2.0"]),
    ];
    let tool = "-- go.mod --\nmodule example.com/other\n\ngo 1.17\n\nrequire example.com/Tool v1.0.0\n\
                -- main.go --\npackage main\n\nimport _ \"unsafe\"\n\n\
                //go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\nfunc main() { nanotime() }\n\
                -- tools.go --\n//go:build tools\n\npackage main\n\nimport _ \"example.com/Tool/cmd/tool\"\n\
                -- empty/note.txt --\nno module\n";
    let newer: &[(&str, &[&str])] = &[
        (".", &["mod", "tidy"]),
        (".", &["mod", "download", "example.com/Tool@v1.1.0", "example.com/dep@v1.1.0"]),
    ];
    let modules = [
        Case { name: "plain", tree: plain, before: others, scans: true, ..DEFAULT },
        Case { name: "upper", tree: upper, before: others, scans: true, ..DEFAULT },
        Case { name: "dotted", tree: dotted, before: others, scans: true, ..DEFAULT },
    ];
    each(&modules);
    each(&modules.map(|case| Case { build_flags: TRIM, ..case }));
    let installed = Case {
        name: "installed",
        tree: tool,
        before: newer,
        command: "install",
        package: "example.com/Tool/cmd/tool@v1.0.0",
        ..DEFAULT
    };
    each(&[Case { here: "empty", ..installed }, Case { build_flags: TRIM, ..installed }]);
}

#[test]
fn replacements_live_go_needed() {
    macro_rules! replacing {
        ($require:literal, $replace:literal) => {
            concat!(
                "-- a/go.mod --\nmodule example.com/a\n\ngo 1.17\n\nrequire example.com/dep ",
                $require,
                "\n\n",
                $replace,
                "\n",
                "-- a/main.go --",
                app!("example.com/dep", "dep.Now"),
                "-- local/go.mod --\nmodule example.com/dep\n\ngo 1.17\n",
                "-- local/dep.go --\npackage dep\n\nimport _ \"unsafe\"\n\n",
                "//go:linkname local runtime.nanotime\nfunc local() int64\n\n",
                "func Now() int64 { return local() }\n"
            )
        };
    }
    let others: &[(&str, &[&str])] =
        &[("a", &["mod", "tidy"]), ("a", &["mod", "download", "-x", "example.com/dep@v1.0.0"])];
    let case =
        |name, tree| Case { name, tree, folder: "a", before: others, scans: true, ..DEFAULT };
    let cases = [
        case(
            "fork",
            replacing!("v1.0.0", "replace example.com/dep v1.0.0 => example.com/fork v1.2.0"),
        ),
        case(
            "fork-any",
            replacing!("v1.0.0", "replace example.com/dep => example.com/fork v1.2.0"),
        ),
        case("version", replacing!("v1.0.0", "replace example.com/dep => example.com/dep v1.2.0")),
        case("other-version", replacing!("v1.0.0", "replace example.com/dep v1.1.0 => ../local")),
        case("local", replacing!("v1.0.0", "replace example.com/dep v1.0.0 => ../local")),
        case(
            "local-any",
            replacing!(
                "v1.0.0",
                "replace (\n\texample.com/dep => ../local\n\texample.com/dep v1.2.0 => ../none\n)"
            ),
        ),
    ];
    each(&cases);
    each(&cases.map(|case| Case { build_flags: TRIM, ..case }));
}

#[test]
fn chains_of_requirements_live_go_needed() {
    // mid wants leaf v1.1.0, the main module v1.0.0 only; lazy wants raise, which wants leaf v1.2.0.
    macro_rules! chain {
        ($go:literal, $requires:literal, $main:expr) => {
            concat!(
                "-- go.mod --\nmodule example.com/a\n\ngo ",
                $go,
                "\n\nrequire (\n",
                $requires,
                ")\n",
                "-- main.go --",
                $main
            )
        };
    }
    let case = |name, tree| Case { name, tree, before: COMPATIBLE, scans: true, ..DEFAULT };
    each(&[
        case(
            "chain-16",
            chain!(
                "1.16",
                "example.com/mid v1.0.0\nexample.com/leaf v1.0.0\n",
                app!("example.com/mid", "mid.Now")
            ),
        ),
        case(
            "chain-17",
            chain!(
                "1.17",
                "example.com/mid v1.0.0\nexample.com/leaf v1.0.0\n",
                app!("example.com/mid", "mid.Now")
            ),
        ),
        case(
            "lazy-16",
            chain!(
                "1.16",
                "example.com/mid v1.0.0\nexample.com/lazy v1.0.0\n",
                concat!(
                    app!("example.com/mid", "mid.Now"),
                    "-- use.go --\npackage main\n\nimport _ \"example.com/lazy\"\n"
                )
            ),
        ),
        case(
            "lazy-17",
            chain!(
                "1.17",
                "example.com/mid v1.0.0\nexample.com/lazy v1.0.0\n",
                concat!(
                    app!("example.com/mid", "mid.Now"),
                    "-- use.go --\npackage main\n\nimport _ \"example.com/lazy\"\n"
                )
            ),
        ),
        case(
            "exclude",
            chain!(
                "1.16",
                "example.com/mid v1.0.0\nexample.com/leaf v1.0.0\n)\n\nexclude (\nexample.com/leaf v1.1.0\n",
                app!("example.com/mid", "mid.Now")
            ),
        ),
    ]);
}

#[test]
fn workspaces_live_go_needed() {
    let own = concat!(
        "-- a/go.mod --\nmodule example.com/a\n\ngo 1.18\n\nrequire example.com/dep v1.0.0\n",
        "-- a/main.go --",
        app!("example.com/b", "b.Now"),
        "-- b/go.mod --\nmodule example.com/b\n\ngo 1.18\n\nrequire example.com/dep v1.1.0\n\nreplace example.com/dep => ../none\n",
        "-- b/b.go --\npackage b\n\nimport (\n\t\"example.com/dep\"\n\t_ \"unsafe\"\n)\n\n//go:linkname here\nvar here int64\n\n",
        "func Now() int64 { return here + dep.Now() }\n",
        "-- old/go.mod --\nmodule example.com/dep\n",
        "-- old/go.mod --\nmodule example.com/dep\n",
        "-- c/go.mod --\nmodule example.com/b\n\ngo 1.18\n-- c/c.go --\npackage b\n",
    );
    let work = |more: &str| -> &'static str {
        Box::leak(
            format!(
                "{own}-- go.work --\ngo 1.18\n\nuse (\n\t./a // the program\n\t\"./b\"\n)\n{more}\n"
            )
            .into_boxed_str(),
        )
    };
    let environment = &[("GOWORK", "")];
    let case = |name, tree| Case { name, tree, folder: "a", environment, scans: true, ..DEFAULT };
    let cases = [
        case("work-version", work("replace example.com/dep => example.com/dep v1.2.0")),
        case(
            "work-fork",
            work(
                "replace example.com/dep v1.1.0 => example.com/fork v1.2.0\n\nreplace example.com/dep v1.0.0 => ./old",
            ),
        ),
    ];
    each(&cases);
    each(&cases.map(|case| Case { build_flags: TRIM, ..case }));
    let named = work("replace example.com/dep => example.com/dep v1.2.0")
        .replace("go.work", "spaces/other.work")
        .replace("./a", "../a")
        .replace("./b", "../b");
    let named =
        Case { environment: &[("GOWORK", "TREE/spaces/other.work")], ..case("work-named", &named) };
    each(&[Case { build_flags: TRIM, ..named }, named]);
}

#[test]
fn vendor_folders_live_go_needed() {
    macro_rules! vendored {
        ($go:literal) => {
            concat!(
                "-- go.mod --\nmodule example.com/a\n\ngo ", $go, "\n\nrequire (\n\texample.com/dep v1.0.0\n\texample.com/mid v1.0.0\n)\n\n",
                "replace example.com/dep => example.com/fork v1.2.0\n\nreplace example.com/mid => ./mid\n",
                "-- mid/go.mod --\nmodule example.com/mid\n\ngo 1.16\n\nrequire example.com/leaf v1.1.0\n",
                "-- mid/mid.go --\npackage mid\n\nimport \"example.com/leaf\"\n\nfunc Now() int64 { return leaf.Now() }\n",
                "-- main.go --", app!("example.com/dep", "dep.Now"),
                "-- more.go --\npackage main\n\nimport \"example.com/mid\"\n\nvar more = mid.Now()\n",
            )
        };
    }
    let make: &[(&str, &[&str])] = &[(".", &["mod", "tidy"]), (".", &["mod", "vendor"])];
    let case = |name, tree| Case { name, tree, before: make, ..DEFAULT };
    let default = case("vendor", vendored!("1.17"));
    let explicit = Case { flags: &["-mod=vendor"], ..case("vendor-13", vendored!("1.13")) };
    // The flag is nowhere in the binary; where files were compiled from is, unless they were trimmed.
    let unused = Case { flags: &["-mod=mod"], ..case("vendor-unused", vendored!("1.17")) };
    each(&[default, explicit, unused]);
    // Trimmed, nothing tells of a vendor folder that is not the default; it still is the only source.
    let alone = Case { blind: &[("GOMODCACHE", "/nowhere")], ..explicit };
    each(&[default, alone].map(|case| Case { build_flags: TRIM, ..case }));
    let own = "-- go.work --\ngo 1.22\n\nuse ./a\n\nuse ./b\n";
    let tree = concat!(
        "-- a/go.mod --\nmodule example.com/a\n\ngo 1.22\n\nrequire example.com/dep v1.0.0\n",
        "-- a/main.go --",
        app!("example.com/dep", "dep.Now"),
        "-- b/go.mod --\nmodule example.com/b\n\ngo 1.22\n\nrequire example.com/dep v1.1.0\n",
        "-- b/b.go --\npackage b\n\nimport _ \"example.com/dep\"\n",
    );
    let tree = format!("{own}{tree}");
    let space = Case {
        minors: &[22, 27],
        folder: "a",
        before: &[(".", &["work", "vendor"])],
        environment: &[("GOWORK", "")],
        ..case("vendor-work", &tree)
    };
    each(&[Case { build_flags: TRIM, ..space }, space]);
}
