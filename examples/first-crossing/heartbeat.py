#!/usr/bin/env python3
"""Watches a guest's console files on both hosts and judges its heartbeat.

usage: heartbeat.py watch FOLDER LOG      until SIGTERM: notes when each new console line arrives, from any console.log under FOLDER
       heartbeat.py judge LOG [AFTER]     prints the longest gap and whether every beat came once, in order; exit 1 if not

The guest prints "beat N" every few milliseconds; N counts without a gap for its whole life. Two running copies of the guest
would print the same N twice; a guest set back in time would repeat; a lost machine would stop.
"""
import glob
import os
import signal
import sys
import time


def watch(folder, log):
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    files, looked = {}, 0.0
    with open(log, "w", buffering=1) as out:
        while not stop:
            now = time.monotonic()
            if now - looked > 0.02:
                looked = now
                for path in glob.glob(f"{folder}/**/console.log", recursive=True):
                    try:
                        status = os.stat(path)
                        if (status.st_dev, status.st_ino) not in files:     # one file may have two names
                            files[status.st_dev, status.st_ino] = [open(path, "rb"), b"", path]
                    except OSError:
                        pass                                                # removed meanwhile
            for entry in list(files.values()):
                data, path = entry[0].read(), entry[2]
                if data:
                    stamp = time.monotonic()
                    *lines, entry[1] = (entry[1] + data).split(b"\n")
                    for line in lines:
                        out.write(f"{stamp:.6f}\t{path}\t{line.decode(errors='replace').strip()}\n")
            time.sleep(0.001)


def judge(log, after):
    beats, wrong, consoles = [], [], set()
    passes = fills = records = intact = 0
    for row in open(log):
        stamp, path, line = row.rstrip("\n").split("\t", 2)
        words = line.split()
        if line.startswith("WRONG") or "EXT4-fs error" in line or "I/O error" in line:
            wrong.append(line)
        if float(stamp) < after or not words:
            continue
        if words[0] == "beat" and len(words) == 2 and words[1].isdigit():
            beats.append((float(stamp), int(words[1])))
            consoles.add(path)
        elif words[0] == "pass":
            passes = int(words[1])
        elif words[0] == "fill":
            fills = int(words[1])
        elif words[0] == "record":
            records = int(words[1])
        elif words[0] == "records":
            intact = int(words[1])
    if len(beats) < 2:
        print("heartbeat: fewer than two beats were seen")
        return 1
    gap, at = max((b[0] - a[0], a[1]) for a, b in zip(beats, beats[1:]))
    breaks = [(a[1], b[1]) for a, b in zip(beats, beats[1:]) if b[1] != a[1] + 1]
    print(f"heartbeat: {len(beats)} beats on {len(consoles)} consoles, longest gap {gap * 1e3:.0f} ms (after beat {at})")
    print(f"counter:   pass {passes} complete, every page held what it should; filled memory read {fills} times")
    print(f"disk:      {records} records written, {intact} read back past the page cache and intact")
    for first, second in breaks[:5]:
        print(f"heartbeat: WRONG, beat {second} came after beat {first}")
    for line in wrong[:5]:
        print(f"guest:     {line}")
    return 1 if breaks or wrong else 0


if len(sys.argv) >= 4 and sys.argv[1] == "watch":
    watch(sys.argv[2], sys.argv[3])
elif len(sys.argv) >= 3 and sys.argv[1] == "judge":
    sys.exit(judge(sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 0.0))
else:
    sys.exit(__doc__)
