"""The work of examples/benchmark/language, and what is made of the times. Runs ferry and python3 in turn."""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time

FERRY = os.environ["FERRY"]
PYTHON = "/usr/bin/python3"
MEMORY_LIMIT = 40


def seconds(command):
    """User and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=600)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ferry(text):
    return [FERRY, "-NoProfile", "-Command", text]


def python(text):
    return [PYTHON, "-I", "-c", text]


def pair(first, second, runs):
    """The fastest of some runs of each, taken in turn."""
    times = [(seconds(first), seconds(second)) for _ in range(runs)]
    return min(t[0] for t in times), min(t[1] for t in times)


def scripts(folder, functions):
    """The same program of five lines a function in both languages, inside something that is parsed and never run."""
    shell = os.path.join(folder, "big.ps1")
    peer = os.path.join(folder, "big.py")
    with open(shell, "w") as file:
        for i in range(functions):
            file.write(
                f"function Get-Thing{i} {{ param([string]$Name, [int]$Count = 3)\n"
                "    if ($Name -like 'web*' -and $Count -gt 2) {\n"
                "        foreach ($i in 1..$Count) { Write-Output \"$Name $i $($i * 2)\" }\n"
                "    } else { return @{ name = $Name; count = $Count } }\n"
                "}\n"
            )
    with open(peer, "w") as file:
        for i in range(functions):
            file.write(
                f"def get_thing{i}(name: str, count: int = 3):\n"
                "    if name.startswith('web') and count > 2:\n"
                "        for i in range(count): print(f\"{name} {i} {i * 2}\")\n"
                "    else: return { 'name': name, 'count': count }\n"
                "    pass\n"
            )
    return shell, peer


def parsing(folder, functions, runs):
    shell, peer = scripts(folder, functions)
    whole = pair(
        ferry(f"$null = [scriptblock]::Create([IO.File]::ReadAllText('{shell}'))"),
        python(f"import ast; ast.parse(open('{peer}').read())"),
        runs,
    )
    start = pair(
        ferry(f"$null = [IO.File]::ReadAllText('{shell}')"), python(f"import ast; open('{peer}').read()"), runs
    )
    return whole[0] - start[0], whole[1] - start[1]


def memory():
    """Resident MiB of a shell that waits for its first line."""
    reader, writer = os.pipe()
    shell = subprocess.Popen(
        [FERRY, "-NoProfile", "-NoExit", "-Command", "'ready'"], stdin=reader, stdout=subprocess.PIPE, text=True
    )
    os.close(reader)
    try:
        deadline = time.monotonic() + 60
        while "ready" not in shell.stdout.readline():
            if time.monotonic() > deadline or shell.poll() is not None:
                raise RuntimeError("the shell did not come up")
        with open(f"/proc/{shell.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
    finally:
        os.close(writer)
        shell.terminate()
        shell.wait()


def main():
    parser = argparse.ArgumentParser(prog="language")
    parser.add_argument("--scale", type=int, default=100, help="how much of the work, in percent")
    scale = max(1, parser.parse_args().scale)
    big, many = 10_000_000 * scale // 100, 1_000_000 * scale // 100
    held = True

    def line(name, mine, other, limit):
        nonlocal held
        ratio = mine / other if other > 0 else float("inf")
        held = held and ratio <= limit
        verdict = "holds" if ratio <= limit else "DOES NOT HOLD"
        print(f"{name:<44} {mine * 1000:8.0f} ms {other * 1000:8.0f} ms {ratio:7.2f} {limit:6.1f}  {verdict}", flush=True)

    print(f"{'':<44} {'ferry':>11} {'python3':>11} {'ratio':>7} {'limit':>6}")
    line("start: exit / pass", *pair(ferry("exit"), python("pass"), 15), 1.5)
    line(
        f"for: {big} additions",
        *pair(
            ferry(f"$s = 0; for ($i = 0; $i -lt {big}; $i++) {{ $s += $i }}; $s"),
            python(f"s = 0\nfor i in range({big}):\n    s += i\nprint(s)"),
            3,
        ),
        3,
    )
    line(
        f"function: {many} calls",
        *pair(
            ferry(f"function f($x) {{ $x + 1 }}; for ($i = 0; $i -lt {many}; $i++) {{ $null = f $i }}"),
            python(f"def f(x): return x + 1\nfor i in range({many}): f(i)"),
            3,
        ),
        8,
    )
    line(
        f"pipeline: {many} objects",
        *pair(
            ferry(f"1..{many} | ForEach-Object {{ $_ * 2 }} | Measure-Object -Sum"),
            python(f"print(sum(x * 2 for x in range(1, {many} + 1)))"),
            3,
        ),
        8,
    )
    line(
        f"hashtable: {many} inserts",
        *pair(
            ferry(f"$h = @{{}}; for ($i = 0; $i -lt {many}; $i++) {{ $h[$i] = $i }}"),
            python(f"h = {{}}\nfor i in range({many}): h[i] = i"),
            3,
        ),
        5,
    )
    with tempfile.TemporaryDirectory() as folder:
        functions = max(1, 2000 * scale // 100)
        line(f"parsing: {functions * 5} lines / ast.parse", *parsing(folder, functions, 5), 1.5)
    resident = memory()
    held = held and resident <= MEMORY_LIMIT
    verdict = "holds" if resident <= MEMORY_LIMIT else "DOES NOT HOLD"
    print(f"{'memory at the prompt':<44} {resident:7.1f} MiB {'':>11} {'':>7} {MEMORY_LIMIT:6.1f}  {verdict}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
