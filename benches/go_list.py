"""CPU and peak memory of `gonym check` in a module's folder beside `go list -deps -json`, which reads the same sources.

go_list.py GONYM GO ROUNDS FOLDER BINARY [FOLDER BINARY]...: both in turn, the order of rounds alternating, after one
round that is not counted..
"""
import os, statistics, subprocess, sys, time

gonym, go, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])


def run(command, folder):
    """(CPU seconds, peak bytes), output thrown away."""
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 1), f"{command}: exit code {child.returncode}"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def measure(folder, binary):
    commands = {"gonym check": [gonym, "check", binary], "go list -deps -json": [go, "list", "-deps", "-json", "./..."]}
    runs = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name in sorted(commands, reverse=turn % 2):
            found = run(commands[name], folder)
            if turn:
                runs[name].append(found)
    return runs


def aim(text, value):
    print(f"- {'holds' if value <= 1 else 'MISSED'}: {text}: {value:.3g}, at most 1")


def main():
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}, {rounds} rounds\n")
    for folder, binary in zip(sys.argv[4::2], sys.argv[5::2]):
        runs = measure(folder, binary)
        print(f"**{os.path.basename(folder)}**: {os.path.getsize(binary) / 1e6:.1f} MB\n")
        print("| command | CPU ms, best / median | peak MB |\n|---|--:|--:|")
        cpu = {name: statistics.median(one[0] for one in found) for name, found in runs.items()}
        for name, found in runs.items():
            best, peak = min(one[0] for one in found), max(one[1] for one in found)
            print(f"| {name} | {best * 1e3:.0f} / {cpu[name] * 1e3:.0f} | {peak / 1e6:.1f} |")
        print()
        peak = max(one[1] for one in runs["gonym check"])
        aim("check's CPU to that of go list", cpu["gonym check"] / cpu["go list -deps -json"])
        aim("check's peak to 64 MiB + 2 x file", peak / (64 * 2**20 + 2 * os.path.getsize(binary)))
        print()


main()
