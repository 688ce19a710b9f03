#!/usr/bin/env python3
"""The measuring part of examples/benchmark/run: QEMU's own migration against Ferry's, alternating; medians, spread, ratios."""
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

PAIRS, MEMORY, FILL, COUNTER, RATE = ([int(x) for x in sys.argv[1:]] + [5, 1024, 600, 64, 40][len(sys.argv) - 1:])
CHANNELS = 2
# What Ferry is to reach here, against QEMU in the same run.
TOTAL_RATIO_LIMIT, BLACKOUT_LIMIT_MS = 1.2, 60
# The processor of Ferry's default configuration version, so that both guests are the same.
PROCESSOR = "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt"
BUILD, GUEST = os.environ["FERRY_BUILD"], os.environ["FERRY_GUEST"]
LINE = f"console=ttyS0 quiet panic=-1 counter={COUNTER} rate={RATE} fill={FILL} beat=20"


def wait_for(path, text, seconds=240):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if text in open(path, errors="replace").read():
                return
        except FileNotFoundError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"benchmark: waited {seconds} s for {text!r} in {path}")


class QMP:
    def __init__(self, path):
        end = time.monotonic() + 30
        while True:
            try:
                self.link = socket.socket(socket.AF_UNIX)
                self.link.connect(path)
                break
            except OSError:
                self.link.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.stream, self.events = self.link.makefile("rw"), {}
        self.stream.readline()
        self.call("qmp_capabilities")

    def call(self, command, **arguments):
        self.stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.stream.flush()
        while True:
            answer = json.loads(self.stream.readline())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']}")
            stamp = answer["timestamp"]
            self.events[answer["event"]] = stamp["seconds"] * 1e3 + stamp["microseconds"] / 1e3

    def event(self, name):
        """When it happened, in ms. Events come between answers, so this asks until it is there."""
        end = time.monotonic() + 10
        while name not in self.events:
            if time.monotonic() > end:
                raise SystemExit(f"benchmark: QEMU did not report {name}, only {self.events}")
            self.call("query-status")
            time.sleep(0.005)
        return self.events[name]


def native(folder, promise):
    """One move by QEMU itself, with a promised downtime in ms: (seconds, blackout in ms, MiB on the wire)."""
    machines = []
    try:
        for name, incoming in (("source", []), ("target", ["-incoming", "defer"])):
            ram = f"{folder}/memory/{name}"
            with open(ram, "w+b") as file:
                os.posix_fallocate(file.fileno(), 0, MEMORY << 20)
            process = subprocess.Popen(
                ["qemu-system-x86_64", "-accel", "tcg", "-cpu", PROCESSOR, "-m", str(MEMORY), "-display", "none", "-nodefaults",
                 "-object", f"memory-backend-file,id=ram,size={MEMORY}M,mem-path={ram},share=on",
                 "-machine", "pc-i440fx-7.2,memory-backend=ram", "-serial", f"file:{folder}/{name}.console",
                 "-qmp", f"unix:{folder}/{name}.qmp,server=on,wait=off",
                 "-kernel", f"{GUEST}/vmlinuz", "-initrd", f"{GUEST}/initrd.img", "-append", LINE] + incoming,
                stdin=subprocess.DEVNULL)
            machines.append((process, ram, QMP(f"{folder}/{name}.qmp")))
            if not incoming:
                wait_for(f"{folder}/{name}.console", "pass 2")
        source, target = machines[0][2], machines[1][2]
        for monitor in (source, target):
            monitor.call("migrate-set-capabilities", capabilities=[{"capability": "multifd", "state": True}, {"capability": "events", "state": True}])
            monitor.call("migrate-set-parameters", **{"multifd-channels": CHANNELS})
        source.call("migrate-set-parameters", **{"max-bandwidth": 100 << 30, "downtime-limit": promise})
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        target.call("migrate-incoming", uri=f"tcp:127.0.0.1:{port}")
        start = time.monotonic()
        source.call("migrate", uri=f"tcp:127.0.0.1:{port}")
        while (state := source.call("query-migrate"))["status"] not in ("completed", "failed", "cancelled"):
            if time.monotonic() - start > 120:
                raise SystemExit("benchmark: QEMU's own migration did not finish in 120 s")
            time.sleep(0.005)
        if state["status"] != "completed":
            raise SystemExit(f"benchmark: QEMU's own migration: {state['status']}")
        while target.call("query-status")["status"] != "running":
            time.sleep(0.002)
        total = time.monotonic() - start
        return total, target.event("RESUME") - source.event("STOP"), state["ram"]["transferred"] / 1048576
    finally:
        for process, ram, _ in machines:
            process.kill()
            process.wait()
            os.unlink(ram)


class Hosts:
    """Two ferryds that trust each other."""

    def __init__(self, folder):
        self.folder, self.daemons, hosts = folder, [], {}
        # What a move promised, in ms, as its report says.
        self.promise = None
        for number, name in enumerate(("NODE1", "NODE2"), 1):
            os.makedirs(f"{folder}/{name}/vms")
            config = {
                "name": name, "stateFolder": f"{folder}/{name}/state", "runtimeFolder": f"{folder}/{name}/run",
                "socket": f"{folder}/{name}/ferryd.sock", "memoryFolder": f"{folder}/{name}/memory",
                "memorySize": f"{MEMORY * 2}MB", "storageRoots": [f"{folder}/{name}/vms"],
                "virtualMachinePath": f"{folder}/{name}/vms", "virtualHardDiskPath": f"{folder}/{name}/vms",
                "listenAddress": f"127.0.7.{number}", "accelerator": "tcg", "preallocateMemory": True}
            with open(f"{folder}/{name}.json", "w") as file:
                json.dump(config, file)
            log = open(f"{folder}/{name}.log", "w")
            self.daemons.append(subprocess.Popen([f"{BUILD}/ferryd", "--config", f"{folder}/{name}.json"], stdout=log, stderr=log))
            hosts[name] = {"socket": config["socket"]}
        with open(f"{folder}/hosts.json", "w") as file:
            json.dump({"default": "NODE2", "hosts": hosts}, file)
        end = time.monotonic() + 30
        while not all(os.path.exists(host["socket"]) for host in hosts.values()):
            if time.monotonic() > end:
                raise SystemExit("benchmark: a host did not start")
            time.sleep(0.05)
        self.ferry("$t = New-VMHostTrustToken -ComputerName NODE1; Add-VMHostTrust -Token $t.Token -ComputerName NODE2; "
                   "foreach ($c in 'NODE1', 'NODE2') { Enable-VMMigration -ComputerName $c; "
                   "Add-VMMigrationNetwork 127.0.0.0/8 -ComputerName $c }")

    def ferry(self, text):
        done = subprocess.run([f"{BUILD}/ferry", "-c", text], env={**os.environ, "FERRY_HOSTS": f"{self.folder}/hosts.json"},
                              capture_output=True, text=True, timeout=600)
        if done.returncode or done.stderr.strip():
            raise SystemExit(f"benchmark: ferry -c {text!r}:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def move(self, encryption):
        self.ferry(f"Set-VMHost -VirtualMachineMigrationEncryption {encryption}; Set-VMHost -VirtualMachineMigrationEncryption {encryption} -ComputerName NODE1; "
                   f"New-VM bench -MemoryStartupBytes {MEMORY}MB -NoVHD -KernelPath {GUEST}/vmlinuz -InitrdPath {GUEST}/initrd.img "
                   f"-KernelCommandLine '{LINE}' | Out-Null; Start-VM bench")
        wait_for(self.ferry("(Get-VM bench).ConsolePath"), "pass 2")
        self.ferry("Move-VM bench NODE1 -IncludeStorage")
        figures = self.ferry("$m = Get-VMMigration | Select-Object -First 1; "
                             "\"$(($m.TotalTime - $m.PreparationTime).TotalSeconds) $($m.BlackoutMilliseconds) $($m.WireBytes / 1MB) $($m.IsEncrypted) $($m.DowntimeBudget.TotalMilliseconds)\"").split()
        self.ferry("Stop-VM bench -TurnOff -ComputerName NODE1; Remove-VM bench -Force -ComputerName NODE1")
        self.promise = float(figures[4])
        if figures[3] != str(encryption == "On"):
            raise SystemExit(f"benchmark: encryption was to be {encryption}, the move says IsEncrypted {figures[3]}")
        return tuple(float(x) for x in figures[:3])

    def end(self):
        for daemon in self.daemons:
            daemon.send_signal(signal.SIGTERM)
        for daemon in self.daemons:
            daemon.wait(30)
        for name in ("NODE1", "NODE2"):
            subprocess.run(["umount", f"{self.folder}/{name}/memory"], stderr=subprocess.DEVNULL)


def main():
    folder = tempfile.mkdtemp(prefix="ferry-benchmark.", dir="/var/tmp")
    os.chmod(folder, 0o711)
    # Memory for QEMU's own machines, as Ferry's hosts mount theirs.
    os.mkdir(f"{folder}/memory")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEMORY * 2 + 64}m", "tmpfs", f"{folder}/memory"], check=True)
    results = {"QEMU multifd 2": [], "Ferry plain": [], "Ferry encrypted": []}
    hosts = Hosts(folder)
    try:
        hosts.move("Off")                       # not counted: tells the promise, and warms caches for all three
        print(f"{PAIRS} alternating runs: {MEMORY} MiB guest, {FILL} MiB filled, {COUNTER} MiB rewritten at {RATE} MiB/s, promise {hosts.promise:.0f} ms")
        for number in range(1, PAIRS + 1):
            for name, run in (("QEMU multifd 2", lambda: native(folder, int(hosts.promise))), ("Ferry plain", lambda: hosts.move("Off")),
                              ("Ferry encrypted", lambda: hosts.move("On"))):
                figures = run()
                results[name].append(figures)
                print(f"  {number} {name:16} total {figures[0]:6.3f} s   blackout {figures[1]:6.1f} ms   {figures[2]:7.1f} MiB", flush=True)
    finally:
        hosts.end()
        subprocess.run(["umount", f"{folder}/memory"], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    base = [statistics.median(x[i] for x in results["QEMU multifd 2"]) for i in range(3)]
    print(f"\n{'medians':18} {'total':>16} {'ratio':>7} {'blackout':>22} {'wire':>12}")
    kept = True
    verdicts = []
    for name, rows in results.items():
        total, blackout, wire = ([row[i] for row in rows] for i in range(3))
        ratio, pause = statistics.median(total) / base[0], statistics.median(blackout)
        print(f"{name:18} {statistics.median(total):6.3f} s ({min(total):.2f}–{max(total):.2f}) {ratio:6.2f}× "
              f"{pause:6.1f} ms ({min(blackout):.0f}–{max(blackout):.0f}) {statistics.median(wire):8.0f} MiB")
        if name.startswith("Ferry"):
            for what, value, limit, unit in (("total", ratio, TOTAL_RATIO_LIMIT, "×"), ("blackout", pause, BLACKOUT_LIMIT_MS, " ms")):
                verdicts.append(f"{name}: {what} {value:.2f}{unit}, limit {limit}{unit}: {'holds' if value <= limit else 'MISSED'}")
                kept = kept and value <= limit
    print("", *verdicts, sep="\n")
    sys.exit(0 if kept else 1)


main()
