#!/usr/bin/env python3
"""Ends commands at random moments and says whether the work comes out the same.

    scripts/kill_runs.py .build/release/negspace --moments 300                   # kill -9
    scripts/kill_runs.py .build/release/negspace --signal INT --moments 150      # Ctrl-C, and how long it takes; TERM, HUP, TWICE
    scripts/kill_runs.py .build/release/negspace --size family --only reneg      # with the shipped family in place of tiny models

Each command runs once undisturbed. Then, for each moment, it is started in a folder of its own, ended by the signal, and started
again until it ends by itself (not with --once). Moments at which it was over already are drawn again. Counted are

    half-written  a file under its final name that cannot be read, or a result that is not the undisturbed run's (after a
                  polite signal, learning writes what was best until then)
    other bits    a file that differs at the end from the undisturbed run's
    lost          more steps, cells or files gone than lie between two checkpoints
    left over     temporary files, once the command ran again
    failed        the second run ended with an error, or the interrupted one with another status than 130

and for the signals that can be caught the seconds until the process was gone. Exit status 1 if any count is not 0.
"""
import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = pathlib.Path(os.environ.get("NEGSPACE_MODELS", ROOT / "Models"))
TINY = ROOT / "Tests/PipelinesTests/Fixtures"
PROMPTS = "a red apple on a yellow background\na dog face on a blue background\na rocket on a red background\n"
RUN = ["checkpoint.safetensors", "best.safetensors", "review.json"]


class Command:
    """What is run, the files that it ends in, and what of its work must outlive it.

    kept: the number of units that a folder holds; the units said to be done stand in lines such as "learning 2/3".
    """

    def __init__(self, words, results, state=(), kept=None, interval=1, before=None):
        self.words, self.results, self.state = words, results, state
        self.kept, self.interval, self.before = kept, interval, before


def steps(run):
    """Steps in a run's checkpoint."""
    def kept(folder):
        path = folder / run / "checkpoint.safetensors"
        return int(header(path)["__metadata__"]["step"]) if path.exists() else 0
    return kept


def files(pattern):
    """Files of a pattern."""
    return lambda folder: len(list(folder.glob(pattern)))


def commands(size):
    tiny = size == "tiny"
    picture = ["-m", str(TINY / "tiny-image")] if tiny else []
    clip = ["-m", str(TINY / "tiny-video")] if tiny else []
    reward = ["--reward", f"quality={MODELS / 'emoji-reward'}"] if tiny else []
    model = str(TINY / "tiny-image" if tiny else MODELS / "emoji-image")
    prompts = ["--prompt-file", "prompts.txt"]
    held = [*prompts, "--validation-file", "prompts.txt"]
    writer = ["learn", "negopt", "sft", "--data", "pairs.csv", "--pieces", "100", "--width", "32", "--layers", "1", "--heads", "2",
              "--batch", "4", "--warmup", "2"]
    written = ["config.json", "generation_config.json", "model.safetensors", "spiece.model", "tokenizer_config.json"]
    reneg = ["learn", "reneg", *picture, *reward, *held, "--batch", "2", "--sampling-steps", "6"]
    tuning = ["learn", "textcraftor", *picture, *reward, *held, "--steps", "4", "--batch", "2", "--sampling-steps", "5",
              "--recorded-steps", "2", "--tested-steps", "3", "--validate-every", "2"]
    return {
        "image": Command(["image", "a red apple", *picture, "--steps", "20", "-b", "3", "-o", "a.png"],
                         ["a.png", "a_2.png", "a_3.png"]),
        "video": Command(["video", "a red apple", *clip, "--steps", "8", "--frames", "8", "-o", "a.mp4"], ["a.mp4"]),
        "convert": Command(["model", "convert", model, "-o", "m"], ["m"]),
        "compare": Command(
            ["compare", *picture, *(reward or ["--judge", str(MODELS / "emoji-judge")]), "--negative", "none", "--negative",
             "words=a blurry picture", *prompts, "--seeds", "2", "--steps", "4", "-o", "c"],
            ["c/results.csv", "c/results.json", "c/report.html", "c/cells"], kept=files("c/cells/*.json")),
        "reneg": Command([*reneg, "--steps", "4", "--validate-every", "2", "-o", "n.safetensors"], ["n.safetensors"],
                         [f"n/{name}" for name in [*RUN, "samples-2.png", "samples-4.png"]], steps("n"), 2),
        "reneg-sample": Command(
            ["learn", "reneg-sample", *picture, *reward, *prompts, "--init", "start.safetensors", "--steps", "3", "--sampling-steps",
             "4", "-o", "s"], [f"s/000{n}.safetensors" for n in (1, 2, 3)], kept=files("s/000*.safetensors"),
            before=([*reneg, "--steps", "1", "--run", "r", "-o", "start.safetensors"], "start.safetensors")),
        "reneg-sample-each": Command(
            ["learn", "reneg-sample", "--each-step", *picture, *reward, *prompts, "--init", "start.safetensors", "--search-steps",
             "2", "--sampling-steps", "4", "-o", "s"], [f"s/000{n}.safetensors" for n in (1, 2, 3)],
            kept=files("s/000*.safetensors"),
            before=([*reneg, "--steps", "1", "--run", "r", "-o", "start.safetensors"], "start.safetensors")),
        "textcraftor": Command([*tuning, "-o", "t"], ["t/config.json", "t/model.safetensors"],
                               [f"t-run/{name}" for name in [*RUN, "samples-2.png", "samples-4.png"]], steps("t-run"), 2),
        "textcraftor-lora": Command([*tuning, "--lora-rank", "2", "-o", "t.safetensors"], ["t.safetensors"],
                                    [f"t-lora-run/{name}" for name in RUN], steps("t-lora-run"), 2),
        "dreamartist": Command(
            ["learn", "dreamartist", *picture, str(ROOT / "Samples/apple.png"), "--token", "it", "--steps", "6", "--batch", "2",
             "--preview-every", "2", "-o", "it"], ["it/it.safetensors", "it/it-neg.safetensors"],
            ["it/run/checkpoint.safetensors", "it/run/review.json"], steps("it/run"), 2),
        "sft": Command([*writer, "--steps", "12", "--validate-every", "4", "-o", "w"], [f"w/{name}" for name in written],
                       [f"w-run/{name}" for name in RUN], steps("w-run"), 4),
        "rl": Command(
            ["learn", "negopt", "rl", "-w", "start", *picture, *reward, *held, "--steps", "6", "--prompts", "2", "--pictures", "2",
             "--epochs", "2", "--batch", "1", "--max-tokens", "6", "--sampling-steps", "3", "--validate-every", "2", "--warmup", "1",
             "-o", "w"], [f"w/{name}" for name in written], [f"w-run/{name}" for name in RUN], steps("w-run"), 2,
            before=([*writer, "--steps", "2", "-o", "start"], "start")),
        "train": Command(["train", "reward", "--runs", "r", "--steps", "6", "--batch", "4"], ["r/reward/checkpoint.safetensors"],
                         ["r/reward/review.json"], steps("r/reward"), 250),
    }


def pairs():
    """Made-up prompts with negatives."""
    draw = random.Random(1)
    things = "apple dog rocket flamingo house castle river robot girl knight forest city".split()
    faults = "blurry ugly low quality deformed hands fingers text watermark cropped worst jpeg artifacts bad anatomy".split()
    lines = [f'"{" ".join(draw.choices(things, k=6))} {n}","{", ".join(draw.choices(faults, k=6))}"' for n in range(200)]
    return "prompt,negative_prompt\n" + "\n".join(lines) + "\n"


def header(path):
    with open(path, "rb") as file:
        return json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))


def is_whole(path):
    """Whether a file can be read to its end."""
    try:
        if path.suffix == ".safetensors":
            fields = header(path)
            ends = [field["data_offsets"][1] for name, field in fields.items() if name != "__metadata__"]
            start = 8 + struct.unpack("<Q", path.read_bytes()[:8])[0]
            return path.stat().st_size == start + max(ends, default=0)
        if path.suffix == ".png":
            return path.read_bytes().endswith(b"IEND\xaeB`\x82")
        if path.suffix == ".json":
            return json.loads(path.read_text()) is not None
        return True
    except (ValueError, KeyError, struct.error):
        return False


def digest(path):
    """The content of a file or folder; None if it is not there."""
    if path.is_dir():
        lines = [f"{p.relative_to(path)} {digest(p)}" for p in sorted(path.rglob("*")) if p.is_file()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
    if not path.exists():
        return None
    content = path.read_bytes()
    if path.suffix == ".html":  # a report says when it was written
        content = re.sub(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", b"", content)
    return hashlib.sha256(content).hexdigest()


class Runner:
    def __init__(self, program, command, scratch):
        self.program, self.command, self.scratch = program, command, scratch
        self.base = scratch / "base"
        self.base.mkdir(parents=True)
        (self.base / "prompts.txt").write_text(PROMPTS)
        (self.base / "pairs.csv").write_text(pairs())
        if command.before:
            words, _ = command.before
            status, errors = self.finish(self.base, words)
            if status != 0:
                sys.exit(f"what {command.words[1]} starts from fails: {errors}")

    def folder(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        shutil.copytree(self.base, folder, dirs_exist_ok=True)
        return folder

    def start(self, folder, words=None):
        with open(folder / "stderr.txt", "wb") as errors:
            return subprocess.Popen(
                [self.program, *(words or self.command.words)], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=errors, env={**os.environ, "NEGSPACE_MODELS": str(MODELS)})

    def finish(self, folder, words=None):
        process = self.start(folder, words)
        process.wait()
        return process.returncode, (folder / "stderr.txt").read_text(errors="replace").strip()

    def contents(self, folder, names):
        return {name: digest(folder / name) for name in names}

    def said(self, folder):
        """Units that the last run said were done."""
        found = re.findall(r"^[a-z ]+ (\d+)/\d+ ", (folder / "stderr.txt").read_text(errors="replace"), re.M)
        return max(map(int, found), default=0)

    def broken(self, folder):
        return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".") and not is_whole(path)]

    def left_over(self, folder):
        return list(folder.rglob(".negspace-*"))


def disturb(name, runner, options, draw):
    command = runner.command
    everything = [*command.results, *command.state]
    folder = runner.folder()
    began = time.monotonic()
    status, errors = runner.finish(folder)
    seconds = time.monotonic() - began
    if status != 0:
        sys.exit(f"{name} fails by itself: {errors}")
    wanted = runner.contents(folder, everything)
    for key, content in wanted.items():
        if content is None:
            sys.exit(f"{name} does not write {key}")
    shutil.rmtree(folder)
    sent = signal.SIGINT if options.signal == "TWICE" else signal.Signals["SIG" + options.signal]
    counts = dict.fromkeys(["half-written", "other bits", "lost", "left over", "failed"], 0)
    waits = []
    end = time.monotonic() + options.minutes * 60
    while len(waits) < options.moments and time.monotonic() < end:
        folder = runner.folder()
        process = runner.start(folder)
        moment = draw.random() * seconds
        time.sleep(moment)
        if process.poll() is not None:
            shutil.rmtree(folder)
            continue
        at = time.monotonic()
        process.send_signal(sent)
        if options.signal == "TWICE":
            time.sleep(0.02)
            process.send_signal(sent)
        process.wait()
        waits.append((time.monotonic() - at, moment))
        faults = []
        found = runner.contents(folder, command.results)
        # Interrupted politely, learning writes what was best until then.
        is_final = name != "train" and (options.signal in ("KILL", "TWICE") or "learn" not in command.words)
        results = [key for key in found if is_final and not (folder / key).is_dir() or key == "m"]
        faults += ["half-written"] * any(found[key] not in (None, wanted[key]) for key in results)
        faults += ["half-written"] * bool(runner.broken(folder))
        # A signal may come before the program asks for it, or after its last question.
        if options.signal != "KILL" and process.returncode not in (130, 0, -sent):
            faults.append("failed")
        if command.kept and runner.said(folder) - command.kept(folder) > command.interval:
            faults.append("lost")
        # A folder that is whole is not made again.
        if not options.once:
            if name != "convert" or not (folder / "m").exists():
                status, errors = runner.finish(folder)
                if status != 0:
                    faults.append("failed")
                    print(f"  {name} after {moment:.3f} s: {errors.splitlines()[-1:]}", flush=True)
            faults += ["other bits"] * (runner.contents(folder, everything) != wanted)
            faults += ["left over"] * bool(runner.left_over(folder))
        for fault in set(faults):
            counts[fault] += 1
        if faults and options.keep:
            print(f"  {name} after {moment:.3f} s: {', '.join(faults)} in {folder}", flush=True)
        else:
            shutil.rmtree(folder)
    line = ", ".join(f"{what} {count}" for what, count in counts.items())
    waits.sort()
    if waits and options.signal != "KILL":
        longest, moment = waits[-1]
        line += f"; gone after {waits[len(waits) // 2][0]:.2f} s (median), {longest:.2f} s (longest, {moment:.2f} s after the start)"
    print(f"{name:18} {len(waits)} × {options.signal}: {line}; undisturbed {seconds:.1f} s", flush=True)
    return sum(counts.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of each command at most")
    parser.add_argument("--signal", default="KILL", choices=["KILL", "INT", "TERM", "HUP", "TWICE"])
    parser.add_argument("--size", default="tiny", choices=["tiny", "family"], help="the tests' tiny models, or those of Models/")
    parser.add_argument("--only", help="some of the commands, with commas")
    parser.add_argument("--once", action="store_true", help="do not start again")
    parser.add_argument("--keep", action="store_true", help="keep the folders in which something is wrong")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    known = commands(options.size)
    faults = 0
    for name in options.only.split(",") if options.only else known:
        if name not in known:
            parser.error(f"--only {name}: known are {', '.join(known)}")
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="kill-"))
        faults += disturb(name, Runner(program, known[name], scratch), options, random.Random(f"{options.seed} {name}"))
        if not options.keep:
            shutil.rmtree(scratch)
    sys.exit(1 if faults else 0)


main()
