"""The tables of docs/textcraftor.md: what a tuned text encoder of the shipped family does to pictures, clips and edges.

Usage: python scripts/textcraftor_tables.py ENCODER [--tables tuned weights transfer composition] [--prompts 64] [--seeds 4] [--steps 10]
           [--clips 32] [--threads N] [--interval 0.4,1] [--free ENCODER] [--colour ENCODER --sharp ENCODER]
           [--grid FILE.png] [-o textcraftor-tables]
Needs a release build (`make build`) and nothing but Python. ENCODER is what `negspace learn textcraftor` wrote, a folder or a LoRA.

tuned        without, and with the tuned encoder; with --free also one that was tuned without the CLIP constraint
weights      interpolation: weights 0, 0.25, 0.5, 0.75, 1
transfer     the same encoder, the learned negative and both on the two video models (--clips prompts, one seed) and on pictures led by edges
composition  nothing, the learned negative, the tuned encoder, both
mixing       5 × 5 weights of two encoders (--colour, --sharp): the mean of each one's own measure, and with --grid a picture (Pillow) of them,
             the first prompt that the judge recognises without any

Cells are kept in the output folder: a run that was stopped goes on when it is started again. Each table is Markdown on standard output.
"""
import argparse
import csv
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[1]
MODELS = ROOT / "Models"
NEGSPACE = pathlib.Path(os.environ.get("NEGSPACE", ROOT / ".build/release/negspace"))
SCORES = ["--judge", MODELS / "emoji-judge", "--reward", f"quality={MODELS}/emoji-reward", "--reward", f"clipscore={MODELS}/emoji-clip:0.05"]
COLUMNS = ["judge quality", "concept accuracy", "clipscore", "reward mix"]


def run(*command, threads=None):
    own = ["-t", threads] if threads else []
    result = subprocess.run([str(part) for part in [NEGSPACE, *command, *own]], stdout=subprocess.PIPE, text=True)
    if result.returncode:
        raise SystemExit(result.returncode)
    return result.stdout


def prompts(arguments, medium, count=None):
    count = count or arguments.prompts
    file = arguments.output / f"{medium}-{count}.txt"
    file.write_text(run("train", "prompts", "--medium", medium, "--part", "held-out", "--count", count))
    return file


def tuned(arguments, *encoders):
    """The options of an arm with these encoders, each with its weight."""
    options = " ".join(f"--text-encoder '{path}:{weight}'" for path, weight in encoders)
    return f"{options} --text-encoder-interval {arguments.interval}"


def compare(arguments, arms, *options, seeds=None):
    """Results of a comparison of `arms`, options by name, of which the first is without any; one folder keeps the cells of all tables."""
    command = ["compare", "--steps", arguments.steps, "--seeds", seeds or arguments.seeds, "-o", arguments.output / "comparison", "--json", "-q",
               "--negative", "none", *SCORES, *options]
    for arm, what in arms.items():
        command += ["--arm", f"{arm}={what}"]
    return json.loads(run(*command, threads=arguments.threads))


def table(title, results, columns=COLUMNS):
    """One row an arm: each score, and of the first its difference with interval and the share of wins."""
    for model in results["models"]:
        scores = {entry["score"]["name"]: entry["rows"] for entry in model["tables"]}
        shown = [column for column in columns if column in scores]
        steps = next(setting["value"] for setting in model["settings"] if setting["name"] == "steps")
        print(f"\n{title}, {model['name']}: {model['prompts']} prompts × {model['seeds']} seeds, steps {steps}\n")
        print("| arm | " + " | ".join([shown[0], "against without", "wins", *shown[1:]]) + " |")
        print("|" + " --- |" * (len(shown) + 3))
        for place, row in enumerate(scores[shown[0]]):
            change, wins = row.get("difference"), row.get("win_rate")
            cells = [row["arm"], number(row["mean"]["value"]), interval(change) if change else "",
                     f"{100 * wins['value']:.1f} %" if wins else ""]
            print("| " + " | ".join(cells + [number(scores[column][place]["mean"]["value"]) for column in shown[1:]]) + " |", flush=True)


def number(value):
    return f"{value:.1f}" if abs(value) >= 20 else f"{value:.3f}"


def interval(change):
    return f"{change['value']:+.3f} ({change['low']:+.3f} to {change['high']:+.3f})"


def picture_options(arguments):
    return ["-m", f"image={MODELS}/emoji-image", "--prompt-file", prompts(arguments, "image")]


def tuned_table(arguments):
    arms = {"tuned": tuned(arguments, (arguments.encoder, 1))}
    if arguments.free:
        arms["tuned without the constraint"] = tuned(arguments, (arguments.free, 1))
    table("Tuned", compare(arguments, arms, *picture_options(arguments)))


def weights_table(arguments):
    arms = {f"weight {weight}": tuned(arguments, (arguments.encoder, weight)) for weight in (0, 0.25, 0.5, 0.75, 1)}
    table("Interpolated", compare(arguments, arms, *picture_options(arguments)))


def transfer_table(arguments):
    encoder = tuned(arguments, (arguments.encoder, 1))
    negative = f"--negative-embedding {MODELS}/emoji-negative.safetensors"
    arms, clips = {"tuned": encoder, "learned negative": negative, "both": f"{encoder} {negative}"}, prompts(arguments, "video", arguments.clips)
    columns = COLUMNS + ["motion accuracy", "background accuracy", "flicker"]
    table("Clips", compare(arguments, arms, "-m", f"video={MODELS}/emoji-video", "-m", f"lvdm={MODELS}/emoji-lvdm",
                           "--prompt-file", clips, seeds=1), columns)
    edges = arguments.output / "edges"
    edges.mkdir(exist_ok=True)
    if len(list(edges.glob("*.png"))) < arguments.prompts:
        run("image", "-m", MODELS / "emoji-image", "--prompt-file", prompts(arguments, "image"), "--seed", 777,
            "--steps", arguments.steps, "--scale", 1, "-q", "-o", edges / "%03d.png", threads=arguments.threads)
    table("Led by edges", compare(
        arguments, arms, "-m", f"control={MODELS}/emoji-image", "--prompt-file", prompts(arguments, "image"),
        "--control-net", f"control={MODELS}/emoji-controlnet", "--control-image", f"control={edges}", "--canny", "control"))


def composition_table(arguments):
    negative = f"--negative-embedding {MODELS}/emoji-negative.safetensors"
    encoder = tuned(arguments, (arguments.encoder, 1))
    arms = {"learned negative": negative, "tuned encoder": encoder, "both": f"{encoder} {negative}"}
    table("Composed", compare(arguments, arms, *picture_options(arguments)))


def mixing_table(arguments):
    if not (arguments.colour and arguments.sharp):
        raise SystemExit("mixing wants two encoders: --colour and --sharp")
    grid = [0, 0.25, 0.5, 0.75, 1]
    arms = {f"{a}, {b}": tuned(arguments, (arguments.colour, a), (arguments.sharp, b)) for b in grid for a in grid}
    results = compare(arguments, arms, *picture_options(arguments), "--reward", "colourfulness", "--reward", "sharpness")
    for score in ("colourfulness", "sharpness"):
        rows = next(t["rows"] for t in results["models"][0]["tables"] if t["score"]["name"] == score)
        means = {row["arm"]: row["mean"]["value"] for row in rows}
        print(f"\nMixed: {score}; to the right the weight for colourfulness, downwards that for sharpness\n")
        print("| |" + "".join(f" {a} |" for a in grid) + "\n|" + " --- |" * (len(grid) + 1))
        for b in grid:
            print(f"| {b} |" + "".join(f" {means[f'{a}, {b}']:.3f} |" for a in grid), flush=True)
    if arguments.grid:
        draw_grid(arguments.output / "comparison", grid, arguments.grid)


def draw_grid(folder, grid, target, edge=128, gap=4):
    from PIL import Image
    with open(folder / "results.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    key = next((row["prompt"], row["seed"]) for row in rows if row["negative"] == "none" and float(row["concept_accuracy"]) == 1)
    cells = {row["negative"]: row["cell"] for row in rows if (row["prompt"], row["seed"]) == key}
    side = len(grid) * (edge + gap) - gap
    sheet = Image.new("RGB", (side, side), "white")
    for down, b in enumerate(grid):
        for right, a in enumerate(grid):
            picture = Image.open(folder / "cells" / f"{cells[f'{a}, {b}']}.png").convert("RGB").resize((edge, edge), Image.LANCZOS)
            sheet.paste(picture, (right * (edge + gap), down * (edge + gap)))
    sheet.save(target, optimize=True)
    print(f"\n{target}: {key[0]}, seed {key[1]}")


TABLES = {"tuned": tuned_table, "weights": weights_table, "transfer": transfer_table, "composition": composition_table, "mixing": mixing_table}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder")
    parser.add_argument("--tables", nargs="*", choices=TABLES, default=["tuned", "weights", "transfer", "composition"])
    parser.add_argument("--prompts", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--clips", type=int, default=32)
    parser.add_argument("--threads", type=int, help="of each run; all cores without")
    parser.add_argument("--interval", default="0.4,1")
    for name in ("--free", "--colour", "--sharp", "--grid"):
        parser.add_argument(name)
    parser.add_argument("-o", "--output", type=pathlib.Path, default="textcraftor-tables")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name in arguments.tables:
        TABLES[name](arguments)


if __name__ == "__main__":
    main()
