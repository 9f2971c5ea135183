#!/usr/bin/env python3
"""Holds what the programs of testdata/programs expect against witnesses that are not gonym.

    verify.py [--os GOOS] [--arch GOARCH] [--flags FLAGS] VERSION... [-- NAME...]

NAME is `core` or a file of programs/questions, or a part of its name; without one, all. Each program is
built with symbols by Go VERSION and, on the host's platform, run: its lines are compared with
`//gonym:prints`. Each outcome is then held against Go's nm and objdump, and debug/dwarf
(dwarfnames.go). Of three outcomes the first and the second are held: whether the owner refers to a
variable is the same with and without DWARF. Exit code 1 when a witness contradicts.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE.parent / "programs"
HOST = ("linux", "amd64")
# Older objdumps do not read what newer linkers write for Windows.
WITNESS = "1.27.4"


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, errors="surrogateescape", **options)


def go_root(version):
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, GOFLAGS="")
    root = run(["go", "env", "GOROOT"], env=environment, cwd=tempfile.gettempdir())
    assert root.returncode == 0, root.stderr
    return Path(root.stdout.strip())


class Program:
    """Sources in one folder, unpacked if they were a .txtar."""

    def __init__(self, path, scratch):
        self.name, self.keys = path.stem, {}
        if path.is_dir():
            self.folder = path
            return
        self.folder = scratch / path.stem
        head, *files = re.split(r"(?m)^-- (?=\S+ --$)", path.read_text())
        for line in head.strip().splitlines():
            key, value = line.split(": ", 1)
            self.keys[key] = value
        texts = {name: text for name, text in (file.split(" --", 1) for file in files)}
        texts.setdefault("go.mod", "module example.com/q\n\ngo 1.18\n")
        for name, text in texts.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.removeprefix("\n"))

    def asked(self, minor):
        low, high = self.keys.get("go", "1.19..1.27").split("..")
        return int(low[2:]) <= minor <= int(high[2:])

    def lines(self):
        for file in sorted(self.folder.rglob("*.go")):
            for line in file.read_text().splitlines():
                if line.startswith("//gonym:"):
                    yield file, line[len("//gonym:"):]

    def packages(self):
        """Base name of each Go file -> its package's symbol prefix."""
        module = re.search(r"module (\S+)", (self.folder / "go.mod").read_text())[1]
        found = {}
        for file in self.folder.rglob("*.go"):
            clause = re.search(r"^package (\w+)", file.read_text(), re.M)[1]
            below = file.parent.relative_to(self.folder).as_posix()
            path = below.split("vendor/", 1)[1] if below.startswith("vendor/") else module if below == "." else f"{module}/{below}"
            last = path.rsplit("/", 1)
            name = "/".join(last[:-1] + [last[-1].replace(".", "%2e")]) if below != "." else path
            if clause.endswith("_test"):
                name += "_test"
            found[file.name] = "main" if clause == "main" else name
        return found


def applies(conditions, build):
    for condition in filter(None, conditions.split(",")):
        key, op, wanted = re.match(r"(\w+)(<=|>=|=)(.*)", condition).groups()
        values = [int(v[2:]) if key == "go" else v for v in wanted.split("|")]
        have = build.get(key)
        holds = {"=": have in values, "<=": key == "go" and have <= values[0],
                 ">=": key == "go" and have >= values[0]}[op]
        if not holds:
            return False
    return True


def expectations(program, build):
    """The claims, lines and failures that hold for this build."""
    claims, prints, fails = {}, [], []
    for file, line in program.lines():
        word, rest = line.split(" ", 1)
        quoted = re.findall(r'"([^"]*)"', rest)
        head = re.sub(r'(shows )?"[^"]*"', "", rest).split()
        conditions = head[head.index("when") + 1] if "when" in head else ""
        if not applies(conditions, build):
            continue
        if word in ("prints", "fails"):
            (prints if word == "prints" else fails).append(quoted[0])
            continue
        form, kind = (head[0], head[1]) if word == "source" else ("", "")
        pair, outcome = head[2:4] if word == "source" else head[0:2]
        if ":" in pair:
            kind, pair = pair.split(":", 1)
        weight = conditions.count(",") + (conditions != "")
        key = (word == "source", kind, pair)
        if key not in claims or claims[key][0] <= weight:
            claims[key] = (weight, word, form, kind, pair, outcome, file.name)
    return [claim[1:] for claim in claims.values()], prints, fails


class Binary:
    """What Go's own tools say about a file."""

    def __init__(self, file, tools, packages):
        self.symbols, self.units, self.files, self.references = {}, {}, {}, []
        for line in run([tools["nm"], file]).stdout.splitlines():
            match = re.match(r"\s*[0-9a-f]*\s+(\S) (.*)", line)
            if match:
                self.symbols.setdefault(match[2].removesuffix(".abi0"), []).append(match[1])
        for line in run([tools["dwarf"], file]).stdout.splitlines():
            unit, tag, name, _ = line.split("\t")
            self.units.setdefault((tag, name), set()).add(unit)
        function = ""
        for line in run([tools["objdump"], file]).stdout.splitlines():
            if line.startswith("TEXT "):
                function, path = line[5:].split("(SB)", 1)
                self.files.setdefault(function.removesuffix(".abi0"), []).append(path.strip())
                continue
            match = re.match(r"\s+(\S+):-?\d+\s+0x[0-9a-f]+\s+\S+\s+(.*)", line)
            if match is None or "(SB)" not in match[2]:
                continue
            package = packages.get(match[1]) or re.match(r"(.*/)?[^.]*", function)[0]
            if match[1] == "<autogenerated>" or match[1].endswith(".s"):
                package = "not Go source"
            how = "call" if re.match(r"(CALL|JMP|BL|JAL|B|BRASL|BR)\b", match[2]) else "other"
            for name in re.findall(r"(\S+?)(?:[+-](?:0x)?[0-9a-f]+)?\(SB\)", match[2]):
                # Behind its stack check a function jumps to its own beginning.
                if name != function:
                    self.references.append((package, how, name.lstrip("$,").removesuffix(".abi0")))

    def uses(self, package, name, how=None):
        return any(p == package and n == name and how in (None, h) for p, h, n in self.references)

    def used_outside(self, package, name):
        return any(p != package and n == name for p, _, n in self.references)

    def unit(self, tag, name):
        return self.units.get((tag, name), set())


def package_of(name):
    last = name.rfind("/") + 1
    return name[:last] + name[last:].split(".", 1)[0]


def contradiction(binary, arch, form, kind, pair, outcome):
    """Why one outcome cannot be, or None."""
    local, remote = pair.split("=")
    package, owner = package_of(local), package_of(remote)
    plain = remote.rsplit("/", 1)[-1]
    plain = remote[:-len(plain)] + plain.replace("%2e", ".")
    letters = binary.symbols.get(remote, [])
    code = any(letter in "tT" for letter in letters)
    data = any(letter in "bBdDrR" for letter in letters)
    unit = binary.unit("Variable", remote)
    unescaped = lambda name: name.replace("%2e", ".")
    of_function = binary.unit("Subprogram", remote) | binary.unit("Subprogram", plain)
    called = binary.uses(package, remote, "call")
    exported = local[len(package) + 1:][:1].isupper()
    assembly = any(path.endswith(".s") for path in binary.files.get(remote, []))
    # Of other architectures objdump does not name the data that an address pair forms.
    refers = arch not in ("amd64", "386") or binary.uses(owner, remote)
    checks = {
        "in-effect/referenced": [(code, "no code"), (called or exported and binary.used_outside(owner, remote), "no call")],
        "in-effect/funcval": [(code, "no code"), (not called, "a direct call")],
        "in-effect/foreign-file": [(code, "no code"), (assembly if form == "assembly" else (package in of_function) == (form != "one-arg"), "unit"),
                                   (form == "one-arg" or binary.used_outside(package, remote), "nobody else uses it")],
        "in-effect/unclaimed": [(code, "no code"), (package in of_function, "unit"),
                                (not binary.used_outside(package, remote), "others use it")],
        "in-effect/dwarf-owner": [(data, "no data"), (unescaped(owner) in unit, f"unit {unit}")],
        "in-effect/owner-refers": [(data, "no data"), (refers, "owner does not refer")],
        "in-effect/local-definition": [(package in unit, f"unit {unit}"), (refers, "owner does not refer")],
        "in-effect/linker-defined": [(letters, "no symbol")],
        "in-effect/c-object": [(len(letters) == 1, "symbols")],
        "not-in-effect/detached": [(data, "no data"), (unit and unescaped(owner) not in unit, f"unit {unit}"),
                                   (not binary.uses(owner, remote), "owner refers")],
        "not-in-effect/kind-mismatch": [(code if kind == "var" else data and not code, f"letters {letters}")],
        "not-in-effect/two-definitions": [(len(letters) == 2, f"letters {letters}")],
        "not-in-effect/own-body": [(local in binary.symbols or binary.unit("Subprogram", local), "no body"),
                                   (not called, "calls the remote")],
        "unused/not-called": [(letters, "absent"), (not binary.uses(package, remote), "a reference")],
        "unused/absent": [(not letters, "present")],
        "unused/inlined": [(not letters, "present"), (of_function, "no inlined body")],
        "no-trace/permission-only": [(code, "no code"), (package in of_function and not assembly, "unit")],
        "no-trace/own-assembly": [(code, "no code"), (assembly, "no assembly")],
        "no-trace/intrinsic": [(not binary.uses(package, remote), "a reference")],
        "unproven/ambiguous": [(letters, "absent")],
        "unproven/no-dwarf": [(data, "no data"), (not binary.uses(owner, remote), "owner refers")],
        "unproven/no-names": [],
        "unproven/not-yet-judged": [],
        "unproven/no-references": [],
        "unproven/package-absent": [(not any(name.startswith(package + ".") for name in binary.files), "package is there")],
        "not-in-effect/undefined-import": [],
    }[outcome]
    wrong = [why for holds, why in checks if not holds]
    return f"{outcome}: {', '.join(wrong)}" if wrong else None


def verify(program, version, platform, flags, tools, scratch):
    minor = int(version.split(".")[1])
    cgo = program.keys.get("cgo") == "yes"
    build = {"go": minor, "os": platform[0], "arch": platform[1], "names": "symtab", "dwarf": "full",
             "mode": "noopt" if "-N" in flags else "plain", "cgo": "yes" if cgo else "no"}
    claims, prints, fails = expectations(program, build)
    file = scratch / "built"
    environment = {k: v for k, v in os.environ.items() if k not in ("GOROOT", "CGO_CFLAGS", "CGO_LDFLAGS")}
    environment.update(GOOS=platform[0], GOARCH=platform[1], CGO_ENABLED="1" if cgo else "0", GOFLAGS="",
                       GOTOOLCHAIN="local", GOWORK="off", GOENV="off")
    test = program.keys.get("test")
    command = [tools["root"] / "bin/go", *(["test", "-c"] if test else ["build"]), "-o", file,
               *flags, *program.keys.get("build", "").split(), test or "."]
    built = run(command, cwd=program.folder, env=environment)
    said = built.stdout + built.stderr
    if fails:
        right = built.returncode != 0 and all(text in said for text in fails)
        return 1, [] if right else [f"wanted to fail with {fails}: {said}"]
    if built.returncode != 0:
        return 0, [f"does not build: {said[:2000]}"]
    wrong = []
    if platform == HOST and program.keys.get("run") != "no":
        ran = run([file])
        lines = (ran.stdout + ran.stderr).splitlines()
        if ran.returncode != 0 or any(line not in lines for line in prints):
            wrong.append(f"printed {lines}, wanted {prints}, exit {ran.returncode}")
    binary = Binary(file, tools, program.packages())
    held = len(prints) + len(fails)
    for word, form, kind, pair, outcome, name in claims:
        for choice in outcome.split(";")[:2]:
            held += 1
            reasons = [contradiction(binary, platform[1], form, kind, pair, one) for one in choice.split("|")]
            if None not in reasons:
                wrong.append(f"{name}: {word} {kind} {pair} {'; '.join(reasons)}")
    if not claims:
        wrong.append("claims nothing")
    return held, wrong


def main():
    arguments, names = sys.argv[1:], []
    if "--" in arguments:
        arguments, names = arguments[:arguments.index("--")], arguments[arguments.index("--") + 1:]
    options = {"--os": HOST[0], "--arch": HOST[1], "--flags": ""}
    while arguments and arguments[0] in options:
        options[arguments[0]], arguments = arguments[1], arguments[2:]
    platform = (options["--os"], options["--arch"])
    paths = sorted((PROGRAMS / "questions").glob("*.txtar")) + [PROGRAMS / "core"]
    paths = [path for path in paths if not names or any(name in path.stem for name in names)]
    scratch = Path(tempfile.mkdtemp())
    witness = go_root(WITNESS) / "bin/go"
    tools = {}
    for name, source in (("nm", "cmd/nm"), ("objdump", "cmd/objdump"), ("dwarf", HERE / "dwarfnames.go")):
        tools[name] = scratch / name
        built = run([witness, "build", "-o", tools[name], source], cwd=scratch)
        assert built.returncode == 0, built.stderr
    bad = 0
    for version in arguments:
        tools["root"], total = go_root(version), 0
        for path in paths:
            program = Program(path, scratch / version)
            if not program.asked(int(version.split(".")[1])) or (platform != HOST and "cgo" in program.keys):
                continue
            held, wrong = verify(program, version, platform, options["--flags"].split("|") if options["--flags"] else [],
                                 tools, scratch)
            total += held
            bad += len(wrong)
            for line in wrong:
                print(f"go{version} {platform[0]}/{platform[1]} {program.name}: {line}")
        print(f"go{version} {platform[0]}/{platform[1]}: {total} outcomes, lines and failures held")
    shutil.rmtree(scratch)
    sys.exit(1 if bad else 0)


main()
