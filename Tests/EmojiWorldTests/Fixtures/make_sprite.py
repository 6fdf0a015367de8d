"""Reference for SpriteTests: the red apple of Noto Color Emoji as Pillow (FreeType inside) reads it, cropped and fitted.

Run: python make_sprite.py  (Pillow 13.0.0, fonts-noto-color-emoji 2.042)
Writes sprite.json: premultiplied red, green, blue, alpha bytes of the apple, its longer edge 62 pixels, in 64 x 64.
"""

import json
import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
SIDE, CONTENT = 64, 62


def drawn(on):
    page = Image.new("RGB", (200, 200), on)
    ImageDraw.Draw(page).text((20, 20), "\U0001f34e", font=ImageFont.truetype(FONT, 109), embedded_color=True)
    return np.asarray(page).astype(np.float32)


# On black the colours come out premultiplied, and what white adds is what alpha leaves.
black, white = drawn("black"), drawn("white")
apple = np.concatenate([black, 255 - (white - black).mean(-1, keepdims=True)], -1)
rows, columns = np.where((apple[..., 3] >= 0.04 * 255).any(1))[0], np.where((apple[..., 3] >= 0.04 * 255).any(0))[0]
apple = apple[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
height, width = apple.shape[:2]

# Pillow's bilinear resize is the same triangle filter; channel by channel in float. The box says which part of the
# padded source the 64 pixels cover.
scale = CONTENT / max(width, height)
pad = 40
padded = np.pad(apple, ((pad, pad), (pad, pad), (0, 0)))
left, top = width / 2 + pad - SIDE / 2 / scale, height / 2 + pad - SIDE / 2 / scale
box = (left, top, left + SIDE / scale, top + SIDE / scale)
channels = [
    np.asarray(Image.fromarray(padded[..., c], "F").resize((SIDE, SIDE), Image.BILINEAR, box=box)) for c in range(4)
]
pixels = np.stack(channels, -1).clip(0, 255).round().astype(int)
out = {"width": width, "height": height, "pixels": pixels.ravel().tolist()}
pathlib.Path(__file__).with_name("sprite.json").write_text(json.dumps(out, separators=(",", ":")))
