#!/usr/bin/env python3
"""Null-TTA against ReNeg's negative for each prompt: reward, judge and calls of the denoiser, as a table and a figure.

    scripts/null_tta_table.py --prompts pictures.txt -o null-tta --plot docs/images/null-tta.svg

Both start from the empty prompt and from the learned negative, on the noise that they are measured on, and climb the family's rewards
(quality and clipscore × 0.05); the judge is a network that nothing is optimised against. Differences are picture by picture, their
intervals (95 %) by resampling prompts. Cells are kept: started again it goes on. Needs Python 3, .build/release/negspace ($NEGSPACE is
another), and matplotlib for --plot. An hour of a core for 24 prompts.
"""
import argparse
import collections
import csv
import os
import pathlib
import statistics
import subprocess

from paired import interval

ROOT = pathlib.Path(__file__).parents[1]
PROGRAM = os.environ.get("NEGSPACE", ROOT / ".build/release/negspace")
MODELS = ROOT / "Models"
STEPS = 10
# Inner steps at the first and at the last step, and the calls that they take in ten steps; 0 chooses among samples alone.
SEARCHES = {"1,10": 262, "1,4": 164, "0": 74}
# Per-sample ReNeg: that many steps and one look more, of ten steps with both branches each.
REFINEMENTS = 6


def run(*arguments):
    subprocess.run([str(part) for part in [PROGRAM, *arguments]], check=True, stdout=subprocess.DEVNULL)


def arms(given):
    """Name -> options of compare, and calls of the denoiser."""
    found = {"none": (["--negative", "none"], 2 * STEPS), "learned": (["--negative", f"learned={given.learned}"], 2 * STEPS)}
    for start, file in {"empty": given.output / "empty.safetensors", "learned": given.learned}.items():
        folder = given.output / f"per-sample-{start}"
        run("learn", "reneg-sample", "--prompt-file", given.prompts, "--init", file, "--sampling-steps", STEPS, "--through", 5, "--rate", 1e-2,
            "--steps", REFINEMENTS, "--patience", REFINEMENTS, "-q", "-o", folder, *given.threads)
        name = f"ReNeg from {start}"
        found[name] = (["--negative", f"{name}={folder}"], 2 * STEPS * (2 * REFINEMENTS + 1))
        negative = "" if start == "empty" else f" --negative-embedding {file}"
        for steps, calls in SEARCHES.items():
            if steps == "0" and start == "learned":
                continue
            name = "samples alone" if steps == "0" else f"Null-TTA from {start}, {steps.replace(',', ' to ')}"
            found[name] = (["--arm", f"{name}=--negative-search null-tta --search-steps {steps}{negative}"], calls)
    name = "Null-TTA from empty, unrestrained"
    found[name] = (["--arm", f"{name}=--negative-search null-tta --search-restraint 0"], SEARCHES["1,10"])
    return found


def judge(row):
    return float(row["judge_quality"])


def reward(row):
    return float(row["quality"]) + 0.05 * float(row["clipscore"])


def difference(rows, arm, base, score):
    gaps = collections.defaultdict(list)
    for key, row in rows[arm].items():
        gaps[key[0]].append(score(row) - score(rows[base][key]))
    return interval(gaps)


def words(change):
    return "{:+.3f} ({:+.3f} to {:+.3f})".format(*change).replace("-", "−")


def plot(path, rows, calls):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    series = {
        "Null-TTA from the empty prompt": ("C0", ["none", "samples alone", "Null-TTA from empty, 1 to 4", "Null-TTA from empty, 1 to 10"]),
        "Null-TTA from the learned negative": ("C1", ["learned", "Null-TTA from learned, 1 to 4", "Null-TTA from learned, 1 to 10"]),
        "ReNeg for each prompt, from the empty prompt": ("C2", ["none", "ReNeg from empty"]),
        "ReNeg for each prompt, from the learned negative": ("C3", ["learned", "ReNeg from learned"])}
    for axis, score, title in zip(axes, (reward, judge), ("reward that is climbed, against none", "judge's quality, against none")):
        for name, (colour, shown) in series.items():
            changes = [difference(rows, arm, "none", score) for arm in shown]
            errors = [[max(0, mean - low) for mean, low, _ in changes], [max(0, high - mean) for mean, _, high in changes]]
            axis.errorbar([calls[arm] for arm in shown], [mean for mean, *_ in changes], errors, color=colour, marker="o", capsize=3, label=name)
        axis.set(title=title, xlabel="calls of the denoiser a picture")
        axis.grid(alpha=0.3)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="lower center", ncol=2, frameon=False)
    figure.tight_layout(rect=(0, 0.14, 1, 1))
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", required=True, help="a file with one prompt a line")
    parser.add_argument("--learned", default=MODELS / "emoji-negative.safetensors")
    parser.add_argument("--threads", type=int, help="of each run; all cores without")
    parser.add_argument("--plot", help="an SVG that is written")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("null-tta"))
    given = parser.parse_args()
    given.threads = ["-t", given.threads] if given.threads else []
    given.output.mkdir(parents=True, exist_ok=True)
    run("embedding", "encode", "-m", MODELS / "emoji-image", "", "-o", given.output / "empty.safetensors")
    found = arms(given)
    run("compare", "-m", f"image={MODELS}/emoji-image", "--prompt-file", given.prompts, "--steps", STEPS, "--seeds", 1, "--judge",
        MODELS / "emoji-judge", "--reward", f"quality={MODELS}/emoji-reward", "--reward", f"clipscore={MODELS}/emoji-clip:0.05", "--shown", 0,
        "-q", "-o", given.output, *given.threads, *(part for options, _ in found.values() for part in options))
    rows = collections.defaultdict(dict)
    with open(given.output / "results.csv", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["negative"]][row["prompt"], row["seed"]] = row
    print("| negative | calls | reward | against none | judge's quality | against none | against the learned one | concept |")
    print("| --- |" + " --- |" * 7)
    for name, (_, calls) in found.items():
        own = rows[name].values()
        print(f"| {name} | {calls} | {statistics.mean(map(reward, own)):.2f} | {words(difference(rows, name, 'none', reward))} | "
              f"{statistics.mean(map(judge, own)):.3f} | {words(difference(rows, name, 'none', judge))} | "
              f"{words(difference(rows, name, 'learned', judge))} | "
              f"{100 * statistics.mean(float(row['concept_accuracy']) for row in own):.1f} % |", flush=True)
    if given.plot:
        plot(given.plot, rows, {name: calls for name, (_, calls) in found.items()})


if __name__ == "__main__":
    main()
