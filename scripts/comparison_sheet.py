"""The first prompts of a comparison as one picture: a column for each prompt (first seed), a row for each negative.

    python scripts/comparison_sheet.py comparison docs/images/negative.png 32 none words learned        (Pillow)
"""
import csv
import pathlib
import sys

from PIL import Image

EDGE, GAP, COLUMNS = 78, 2, 16


def main(folder, target, count, arms):
    rows = list(csv.DictReader((folder / "results.csv").open()))
    cells = {}
    for row in rows:
        cells.setdefault(row["prompt_number"], {}).setdefault(row["negative"], row["cell"])
    prompts = list(cells.values())[:count]
    step = EDGE + GAP
    band = len(arms) * step + 8
    lines = -(-len(prompts) // COLUMNS)
    sheet = Image.new("RGB", (min(len(prompts), COLUMNS) * step - GAP, lines * band - 10), "white")
    for index, prompt in enumerate(prompts):
        for row, arm in enumerate(arms):
            picture = Image.open(folder / "cells" / f"{prompt[arm]}.png").convert("RGB")
            place = (index % COLUMNS * step, index // COLUMNS * band + row * step)
            sheet.paste(picture.resize((EDGE, EDGE), Image.LANCZOS), place)
    sheet.save(target, optimize=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
