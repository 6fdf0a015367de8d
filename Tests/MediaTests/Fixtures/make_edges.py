"""Edges of two pictures as OpenCV finds them.

    python make_edges.py        (opencv-python-headless 5.0.0, Pillow, NumPy 2)

canny_NAME.png       a picture
canny_NAME.png.edges cv2.Canny(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 100, 200), row by row, 0 or 255
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

here = Path(__file__).parent


def shapes():
    """Curves and lines in all directions, bright and faint ones."""
    image = Image.new("RGB", (256, 180), (30, 60, 90))
    draw = ImageDraw.Draw(image)
    draw.ellipse((30, 30, 140, 130), fill=(200, 90, 40))
    draw.polygon([(150, 20), (245, 60), (170, 150)], fill=(60, 180, 200))
    draw.line((10, 170, 200, 5), fill=(250, 250, 240), width=5)
    draw.rectangle((100, 100, 180, 170), outline=(58, 88, 118), width=6)
    return image.resize((71, 50), Image.BICUBIC)


def noise():
    """Coarse noise: ridges of every kind, up to the border."""
    coarse = np.random.RandomState(3).randint(0, 256, (9, 11, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((64, 47), Image.BICUBIC)


for name, image in {"shapes": shapes(), "noise": noise()}.items():
    image.save(here / f"canny_{name}.png", optimize=True)
    edges = cv2.Canny(cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2GRAY), 100, 200)
    (here / f"canny_{name}.png.edges").write_bytes(edges.tobytes())
    print(name, image.size, (edges > 0).mean())
