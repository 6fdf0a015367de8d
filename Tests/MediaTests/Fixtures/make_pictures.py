"""Picture files written by Pillow, and what Pillow reads from them.

    python make_pictures.py        (Pillow 13.0.0, NumPy 2)

For each NAME.EXT there is NAME.EXT.rgb: the bytes of Image.open(...).convert("RGB"), row by row, after
ImageOps.exif_transpose as diffusers' load_image does. resize_*.rgb hold Image.resize of gradient.png.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

here = Path(__file__).parent
random = np.random.RandomState(7)


def smooth(height, width, channels):
    """Waves of different length in each channel, so that colours are neither flat nor noise."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [127.5 + 110 * np.sin(x / (3 + c) + c) * np.cos(y / (4 + c)) + 8 * random.randn(height, width) * (c % 2)
              for c in range(channels)]
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def expect(name):
    image = ImageOps.exif_transpose(Image.open(here / name)).convert("RGB")
    (here / f"{name}.rgb").write_bytes(image.tobytes())
    print(name, image.size)


colour = Image.fromarray(smooth(17, 23, 3))
alpha = Image.fromarray(smooth(17, 23, 4), "RGBA")

files = {
    "rgb.png": (colour, {}),
    "alpha.png": (alpha, {}),
    "palette.png": (colour.quantize(37), {}),
    "palette4.png": (colour.quantize(5), {}),
    "transparent_palette.png": (colour.quantize(37), {"transparency": 3}),
    "transparent.gif": (colour.quantize(37), {"transparency": 3}),
    "grey.png": (colour.convert("L"), {}),
    "grey_alpha.png": (alpha.convert("LA"), {}),
    "bits.png": (colour.convert("1"), {}),
    "colour420.jpg": (Image.fromarray(smooth(33, 47, 3)), {"quality": 90}),
    "colour422.jpg": (Image.fromarray(smooth(33, 47, 3)), {"quality": 90, "subsampling": 1}),
    "colour444.jpg": (Image.fromarray(smooth(33, 47, 3)), {"quality": 90, "subsampling": 0}),
    "progressive.jpg": (Image.fromarray(smooth(33, 47, 3)), {"quality": 90, "progressive": True}),
    "grey.jpg": (Image.fromarray(smooth(33, 47, 3)).convert("L"), {"quality": 90}),
    "lossy.webp": (Image.fromarray(smooth(33, 47, 3)), {"quality": 90}),
    "lossless.webp": (colour, {"lossless": True}),
    "alpha.webp": (alpha, {"lossless": True, "exact": True}),
    "rgb.bmp": (colour, {}),
    "palette.gif": (colour.quantize(37), {}),
    "rgb.tiff": (colour, {}),
    "rgb.ppm": (colour, {}),
}
for name, (image, options) in files.items():
    image.save(here / name, **options)
    expect(name)

# Photographs held sideways: all eight values of the Exif tag Orientation.
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    name = f"orientation{orientation}.jpg"
    Image.fromarray(np.kron(smooth(2, 3, 3), np.ones((8, 8, 1), np.uint8))).save(here / name, quality=95, exif=exif,
                                                                                 subsampling=0)
    expect(name)

# 16 bits a value. Pillow cannot write colour of this depth; the file is put together by hand from its definition.
import struct, zlib


def png16(values, colour_type):
    height, width = values.shape[:2]
    rows = b"".join(b"\0" + values[y].astype(">u2").tobytes() for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


for name, colour_type, channels in [("rgb16.png", 2, 3), ("rgba16.png", 6, 4), ("grey_alpha16.png", 4, 2),
                                    ("grey16.png", 0, 1)]:
    values = random.randint(0, 65536, (11, 13, channels))
    (here / name).write_bytes(png16(values, colour_type))
    if channels == 1:  # Pillow clips I;16 at 255, which shows nearly all of it white. The upper byte is what is meant.
        (here / f"{name}.rgb").write_bytes((values // 256).repeat(3, axis=2).astype(np.uint8).tobytes())
    else:
        expect(name)

# Texts as other programs write them.
info = PngInfo()
info.add_text("parameters", "a caf\u00e9, 25 steps")
info.add_itxt("negspace", '{"prompt": "\u72d0\u72f8 \U0001f98a"}', zip=True)
info.add_text("long", "negative space " * 200, zip=True)
colour.save(here / "texts.png", pnginfo=info)
colour.save(here / "comment.jpg", comment="a red fox, 25 steps \u72d0")

# Resizing.
gradient = Image.fromarray(smooth(24, 31, 3))
gradient.save(here / "gradient.png")
expect("gradient.png")
for name, size in [("up", (62, 48)), ("down", (13, 7)), ("wide", (45, 24))]:
    for label, kind in [("lanczos", Image.LANCZOS), ("bicubic", Image.BICUBIC), ("bilinear", Image.BILINEAR),
                        ("box", Image.BOX)]:
        (here / f"resize_{name}_{label}.rgb").write_bytes(gradient.resize(size, kind).tobytes())

# Moving pictures, of which the first frame is read.
moving = [Image.fromarray(smooth(17, 23, 3)) for _ in range(2)]
for name, options in [("moving.webp", {"lossless": True}), ("moving.apng", {"format": "PNG"})]:
    moving[0].save(here / name, save_all=True, append_images=moving[1:], duration=100, **options)
    expect(name)

# Orientation in XMP, as an attribute or an element, with Exif data that say none, or another.


def xmp(value, is_element=False):
    inner = f"<tiff:Orientation>{value}</tiff:Orientation>" if is_element else ""
    attribute = "" if is_element else f' tiff:Orientation="{value}"'
    return (f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description{attribute}>{inner}</rdf:Description></x:xmpmeta>').encode()


blocks = Image.fromarray(np.kron(smooth(2, 3, 3), np.ones((8, 8, 1), np.uint8)))
upright, silent = Image.Exif(), Image.Exif()
upright[0x0112], silent[0x010E] = 1, "a fox"
info = PngInfo()
info.add_itxt("XML:com.adobe.xmp", xmp(3).decode())
for name, options in [
    ("xmp3.png", {"pnginfo": info}), ("xmp6.webp", {"lossless": True, "xmp": xmp(6)}), ("xmp8.tiff", {"tiffinfo": {700: xmp(8)}}),
    ("exif1_xmp6.webp", {"lossless": True, "xmp": xmp(6), "exif": upright}),
    ("xmp5.jpg", {"quality": 95, "subsampling": 0, "xmp": xmp(5, True)}),
    ("exif_xmp7.jpg", {"quality": 95, "subsampling": 0, "xmp": xmp(7), "exif": silent}),
]:
    blocks.save(here / name, **options)
    expect(name)

# Settings as A1111 stores them where there are no text chunks: Exif's comment, UTF-16 of either order, or ASCII.
SETTINGS = 'a red fox, "quoted"\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 8x8'
for name, code, encoding in [("comment_be.jpg", b"UNICODE\0", "utf-16-be"), ("comment_le.webp", b"UNICODE\0", "utf-16-le"),
                             ("comment_ascii.png", b"ASCII\0\0\0", "ascii")]:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = code + SETTINGS.encode(encoding)
    Image.new("RGB", (8, 8)).save(here / name, exif=exif.tobytes())
