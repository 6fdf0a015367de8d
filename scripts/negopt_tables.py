#!/usr/bin/env python3
"""What written negatives do on the family: candidates, the most that words can do, and the table of writers.

    scripts/negopt_tables.py candidates --prompts prompts.txt > words.txt      # for negspace learn negopt measure
    scripts/negopt_tables.py ceiling --prompts held.txt --candidates words.txt -o ceiling
    scripts/negopt_tables.py writers --prompts held.txt --fixed "a blurry picture" --writer SFT=writer --writer RL=writer-rl -o writers

`ceiling` makes pictures of four seeds with each prompt's candidates, chooses the best by two seeds, by the judge and by the quality
reward, and measures the choice on the two others by the judge. `writers` compares none, the fixed words, each writer, with --per-sample
ReNeg's negative for each prompt, the learned negative, and words beside it, on pictures or (--model) on clips. Both are runs of
`negspace compare`: started again they go on. Needs Python 3 and .build/release/negspace ($NEGSPACE is another).
"""
import argparse
import collections
import csv
import json
import os
import pathlib
import random
import re
import shlex
import statistics
import subprocess
import sys

from paired import interval

PROGRAM = os.environ.get("NEGSPACE", ".build/release/negspace")

# Words of the family's damages with what may stand before "picture", and remarks on quality.
DAMAGES = ["blurry", "noisy", "pixelated", "washed out", "dark", "distorted", "compressed", "low quality"]
SYNONYMS = ["out of focus", "grainy", "blocky", "faded", "underexposed", "warped", "jpeg artifacts", "worst quality"]
PAIRS = [("blurry", "pixelated"), ("blurry", "distorted"), ("pixelated", "compressed"), ("blurry", "noisy"), ("low quality", "blurry")]

# What `negspace concepts` lists besides concepts.
NO_CONCEPTS = {"backgrounds", "sizes", "places", "motions", "damages", "quality"}


def with_article(name):
    return ("an " if name[0] in "aeiou" else "a ") + name


def concepts():
    """Groups of {concept: synonyms} that the family knows, and its backgrounds."""
    text = subprocess.run([PROGRAM, "concepts"], check=True, capture_output=True, text=True).stdout
    groups = {}
    for line in text.splitlines():
        name, _, rest = line.partition(": ")
        groups[name] = [re.sub(r" \(.*", "", item) for item in re.split(r", (?![^(]*\))", rest)]
    return groups


def candidates(prompts):
    common = [f"a {word} picture" for word in DAMAGES] + SYNONYMS + [f"a {a} picture, {b}" for a, b in PAIRS]
    for text in dict.fromkeys(common):
        yield text
    groups = concepts()
    of = {name: group for group, names in groups.items() if group not in NO_CONCEPTS for name in names}
    for prompt in prompts:
        draw = random.Random(prompt)
        own = next((name for name in sorted(of, key=len, reverse=True) if name in prompt), None)
        if own:
            others = [name for name in groups[of[own]] if name != own]
            for name in draw.sample(others, min(2, len(others))):
                yield f"{prompt}\t{with_article(name)}"
                yield f"{prompt}\ta blurry picture of {with_article(name)}"
        background = next((name for name in groups["backgrounds"] if name in prompt), None)
        others = [name for name in groups["backgrounds"] if name != background]
        yield f"{prompt}\t{with_article(draw.choice(others))}"


def lines(path):
    return [line for line in pathlib.Path(path).read_text().splitlines() if line.strip()]


def compare(given, folder, prompts, arms):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prompts.txt").write_text("\n".join(prompts) + "\n")
    command = [PROGRAM, "compare", "-q", "--model", given.model, "--prompt-file", str(folder / "prompts.txt"),
               "--seeds", str(given.seeds), "--steps", str(given.steps), "--shown", "0", "--judge", given.judge,
               "--reward", f"quality={given.quality}", "-o", str(folder)]
    command += ["-t", given.threads] if given.threads else []
    for reward in given.reward:
        command += ["--reward", reward]
    for kind, text in arms:
        command += [kind, text]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(folder / "results.csv", newline="") as file:
        return list(csv.DictReader(file))


def inception_score(given, cells):
    """Of pictures, by the judge's choice among concepts."""
    command = [PROGRAM, "score", *cells, "--classifier", given.judge, "--splits", "1", "--json", "-q"]
    command += ["-t", given.threads] if given.threads else []
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(found)["together"]["inception_score"]


def ceiling(given):
    common, own = [], collections.defaultdict(list)
    for line in lines(given.candidates):
        prompt, tab, text = line.partition("\t")
        (own[prompt].append(text) if tab else common.append(prompt))
    gains = {by: collections.defaultdict(list) for by in ("judge_quality", "quality")}
    for number, prompt in enumerate(lines(given.prompts)):
        texts = common + own[prompt]
        table = compare(given, pathlib.Path(given.output) / f"{number:03}", [prompt],
                        [("--negative", "none")] + [("--negative", f"{i}={text}") for i, text in enumerate(texts)])
        seeds = sorted({row["seed"] for row in table}, key=int)
        half = len(seeds) // 2
        def mean(arm, score, some):
            return statistics.mean(float(row[score]) for row in table if row["negative"] == arm and row["seed"] in some)
        for by, found in gains.items():
            best = max(["none"] + [str(i) for i in range(len(texts))], key=lambda arm: mean(arm, by, seeds[:half]))
            found[prompt].append(mean(best, "judge_quality", seeds[half:]) - mean("none", "judge_quality", seeds[half:]))
        print(f"{number + 1}: {prompt}", file=sys.stderr)
    print("| chosen by | judge's quality gains on other seeds |\n| --- | --- |")
    for by, found in gains.items():
        mean, low, high = interval(found)
        print(f"| {'the judge' if by == 'judge_quality' else 'the quality reward'} | {mean:+.3f} ({low:+.3f} to {high:+.3f}) |")


def writers(given):
    writers = [text.split("=", 1) for text in given.writer]
    learned = given.learned
    arms = [("--negative", "none"), ("--negative", f"fixed words={given.fixed}")]
    arms += [("--arm", f"{name}=--negative-writer {shlex.quote(path)}") for name, path in writers]
    arms += [("--negative", f"learned for each prompt={given.per_sample}")] if given.per_sample else []
    arms += [("--arm", f"learned=--negative-embedding {learned}")] if not given.words_alone else []
    arms += [("--arm", f"learned, {name}=--negative-embedding {learned} --negative-writer {shlex.quote(path)}") for name, path in writers[-1:] if not given.words_alone]
    table = compare(given, given.output, lines(given.prompts), arms)
    names = list(dict.fromkeys(row["negative"] for row in table))
    scores = ("judge_quality", "concept_accuracy", "background_accuracy", "motion_accuracy", "flicker", "quality")
    scores += tuple(text.partition("=")[0] for text in given.reward)
    scores = [name for name in scores if table[0].get(name)]
    are_films = "flicker" in scores
    def values(arm, score):
        return {(row["prompt"], row["seed"]): float(row[score]) for row in table if row["negative"] == arm and row[score]}
    print("| negative | " + " | ".join(name.replace("_", " ") for name in scores)
          + (" |" if are_films else " | Inception Score |") + " quality against none | against the row before |")
    print("| --- |" + " --- |" * (len(scores) + (2 if are_films else 3)))
    before = first = None
    for name in names:
        own = values(name, "judge_quality")
        cells = [f"{statistics.mean(values(name, score).values()):.3f}" for score in scores]
        pictures = [str(pathlib.Path(given.output) / "cells" / f"{row['cell']}.png") for row in table if row["negative"] == name]
        cells += [] if are_films else [f"{inception_score(given, pictures):.2f}"]
        cells += [gain(own, other) if other else "" for other in (first, before)]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        first, before = first or own, own


def gain(own, other):
    """Mean difference with its interval, in words."""
    differences = collections.defaultdict(list)
    for key, value in own.items():
        differences[key[0]].append(value - other[key])
    mean, low, high = interval(differences)
    return f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["candidates", "ceiling", "writers"])
    parser.add_argument("--prompts", required=True, help="a file with one prompt a line")
    parser.add_argument("--candidates", help="as `candidates` prints them")
    parser.add_argument("--fixed", default="a blurry picture", help="the best fixed words")
    parser.add_argument("--writer", action="append", default=[], help="NAME=FOLDER, repeatable, in the order of their making")
    parser.add_argument("--learned", default="Models/emoji-negative.safetensors")
    parser.add_argument("--per-sample", help="what `learn reneg-sample` wrote for the prompts")
    parser.add_argument("--model", default="Models/emoji-image")
    parser.add_argument("--judge", default="Models/emoji-judge")
    parser.add_argument("--quality", default="Models/emoji-reward")
    parser.add_argument("--reward", action="append", default=[], help="another score, as in compare, such as clipscore=Models/emoji-clip")
    parser.add_argument("--words-alone", action="store_true", help="writers without learned negatives")
    parser.add_argument("--threads", help="threads of each run")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("-o", "--output", default="negopt-tables")
    given = parser.parse_args()
    if given.what == "candidates":
        for line in candidates(lines(given.prompts)):
            print(line)
    elif given.what == "ceiling":
        ceiling(given)
    else:
        writers(given)


if __name__ == "__main__":
    main()
