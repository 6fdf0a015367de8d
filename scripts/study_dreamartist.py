"""Learns words for emoji that the shipped family has never seen, and measures what they do: the tables of docs/dreamartist.md.

Usage: python scripts/study_dreamartist.py -o STUDY [--emoji hedgehog lion ...] [--learning-seeds 3] [--prompts 20] [--seeds 4] [--films 6]
                                           [--steps 1000] [--sampling-steps 25] [--threads N] [--arguments "--guidance-scale 3 --rate 3e-3"]
Needs a release build (`make build`), the font of Debian's fonts-noto-color-emoji, torch, transformers, numpy and pillow. What is made already
is not made again, so it can be stopped and started.

One picture of each emoji, in the middle of a white background, is learned from twice with the same steps: as a pair, and by Textual
Inversion. Three arms make the same prompts from the same noise: the pair, its positive word alone, and Textual Inversion's word; a word that
the family knows ("fox") shows what control can be. Nothing was trained against what judges: the vision tower of Models/emoji-clip, and the
judge of clips.

likeness     cosine of CLIP's features to the emoji drawn as the prompt asks
reference    the same to the picture that was learned from
distance     mean squared distance of the unit features of all its layers, place by place, to the emoji drawn as asked
background   share of pictures whose rim is nearest to the colour asked for, of the family's twelve
place        share whose emoji is in the asked part, where one is asked for
diversity    mean of that distance between the seeds of a prompt

Intervals are bootstraps over emoji and prompts, 95 %.
"""
import argparse
import itertools
import json
import os
import pathlib
import subprocess

import numpy as np
import torch
import transformers
from PIL import Image, ImageDraw, ImageFont
from transformers import CLIPVisionModelWithProjection

ROOT = pathlib.Path(__file__).parents[1]
NEGSPACE = os.environ.get("NEGSPACE", ROOT / ".build" / "release" / "negspace")
FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
EMOJI = {
    "hedgehog": "🦔", "lion": "🦁", "sauropod": "🦕", "lobster": "🦞", "cherries": "🍒", "carrot": "🥕", "cupcake": "🧁", "gift": "🎁",
    "teddy": "🧸", "snail": "🐌", "kite": "🪁", "pear": "🍐"}
COLOURS = {
    "red": (220, 30, 35), "orange": (255, 140, 0), "yellow": (255, 221, 40), "green": (40, 160, 60), "blue": (35, 85, 215),
    "purple": (125, 45, 165), "pink": (255, 150, 190), "white": (250, 250, 250), "black": (15, 15, 15), "gray": (128, 128, 128),
    "brown": (120, 72, 36), "cyan": (60, 215, 225)}
PLACES = {"": (0, 0), " on the left": (-1, 0), " on the right": (1, 0), " at the top": (0, -1), " at the bottom": (0, 1)}
TEMPLATES = ["a {} on a white background", "{}, white background", "a picture of a {} on a white background", "a white background with a {}"]
MOTIONS = ["moving left", "moving right", "moving up", "moving down", "growing", "shrinking"]
# Of each arm the folder of its words, and what it avoids.
ARMS = {"pair": ("pair", "<it>-neg"), "positive alone": ("pair", ""), "inversion": ("inversion", ""), "a known word": (None, "")}
LEARNED = [arm for arm, (words, _) in ARMS.items() if words]
KNOWN = "fox"
SIDE = 64
transformers.logging.set_verbosity_error()


def asked(count):
    """Colour and place of each prompt, all colours before any comes twice."""
    return [(list(COLOURS)[(5 * i) % 12], list(PLACES)[i % 5] if i % 2 else "") for i in range(count)]


def drawn(emoji, colour="white", place="", share=0.52):
    """An emoji as the family's scenes show it."""
    glyph = Image.new("RGBA", (160, 160))
    ImageDraw.Draw(glyph).text((10, 10), EMOJI[emoji], font=ImageFont.truetype(FONT, 109), embedded_color=True)
    glyph = glyph.crop(glyph.getbbox())
    side = 4 * SIDE
    scale = side * share / max(glyph.size)
    glyph = glyph.resize((round(glyph.width * scale), round(glyph.height * scale)), Image.LANCZOS)
    picture = Image.new("RGB", (side, side), COLOURS[colour])
    room = max(0.5 - share / 2 - 0.02, 0.13)
    x, y = (0.5 + room * d for d in PLACES[place])
    picture.paste(glyph, (round(x * side - glyph.width / 2), round(y * side - glyph.height / 2)), glyph)
    return picture.resize((SIDE, SIDE), Image.LANCZOS)


def run(options, *arguments):
    own = ["-t", options.threads] if options.threads else []
    subprocess.run([str(part) for part in [NEGSPACE, *arguments, *own, "-q"]], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


class Eye:
    """CLIP's features of pictures."""

    def __init__(self):
        self.tower = CLIPVisionModelWithProjection.from_pretrained(ROOT / "Models" / "emoji-clip").eval()
        config = json.loads((ROOT / "Models/emoji-clip/preprocessor_config.json").read_text())
        self.mean, self.std = (torch.tensor(config[key])[:, None, None] for key in ("image_mean", "image_std"))

    @torch.no_grad()
    def __call__(self, pictures):
        pixels = np.stack([np.asarray(p.convert("RGB").resize((SIDE, SIDE), Image.LANCZOS), np.float32) / 255 for p in pictures])
        out = self.tower((torch.from_numpy(pixels).movedim(-1, 1) - self.mean) / self.std, output_hidden_states=True)
        unit = torch.nn.functional.normalize
        return unit(out.image_embeds), torch.stack([unit(h[:, 1:], dim=-1) for h in out.hidden_states[1:]], 1)


def distance(a, b):
    return ((a - b) ** 2).sum(-1).mean((-1, -2))


def background(picture):
    pixels = np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.BOX), np.float32)
    rim = np.concatenate([pixels[:3].reshape(-1, 3), pixels[-3:].reshape(-1, 3), pixels[:, :3].reshape(-1, 3), pixels[:, -3:].reshape(-1, 3)])
    middle = np.median(rim, 0)
    return min(COLOURS, key=lambda name: np.abs(middle - COLOURS[name]).sum()), pixels, middle


def is_placed(pixels, rim, place):
    shown = np.abs(pixels - rim).sum(-1) > 90
    if not shown.any():
        return False
    offsets = [np.nonzero(shown)[axis].mean() / SIDE - 0.5 for axis in (1, 0)]
    return all(offset * wish > 0.06 for offset, wish in zip(offsets, PLACES[place]) if wish)


def interval(values, emoji, prompts):
    """The mean over emoji and prompts, and a bootstrap over both."""
    table = np.full((len(set(emoji)), len(set(prompts))), 0.0)
    index = {name: i for i, name in enumerate(sorted(set(emoji)))}
    counts = table.copy()
    for value, e, p in zip(values, emoji, prompts):
        table[index[e], p] += value
        counts[index[e], p] += 1
    table /= counts
    draws = np.random.default_rng(0)
    means = [table[draws.integers(len(table), size=len(table))][:, draws.integers(table.shape[1], size=table.shape[1])].mean() for _ in range(4000)]
    return table.mean(), *np.percentile(means, [2.5, 97.5])


def learn(folder, emoji, seed, options):
    """Both words' folders."""
    picture = folder / f"{emoji}.png"
    drawn(emoji).save(picture)
    for name, own in [("pair", options.arguments.split()), ("inversion", ["--negative-vectors", 0, *options.inversion.split()])]:
        target = folder / f"{emoji}-{seed}-{name}"
        if not (target / "it.safetensors").exists():
            templates = [part for text in TEMPLATES for part in ("--template", text)]
            run(options, "learn", "dreamartist", picture, "--token", "<it>", *templates, "--steps", options.steps, "--preview-every", options.steps,
                "--seed", seed, *own, "-o", target)


def pictures(folder, emoji, seed, arm, wishes, options):
    words, negative = ARMS[arm]
    target = folder / (f"pictures-{emoji}-{seed}-{arm}" if words else f"pictures-{arm}").replace(" ", "-")
    names = [target / f"{index:03d}.png" for index in range(len(wishes) * options.seeds)]
    if not names[-1].exists():
        target.mkdir(exist_ok=True)
        prompts = target / "prompts.txt"
        word = "<it>" if words else KNOWN
        prompts.write_text("".join(f"a {word}{place} on a {colour} background\n" for colour, place in wishes))
        own = ["--embedding", folder / f"{emoji}-{seed}-{words}"] if words else []
        run(options, "image", "--prompt-file", prompts, "-n", negative, *own, "-b", options.seeds, "--steps", options.sampling_steps,
            "--scale", 1, "-o", target / "%03d.png")
    return [Image.open(name) for name in names]


def films(folder, emoji, arm, options):
    """Share of clips that move as asked, and likeness frame by frame relative to the picture model's."""
    words, negative = ARMS[arm]
    results = []
    for index in range(options.films):
        motion, colour = MOTIONS[index % len(MOTIONS)], ["blue", "yellow", "green"][index % 3]
        name = folder / f"{emoji}-film-{arm}-{index}.mp4".replace(" ", "-")
        word = "<it>" if words else KNOWN
        if not name.exists():
            own = ["--embedding", folder / f"{emoji}-0-{words}"] if words else []
            run(options, "video", f"a {word} {motion} on a {colour} background", "-n", negative, *own, "--seed", 7 + index,
                "--steps", options.sampling_steps, "--scale", 1, "--save-frames", name.with_suffix(""), "-o", name)
        told = subprocess.run(
            [NEGSPACE, "score", name, "--judge", ROOT / "Models/emoji-judge", "-p", f"a {KNOWN} {motion} on a {colour} background", "--json", "-q"],
            check=True, capture_output=True, text=True).stdout
        frames = [Image.open(path) for path in sorted(name.with_suffix("").glob("*.png"))]
        results.append((json.loads(told)["files"][0]["scores"]["motion accuracy"], frames, colour))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--emoji", nargs="+", default=list(EMOJI))
    parser.add_argument("--learning-seeds", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--films", type=int, default=6)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--sampling-steps", type=int, default=25, help="of pictures and films")
    parser.add_argument("--threads", type=int, help="of each run; all cores without")
    parser.add_argument("--arguments", default="", help="further options of learning the pair")
    parser.add_argument("--inversion", default="", help="further options of Textual Inversion")
    options = parser.parse_args()
    folder, eye, wishes = options.output.absolute(), Eye(), asked(options.prompts)
    folder.mkdir(parents=True, exist_ok=True)
    rows = {arm: [] for arm in ARMS}
    measures = ["likeness", "reference", "distance", "background", "place", "diversity"]
    for emoji, seed in itertools.product(options.emoji, range(options.learning_seeds)):
        learn(folder, emoji, seed, options)
        targets = eye([drawn(emoji, *wish) for wish in wishes])
        reference = eye([drawn(emoji)])[0]
        for arm in ARMS:
            made = pictures(folder, emoji, seed, arm, wishes, options)
            features, layers = eye(made)
            for index, (colour, place) in enumerate(wishes):
                own = slice(index * options.seeds, (index + 1) * options.seeds)
                near = [distance(layers[own][i], layers[own][j]) for i, j in itertools.combinations(range(options.seeds), 2)]
                readings = [background(picture) for picture in made[own]]
                like = [features[own] @ targets[0][index], features[own] @ reference[0], distance(layers[own], targets[1][index])]
                rows[arm].append({"emoji": emoji, "prompt": index} | {
                    name: value.mean().item() if arm in LEARNED else np.nan for name, value in zip(measures, like)} | {
                    "background": np.mean([name == colour for name, *_ in readings]),
                    "place": np.mean([is_placed(pixels, rim, place) for _, pixels, rim in readings]) if place else np.nan,
                    "diversity": torch.stack(near).mean().item() if near else np.nan})
    print("| | " + " | ".join(measures) + " |\n| --- |" + " --- |" * len(measures))
    for arm, table in rows.items():
        found = {m: [row[m] for row in table if not np.isnan(row[m])] for m in measures}
        print(f"| {arm} | " + " | ".join(f"{np.mean(found[m]):.3f}" if found[m] else "" for m in measures) + " |")
    print("\n| pair against | likeness | distance | diversity |\n| --- | --- | --- | --- |")
    for arm in LEARNED[1:]:
        cells = []
        for measure in ("likeness", "distance", "diversity"):
            gaps = [one[measure] - other[measure] for one, other in zip(rows["pair"], rows[arm])]
            mean, low, high = interval(gaps, [row["emoji"] for row in rows[arm]], [row["prompt"] for row in rows[arm]])
            cells.append(f"{mean:+.3f} ({low:+.3f} to {high:+.3f})")
        print(f"| {arm} | " + " | ".join(cells) + " |")
    if options.films:
        print("\n| films | motion as asked | likeness of frames |\n| --- | --- | --- |")
        for arm in ARMS:
            results = [(emoji, *film) for emoji in options.emoji for film in films(folder, emoji, arm, options)]
            like = [
                (eye(frames)[0] @ eye([drawn(emoji, colour)])[0][0]).mean().item() for emoji, _, frames, colour in results if arm in LEARNED]
            moved = np.mean([moved for _, moved, *_ in results])
            print(f"| {arm} | {moved:.3f} | " + (f"{np.mean(like):.3f} |" if like else " |"))


if __name__ == "__main__":
    main()
