"""How the time of a denoiser's call grows with the frames and with the pixels, fitted and drawn.

Usage: python scripts/cost_growth.py [--rounds 2] [--plot docs/images/cost-growth.svg]
Needs a release build (`make build`), numpy and matplotlib; twenty minutes with AVX-512. bfloat16, random weights. The sizes are measured in
turn, so that what else the machine does in some minutes falls on all of them; medians over the rounds.
"""
import argparse
import json
import pathlib
import statistics
import subprocess

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy

ROOT = pathlib.Path(__file__).parents[1]
FRAMES = [4, 8, 16, 32, 64]
EDGES = [32, 48, 64, 80, 96]


def seconds(*arguments):
    """Of one call after a first one."""
    output = subprocess.run(
        [ROOT / ".build/release/negspace", "bench", "networks", "--dtype", "bfloat16", "--runs", "1", "--json",
         *map(str, arguments)], check=True, stdout=subprocess.PIPE)
    return json.loads(output.stdout)[0]["seconds"]


def fit(x, y, degree):
    """Coefficients, lowest first, that err least in proportion, and the largest relative error."""
    powers = numpy.vander(x, degree + 1, increasing=True)
    found = numpy.linalg.lstsq(powers / y[:, None], numpy.ones(len(y)), rcond=None)[0]
    return found, numpy.abs(powers @ found / y - 1).max()


def draw(axis, x, y, coefficients, name, unit):
    smooth = numpy.linspace(0, x.max() * 1.05, 200)
    axis.plot(smooth, numpy.polynomial.polynomial.polyval(smooth, coefficients), color="#888888", linewidth=1)
    axis.plot(x, y, "o", color="#2a6fdb")
    axis.set(xlabel=unit, ylabel="seconds a call", title=name, xlim=(0, None), ylim=(0, None))
    axis.grid(alpha=0.3)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--plot", default="docs/images/cost-growth.svg")
    arguments = parser.parse_args()
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    print("| network | size | seconds | by the fit |\n| --- | --- | --- | --- |")
    for axis, network, sizes, flag, unit, degree in [
        (axes[0], "modelscope-unet", FRAMES, "--frames", "frames of 256 × 256", 1),
        (axes[1], "sd15-unet", EDGES, "--edge", "thousands of pixels", 2),
    ]:
        rounds = [[seconds("--network", network, flag, size) for size in sizes] for _ in range(arguments.rounds)]
        y = numpy.array([statistics.median(values) for values in zip(*rounds)])
        x = numpy.array(sizes, float) if flag == "--frames" else (8 * numpy.array(sizes, float)) ** 2 / 1000
        coefficients, error = fit(x, y, degree)
        for size, a, b in zip(sizes, y, numpy.polynomial.polynomial.polyval(x, coefficients)):
            print(f"| {network} | {size if flag == '--frames' else f'{8 * size} × {8 * size}'} | {a:.3f} | {b:.3f} |", flush=True)
        terms = " + ".join(f"{c:.3g}" + ("", f" x", f" x²")[i] for i, c in enumerate(coefficients))
        print(f"\n{network}: {terms}, x in {unit}; off by {error:.1%} at most\n", flush=True)
        draw(axis, x, y, coefficients, network, unit)
    figure.savefig(ROOT / arguments.plot)


if __name__ == "__main__":
    main()
