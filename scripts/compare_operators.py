"""Convolutions and products through the tensor against bare oneDNN calls on the same shapes, run in turn.

Usage: python scripts/compare_operators.py [--rounds 5]
Needs a release build (`make build`) and a C compiler; prints a Markdown table of the medians and their ratio, for the types that oneDNN has
on this processor.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).parents[1]
parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=5)
rounds = parser.parse_args().rounds

ours, bare = {}, {}
with tempfile.TemporaryDirectory() as folder:
    program = pathlib.Path(folder) / "bare_onednn"
    subprocess.run(["cc", "-O2", ROOT / "scripts" / "bare_onednn.c", "-ldnnl", "-o", program], check=True)
    for _ in range(rounds):
        text = subprocess.run(
            [ROOT / ".build/release/negspace", "bench", "operators", "--json"], check=True, capture_output=True).stdout
        for row in json.loads(text):
            ours.setdefault((row["dtype"], row["name"]), []).append(row["gigaflops"])
        # Without binding, the kernel may put both of oneDNN's threads on one core.
        text = subprocess.run(
            [program], check=True, capture_output=True, text=True, env=os.environ | {"OMP_PROC_BIND": "true"}).stdout
        for line in text.splitlines():
            found = re.match(r"(\w+)\s+[\d.]+ ms\s+([\d.]+) GFLOP/s\s+(.*)", line)
            if found:
                bare.setdefault((found[1], found[3]), []).append(float(found[2]))

print("| type | operation | bare oneDNN, GFLOP/s | through the tensor | ratio |\n| --- | --- | --- | --- | --- |")
for key, values in ours.items():
    if key not in bare:
        continue
    a, b = statistics.median(values), statistics.median(bare[key])
    print(f"| {key[0]} | {key[1]} | {b:.0f} | {a:.0f} | {a / b:.2f} |")
