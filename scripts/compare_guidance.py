#!/usr/bin/env python3
"""Tables of guidance rules with an empty and with a learned negative: scores, differences to cfg, seconds a picture or clip.

    scripts/compare_guidance.py --prompts pictures.txt --learned Models/emoji-negative.safetensors --seeds 4 --steps 10 \\
        --model Models/emoji-image --judge Models/emoji-judge -o guidance
    scripts/compare_guidance.py --unguided ... # the rules within attention at a guidance scale of 1

Each rule is one run of `negspace compare`, which keeps what is made: started again it goes on. Differences are picture by
picture, their intervals (95 %) by resampling prompts. Needs Python 3 and .build/release/negspace ($NEGSPACE is another).
"""
import argparse
import collections
import csv
import os
import pathlib
import shlex
import statistics
import subprocess
import time

from paired import interval

# Name in the table, and the options. The middle of a small network says little, so that rules which disturb it stand here with a block
# behind it, too; `fdg` guides high frequencies twice as much, so that its like is more guidance.
GUIDED = {
    "cfg": "--guidance-rule cfg", "cfg, guidance 10": "--guidance-scale 10", "cfg-zero": "--guidance-rule cfg-zero",
    "apg": "--guidance-rule apg --guidance-option eta=0 --guidance-option adaptive_projected_guidance_momentum=-0.5",
    "apg-mix": "--guidance-rule apg-mix", "tcfg": "--guidance-rule tcfg", "fdg": "--guidance-rule fdg", "mambo": "--guidance-rule mambo",
    "pag": "--guidance-rule pag --guidance-option perturbed_guidance_stop=1", "seg": "--guidance-rule seg",
    "slg": "--guidance-rule slg --guidance-option skip_layer_guidance_stop=1", "auto": "--guidance-rule auto",
    "pag, up_blocks.0": "--guidance-rule pag --guidance-option perturbed_guidance_stop=1 "
                        "--guidance-option perturbed_guidance_layers=up_blocks.0",
    "seg, up_blocks.0": "--guidance-rule seg --guidance-option seg_guidance_layers=up_blocks.0",
    "slg, up_blocks.0": "--guidance-rule slg --guidance-option skip_layer_guidance_stop=1 "
                        "--guidance-option skip_layer_guidance_layers=up_blocks.0.attentions.1",
    "auto, up_blocks.0": "--guidance-rule auto --guidance-option auto_guidance_layers=up_blocks.0.attentions.1",
}
UNGUIDED = {"none": "", "nag": "--attention-negative nag", "nasa": "--attention-negative nasa", "vsf": "--attention-negative vsf"}


def rows(folder):
    with open(folder / "results.csv", newline="") as file:
        return list(csv.DictReader(file))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", required=True, help="a file with one prompt a line")
    parser.add_argument("--learned", default="Models/emoji-negative.safetensors")
    parser.add_argument("--model", default="Models/emoji-image")
    parser.add_argument("--judge")
    parser.add_argument("--reward", action="append", default=[])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--threads", help="threads of each run")
    parser.add_argument("--unguided", action="store_true", help="rules within attention, at a guidance scale of 1")
    parser.add_argument("--rules", help="some of the rules, with semicolons between them")
    parser.add_argument("--score", default="judge_quality", help="the column that is compared")
    parser.add_argument("-o", "--output", default="guidance")
    given = parser.parse_args()
    program = os.environ.get("NEGSPACE", ".build/release/negspace")
    rules = UNGUIDED if given.unguided else GUIDED
    names = given.rules.split(";") if given.rules else list(rules)
    first = "none" if given.unguided else "cfg"
    names = [first] + [name for name in names if name != first]

    print("| rule | negative | " + given.score.replace("_", " ") + f" | against {first} | concept | motion | flicker | s a result |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- |")
    base = {}
    for name in names:
        folder = pathlib.Path(given.output) / name.replace(", ", "-")
        command = [program, "compare", "-q", "--model", given.model, "--prompt-file", given.prompts,
                   "--seeds", str(given.seeds), "--steps", str(given.steps), "-n", "none", "-n", f"learned={given.learned}",
                   "--shown", "0", "-o", str(folder)]
        command += ["--judge", given.judge] if given.judge else []
        command += ["-t", given.threads] if given.threads else []
        for reward in given.reward:
            command += ["--reward", reward]
        command += shlex.split(rules[name]) + (["--guidance-scale", "1"] if given.unguided else [])
        is_new, began = not (folder / "results.csv").exists(), time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - began
        table = rows(folder)
        for arm in dict.fromkeys(row["negative"] for row in table):
            own = {(row["prompt"], row["seed"]): float(row[given.score]) for row in table
                   if row["negative"] == arm and row[given.score]}
            base.setdefault(arm, own)
            differences = collections.defaultdict(list)
            for key, value in own.items():
                differences[key[0]].append(value - base[arm][key])
            mean, low, high = interval(differences)
            against = "" if name == first else f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"
            each = f"{seconds / len(table):.2f}" if is_new else ""
            # What only clips have, or only a judge sees, is left open.
            means = {}
            for column in ["concept_accuracy", "motion_accuracy", "flicker"]:
                values = [float(row[column]) for row in table if row["negative"] == arm and row.get(column)]
                means[column] = statistics.mean(values) if values else None
            shares = [f"{100 * means[column]:.1f} %" if means[column] is not None else ""
                      for column in ["concept_accuracy", "motion_accuracy"]]
            flicker = f"{means['flicker']:.4f}" if means["flicker"] is not None else ""
            print(f"| `{name}` | {arm} | {statistics.mean(own.values()):.3f} | {against} | {shares[0]} | {shares[1]} | {flicker} | {each} |",
                  flush=True)


if __name__ == "__main__":
    main()
