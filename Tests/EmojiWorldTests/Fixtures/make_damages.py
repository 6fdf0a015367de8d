"""Reference pictures for DamageTests: what Pillow, SciPy and PyTorch make of a small test picture.

Run: python make_damages.py  (Pillow 13.0.0, SciPy 1.17.1, torch 2.13.0, numpy)
Writes damages.json: the picture's bytes (40 x 48 x 3) and what comes out, bytes or values 0...1.
"""

import io
import json
import pathlib

import numpy as np
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter

HEIGHT, WIDTH = 40, 48
ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH]
picture = np.stack([128 + 100 * np.sin(xs / 5 + ys / 9), ys * 5, 255 - xs * 4], -1)
disc = (xs - 26) ** 2 + (ys - 17) ** 2 < 100
picture[disc] = [250, 30, 40]
picture = picture.clip(0, 255).astype(np.uint8)

jpegs = {}
for quality in (3, 9, 60):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality, subsampling=0)
    jpegs[str(quality)] = np.asarray(Image.open(file)).ravel().tolist()

values = picture.astype(np.float64) / 255
blur = gaussian_filter(values, sigma=(2.5, 2.5, 0), mode="nearest", radius=(7, 7, 0))

# Amplitude 4, wavelength 30, phases 0.5 and 1.2, columns with 0.8 of the frequency.
frequency = 2 * np.pi / 30
x = xs + 4 * np.sin(ys * frequency + 0.5)
y = ys + 4 * np.sin(xs * frequency * 0.8 + 1.2)
grid = torch.tensor(np.stack([x / (WIDTH - 1) * 2 - 1, y / (HEIGHT - 1) * 2 - 1], -1))[None]
warp = torch.nn.functional.grid_sample(
    torch.tensor(values).permute(2, 0, 1)[None], grid, mode="bilinear", padding_mode="border", align_corners=True
)[0].permute(1, 2, 0).numpy()

out = {
    "width": WIDTH,
    "height": HEIGHT,
    "picture": picture.ravel().tolist(),
    "jpeg": jpegs,
    "blur": np.round(blur, 5).ravel().tolist(),
    "warp": np.round(warp, 5).ravel().tolist(),
}
pathlib.Path(__file__).with_name("damages.json").write_text(json.dumps(out, separators=(",", ":")))
