//! Builds that record no modules.

use std::fs;

use super::case::{Case, DEFAULT, prepared};
use super::common::compiled::{self, Listed};
use super::common::go;
use super::place::{Place, codes, gonym, report, succeeded};
use super::{DECOY, LIB};

/// Other build systems call compiler and linker themselves: no modules are recorded, and folders are named by
/// another root. Import paths come from the binary's symbols.
#[test]
fn without_the_go_command_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("builds without the go command", &why),
    };
    let parser = prepared(&witness);
    // Only a function of its own says the import path of a folder.
    let lib = LIB.replace("func Now", "//go:noinline\nfunc Now");
    let tree = format!(
        "-- app/main.go --{}-- external/com_example_b/lib/lib.go --{lib}-- external/com_example_c/lib/lib.go --{DECOY}",
        app!("example.com/b/lib", "lib.Now")
    );
    for minor in [19, 27] {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("go1.{minor} without the go command"), &why);
                continue;
            }
        };
        let case = Case { name: "bazel", tree: &tree, ..DEFAULT };
        let place = Place::lay_out(&case, minor);
        let what = format!("bazel by go{}", toolchain.version);
        let listed = succeeded(
            {
                let mut command = place.go(&case, &toolchain, ".");
                let format = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}";
                command.args(["list", "-export", "-deps", "-f", format, "runtime"]);
                command
            },
            &what,
        );
        let bin = place.beside("bin").to_string_lossy().into_owned();
        let config = format!("{bin}/importcfg");
        let mut known = String::from_utf8(listed.stdout).expect("paths");
        for (path, file) in
            [("example.com/b/lib", "external/com_example_b/lib/lib.go"), ("main", "app/main.go")]
        {
            fs::write(&config, &known).expect("written");
            let archive = format!("{bin}/{}.a", path.replace('/', "-"));
            let root = place.root.to_string_lossy().into_owned();
            let mut command = place.go(&case, &toolchain, ".");
            command.args(["tool", "compile", "-p", path, "-trimpath", &root, "-importcfg"]);
            succeeded(
                {
                    command.args([&config, "-o", &archive, file]);
                    command
                },
                &what,
            );
            known += &format!("packagefile {path}={archive}\n");
        }
        fs::write(&config, &known).expect("written");
        let app = format!("{bin}/app");
        let mut command = place.go(&case, &toolchain, ".");
        command.args(["tool", "link", "-importcfg", &config, "-o", &app]);
        succeeded(
            {
                command.arg(format!("{bin}/main.a"));
                command
            },
            &what,
        );

        let mut packages = compiled::list(place.go(&case, &toolchain, "."), &["runtime"]);
        for (path, folder) in [("main", "app"), ("example.com/b/lib", "external/com_example_b/lib")]
        {
            let folder = place.root.join(folder);
            let go = fs::read_dir(&folder)
                .expect("a folder")
                .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
            let (go, assembly) = (go.collect(), Vec::new());
            packages.push(Listed { path: path.to_owned(), folder, std: false, go, assembly });
        }
        let truth = compiled::directives(parser, &toolchain, ("linux", "amd64"), &packages);
        let (mut command, folder) = gonym(&case, &toolchain, &place);
        command.args(["check", &app, "--std", "--format=json"]);
        let (report, said) = self::report(command, &what);
        assert_eq!(codes(&report["binaries"][0]["gaps"]), [""; 0], "{what}: {said}");
        compiled::agree(&what, &truth, &compiled::claimed(&report, &folder));
        fs::remove_dir_all(place.root.parent().expect("a folder")).expect("removed");
    }
}
