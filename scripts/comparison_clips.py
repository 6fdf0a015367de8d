"""Four clips of a comparison side by side as one moving picture: a column for each prompt, a row for each negative.

    python scripts/comparison_clips.py comparison docs/images/clips.webp none learned       (Pillow; .gif has fewer colours)

Prompts are ranked by what the last negative gains over the first in the score named by --score, the mean of the seeds; the four in the
middle of the ranking are shown, each with its first seed.
"""
import argparse
import collections
import csv
import json
import math
import pathlib
import statistics

from PIL import Image, ImageDraw, ImageFont

EDGE, GAP, LEFT, TOP = 192, 6, 76, 40
FRAME = 125  # milliseconds


def middle(rows, arms, score, count):
    """The prompts in the middle of the ranking, with the cells of their first seeds."""
    gains, cells = collections.defaultdict(lambda: collections.defaultdict(list)), {}
    for row in rows:
        gains[row["prompt"]][row["negative"]].append(float(row[score]))
        cells.setdefault(row["prompt"], {}).setdefault(row["negative"], row["cell"])
    ranked = sorted(gains, key=lambda prompt: statistics.mean(gains[prompt][arms[-1]]) - statistics.mean(gains[prompt][arms[0]]))
    start = (len(ranked) - count) // 2
    return [(prompt, cells[prompt]) for prompt in ranked[start:start + count]]


def frames(folder, cell):
    """The frames of a cell: a sheet of them, from left to right, then downwards."""
    record = json.loads((folder / "cells" / f"{cell}.json").read_text())
    sheet = Image.open(folder / "cells" / f"{cell}.png").convert("RGB")
    columns = math.ceil(math.sqrt(record["frames"]))
    width, height = record["width"], record["height"]
    for index in range(record["frames"]):
        x, y = index % columns * width, index // columns * height
        yield sheet.crop((x, y, x + width, y + height)).resize((EDGE, EDGE), Image.LANCZOS)


def lines(text, font, width):
    """A text in lines of at most `width` pixels."""
    line = ""
    for word in text.split():
        if line and font.getlength(f"{line} {word}") > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("target")
    parser.add_argument("arms", nargs="+")
    parser.add_argument("--score", default="judge_quality")
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--model", help="of a comparison of several, its name")
    given = parser.parse_args()
    with open(given.folder / "results.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if given.model in (None, row["model"])]
    chosen = middle(rows, given.arms, given.score, given.count)
    clips = [[list(frames(given.folder, cells[arm])) for arm in given.arms] for _, cells in chosen]
    font = ImageFont.load_default(13)
    size = (LEFT + len(chosen) * (EDGE + GAP) - GAP, TOP + len(given.arms) * (EDGE + GAP) - GAP)
    moving = []
    for index in range(min(len(clip) for column in clips for clip in column)):
        sheet = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(sheet)
        for column, (prompt, _) in enumerate(chosen):
            x = LEFT + column * (EDGE + GAP)
            for number, line in enumerate(list(lines(prompt, font, EDGE))[:2]):
                draw.text((x, 4 + 17 * number), line, fill="black", font=font)
            for row in range(len(given.arms)):
                sheet.paste(clips[column][row][index], (x, TOP + row * (EDGE + GAP)))
        for row, arm in enumerate(given.arms):
            for number, line in enumerate(lines(arm, font, LEFT - 8)):
                draw.text((2, TOP + row * (EDGE + GAP) + EDGE // 2 - 8 + 17 * number), line, fill="black", font=font)
        moving.append(sheet)
    if given.target.endswith(".webp"):
        return moving[0].save(given.target, save_all=True, append_images=moving[1:], duration=FRAME, loop=0, quality=85)
    # One palette for all frames: else backgrounds boil that do not.
    palette = Image.new("RGB", (size[0], size[1] * len(moving)))
    for index, sheet in enumerate(moving):
        palette.paste(sheet, (0, index * size[1]))
    palette = palette.quantize(255, dither=Image.Dither.NONE)
    still = [sheet.quantize(palette=palette, dither=Image.Dither.NONE) for sheet in moving]
    still[0].save(given.target, save_all=True, append_images=still[1:], duration=FRAME, loop=0, optimize=True)


if __name__ == "__main__":
    main()
