#!/usr/bin/env python3
"""Gets CLIP's tokenizer, which no single-file checkpoint holds, into the folder where negspace looks for it.

    scripts/get_tokenizer.py [FOLDER]      default: ${XDG_DATA_HOME:-~/.local/share}/negspace/clip-tokenizer

The merges are OpenAI's (MIT), as the package open_clip_torch on PyPI carries them (1.5 MB); the vocabulary follows from them.
"""
import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "open_clip_torch==3.3.0"
MERGES_SHA256 = "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a"
TOKENS = 49408


def merges():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", folder, PACKAGE],
            check=True)
        wheel = zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl")))
        name = next(n for n in wheel.namelist() if n.endswith("bpe_simple_vocab_16e6.txt.gz"))
        lines = gzip.decompress(wheel.read(name)).decode("utf-8").split("\n")
    # 256 bytes, each also at the end of a word, and two marks are no merges.
    return lines[1:TOKENS - 2 * 256 - 2 + 1]


def byte_letters():
    """The letters that stand for bytes in GPT-2's and CLIP's vocabularies, in their order."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [b for b in range(256) if b not in shown]
    return [chr(b) for b in shown] + [chr(256 + i) for i in range(len(hidden))]


def main():
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.path.join(data, "negspace", "clip-tokenizer"))
    pairs = merges()
    text = "#version: 0.2\n" + "\n".join(pairs) + "\n"
    found = hashlib.sha256(text.encode("utf-8")).hexdigest()
    if found != MERGES_SHA256:
        sys.exit(f"The merges of {PACKAGE} have SHA-256 {found}, not {MERGES_SHA256}: nothing was written.")
    letters = byte_letters()
    tokens = letters + [x + "</w>" for x in letters] + ["".join(p.split()) for p in pairs] + ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "merges.txt").write_text(text, encoding="utf-8")
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}), encoding="utf-8")
    print(folder)


main()
