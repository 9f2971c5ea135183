"""The table of peers.sh: runs every command in rotated order and prints what the system accounted for each.

CPU and peak memory are those of the kernel for the child (wait4), so they include its start. What this script
itself adds, a fork of a small Python, is measured with /bin/true and printed: peaks below that cannot be seen.
"""
import gzip, json, os, platform, re, shutil, statistics, subprocess, sys, time

target, rounds = sys.argv[1], int(sys.argv[2])
gonym, go_nm = f"{target}/release/gonym", f"{target}/benches/go-nm"
FIXTURE = "spine-go1.27-linux-amd64"


# Forks and waits. A process of its own that stays small: a child is accounted the memory that its parent had when
# it forked, and this script grows to 40 MB.
LAUNCHER = r"""
import os, sys, time
for command in sys.stdin.buffer:
    command = command[:-1].split(b"\0")
    start = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        try:
            sink = os.open("/dev/null", os.O_WRONLY)
            os.dup2(sink, 1)
            os.dup2(sink, 2)
            os.execv(command[0], command)
        finally:
            os._exit(127)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    print(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, os.waitstatus_to_exitcode(status), flush=True)
"""
launcher = subprocess.Popen([sys.executable, "-IS", "-c", LAUNCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def run(command):
    """(CPU seconds, wall seconds, peak KiB, exit code), output thrown away."""
    launcher.stdin.write("\0".join(command).encode() + b"\n")
    launcher.stdin.flush()
    cpu, wall, peak, code = launcher.stdout.readline().split()
    return float(cpu), float(wall), int(peak), int(code)


def lines(command):
    return subprocess.run(command, capture_output=True, check=True).stdout.splitlines()


def skip(what, why):
    print(f"SKIPPED, {why}: {what}", file=sys.stderr)


def binaries():
    for name in ("big", "go"):
        path = f"{target}/benches/{name}"
        if os.path.exists(path):
            yield name, path
        else:
            skip(f"the binary {name!r}", "not built (benches/big/build.sh)")
    packed = f"testdata/binaries/{FIXTURE}.gz"
    path = f"{target}/benches/{FIXTURE}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with gzip.open(packed) as source, open(path, "wb") as copy:
        shutil.copyfileobj(source, copy)
    yield "fixture", path


def pairs_of(rows):
    """200 functions of the runtime, evenly out of nm's own list: the same for the same binary."""
    names = [row.split(None, 2)[2].decode(errors="replace") for row in rows]
    codes = [row.split(None, 2)[1] for row in rows]
    plain = [n for n, c in zip(names, codes) if c in b"Tt" and re.fullmatch(r"runtime\.[a-z]\w+", n)]
    picked = [plain[i * len(plain) // 200] for i in range(200)]
    return [word for name in picked for word in ("--pair", f"main.{name[8:]}={name}")]


def commands(path):
    rows = lines([gonym, "nm", path])
    if os.path.exists(go_nm):
        # A fast answer that is another answer would not be worth a table.
        assert sorted(rows) == sorted(lines([go_nm, path])), f"{path}: gonym nm is not go tool nm"
    pairs = pairs_of(rows)
    check = [gonym, "check", path, *pairs, "--format", "json"]
    judged = json.loads(subprocess.run(check, capture_output=True).stdout)["summary"]
    assert sum(judged.values()) == 200, judged
    nm = shutil.which("nm")
    return len(rows), {
        "gonym nm": [gonym, "nm", path],
        "go tool nm": [go_nm, path],
        "GNU nm": [nm, path],
        # Without a target, nm first loads every compiler plugin on the machine (LLVM's: 14 ms, 50 MB).
        "GNU nm, no plugins": [nm, "--target=elf64-x86-64", path],
        "llvm-nm": [shutil.which("llvm-nm"), path],
        "gonym aliases": [gonym, "aliases", path],
        "gonym check, 1 pair": [gonym, "check", path, *pairs[200:202]],
        "gonym check, 200 pairs": [gonym, "check", path, *pairs],
    }


def measure(wanted):
    """Per command the runs of all rounds; one round before them, so that the file is in the page cache."""
    present = {}
    for name, command in wanted.items():
        if command[0] and os.path.exists(command[0]):
            present[name] = command
        else:
            skip(name, "not found")
    runs = {name: [] for name in present}
    for turn in range(rounds + 1):
        order = list(present)
        for name in order[turn % len(order):] + order[:turn % len(order)]:
            found = run(present[name])
            assert found[3] in (0, 1), f"{name}: exit code {found[3]}"
            if turn:
                runs[name].append(found)
    return runs


def milliseconds(values):
    values = list(values)
    return f"{min(values) * 1e3:.1f} / {statistics.median(values) * 1e3:.1f}"


def table(runs):
    cpu = {name: statistics.median(r[0] for r in found) for name, found in runs.items()}
    peak = {name: max(r[2] for r in found) for name, found in runs.items()}
    print("| command | CPU ms, best / median | to gonym nm | wall ms, best / median | peak MB | to gonym nm |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, found in runs.items():
        print(f"| {name} | {milliseconds(r[0] for r in found)} | {cpu[name] / cpu['gonym nm']:.2f} "
              f"| {milliseconds(r[1] for r in found)} | {peak[name] / 1e3:.1f} | {peak[name] / peak['gonym nm']:.2f} |")
    return cpu, peak


def aim(text, value, limit):
    print(f"- {'holds' if value <= limit else 'MISSED'}: {text}: {value:.3g}, at most {limit:.3g}")


def costs(path, cpu, peak):
    one, many = cpu["gonym check, 1 pair"], cpu["gonym check, 200 pairs"]
    print(f"- each pair after the first costs {(many - one) / 199 * 1e3:.3f} ms of CPU")
    limit = 64 * 2**20 + 4 * os.path.getsize(path)
    aim("the largest peak to the promised 64 MiB + 4 x file", max(v for k, v in peak.items() if "gonym" in k) * 1024 / limit, 1)


def aims(cpu, peak):
    own, memory = cpu["gonym nm"], peak["gonym nm"]
    for peer, share in (("go tool nm", 0.2), ("GNU nm", 0.5), ("GNU nm, no plugins", 0.5)):
        if peer in cpu:
            aim(f"nm's CPU to that of {peer}", own / cpu[peer], share)
            aim(f"nm's peak memory to that of {peer}", memory / peak[peer], 1)
    aim("CPU seconds of check with 200 pairs", cpu["gonym check, 200 pairs"], 1)


def version(command):
    text = subprocess.run(command, capture_output=True, text=True).stdout
    return next((line.strip() for line in text.splitlines() if re.search(r"\d\.\d", line)), "?")


def main():
    floor = [run(["/bin/true"]) for _ in range(20)]
    known = [("", [gonym, "--version"])]
    known += [(tool, [tool, "--version"]) for tool in ("nm", "llvm-nm") if shutil.which(tool)]
    tools = "; ".join(f"{tool} {version(command)}" for tool, command in known)
    load = os.getloadavg()[0]
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.machine()}, load {load:.2f}, {rounds} rounds")
    print(f"{tools}; go tool nm of go1.27.3".strip())
    print(f"/bin/true measured the same way: CPU {milliseconds(r[0] for r in floor)} ms, peak {max(r[2] for r in floor) / 1e3:.1f} MB")
    if load > 0.5:
        print("NOT QUIET: others use this machine; trust best and ratios more than the rest")
    for name, path in binaries():
        rows, wanted = commands(path)
        print(f"\n**{name}**: {os.path.getsize(path) / 1e6:.1f} MB, {rows} symbols\n")
        cpu, peak = table(measure(wanted))
        print()
        costs(path, cpu, peak)
        if name == "big":
            aims(cpu, peak)


main()
