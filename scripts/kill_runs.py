#!/usr/bin/env python3
"""Kills commands at random moments and says whether the work comes out the same.

    scripts/kill_runs.py .build/release/negspace [--moments 20] [--signal KILL|INT|TERM] [--only image,learn] [--seed 0]

Each command runs once undisturbed. Then, for each moment, it is started in a folder of its own, sent the signal, and started
again until it ends by itself. Counted are: files of another content than the undisturbed run's (after the signal: a file
under its final name that is neither absent nor the finished one; at the end: any difference), temporary files left over, and
for INT and TERM the seconds until the process was gone. Exit status 1 if anything but the seconds is not 0.
"""
import argparse
import hashlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = pathlib.Path(os.environ.get("NEGSPACE_MODELS", ROOT / "Models"))
PROMPTS = "a red apple on a yellow background\na dog face on a blue background\na rocket on a red background\n"

# What is run, and the files that it ends in.
COMMANDS = {
    "image": (["image", "a red apple", "--steps", "8", "-b", "2", "-o", "a.png"], ["a.png", "a_2.png"]),
    "video": (["video", "a red apple", "--steps", "4", "--frames", "8", "-o", "a.mp4"], ["a.mp4"]),
    "convert": (["model", "convert", str(MODELS / "emoji-image"), "-o", "m"], ["m"]),
    "learn": (
        ["learn", "reneg", "--prompt-file", "prompts.txt", "--validation-file", "prompts.txt", "--steps", "3", "--batch", "2",
         "--sampling-steps", "6", "--validate-every", "1", "-o", "n.safetensors"], ["n.safetensors"]),
    "compare": (
        ["compare", "--negative", "none", "--negative", "words=a blurry picture", "-p", "a red apple", "--seeds", "2", "--steps",
         "4", "-o", "c"], ["c/results.csv"]),
}


def digest(path):
    """The content of a file or folder; None if it is not there."""
    if path.is_dir():
        lines = [f"{p.relative_to(path)} {digest(p)}" for p in sorted(path.rglob("*")) if p.is_file()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


class Runner:
    def __init__(self, program, arguments, results):
        self.program, self.arguments, self.results = program, arguments, results

    def folder(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="kill-"))
        (folder / "prompts.txt").write_text(PROMPTS)
        return folder

    def start(self, folder):
        return subprocess.Popen(
            [self.program, *self.arguments, "-q"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env={**os.environ, "NEGSPACE_MODELS": str(MODELS)})

    def finish(self, folder):
        process = self.start(folder)
        _, errors = process.communicate()
        return process.returncode, errors.decode(errors="replace").strip()

    def contents(self, folder):
        return {name: digest(folder / name) for name in self.results}

    def left_over(self, folder):
        return [p for p in folder.rglob(".negspace-*")]


def disturb(name, runner, moments, which, random):
    folder = runner.folder()
    began = time.monotonic()
    status, errors = runner.finish(folder)
    seconds = time.monotonic() - began
    if status != 0:
        sys.exit(f"{name} fails by itself: {errors}")
    wanted = runner.contents(folder)
    shutil.rmtree(folder)
    half = other = left = 0
    waits = []
    for _ in range(moments):
        folder = runner.folder()
        process = runner.start(folder)
        time.sleep(random.random() * seconds)
        sent = time.monotonic()
        process.send_signal(which)
        process.communicate()
        waits.append(time.monotonic() - sent)
        half += any(found not in (None, wanted[key]) for key, found in runner.contents(folder).items())
        # A folder that is whole is not made again.
        if name != "convert" or not (folder / "m").exists():
            status, errors = runner.finish(folder)
            if status != 0:
                print(f"  {name} after {which.name}: {errors}")
        other += runner.contents(folder) != wanted
        left += bool(runner.left_over(folder))
        shutil.rmtree(folder)
    waits.sort()
    print(
        f"{name:8} {moments} × {which.name}: half-written {half}, other bits {other}, left over {left}; "
        f"gone after {waits[len(waits) // 2]:.2f} s (median), {waits[-1]:.2f} s (longest); undisturbed {seconds:.1f} s")
    return half + other + left


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--signal", default="KILL", choices=["KILL", "INT", "TERM"])
    parser.add_argument("--only", default=",".join(COMMANDS))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    which = signal.Signals["SIG" + options.signal]
    faults = 0
    for name in options.only.split(","):
        if name not in COMMANDS:
            parser.error(f"--only {name}: known are {', '.join(COMMANDS)}")
        faults += disturb(name, Runner(program, *COMMANDS[name]), options.moments, which, random.Random(f"{options.seed} {name}"))
    sys.exit(1 if faults else 0)


main()
