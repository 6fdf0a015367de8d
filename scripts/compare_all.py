"""All comparisons of docs/performance.md one after the other, on one machine, into one Markdown file.

Usage: python scripts/compare_all.py OUT.md [--only operators networks ...] [--model DIR] [--rounds 5] [--dtype float32 bfloat16]
Needs what the scripts named below need; DIR is a folder of scripts/make_full_size.py, without which whole programs are left out. Two to three hours
with five rounds; each part is written when it is done, and the parts that OUT.md has already are not measured again.
Growth's plot is drawn beside it, as OUT.svg.
"""
import argparse
import importlib.util
import os
import pathlib
import platform
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[1]
PACKAGES = {"torch", "diffusers", "transformers", "openvino", "numpy", "matplotlib", "PIL"}


def machine():
    """What the figures hold for."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    sets = [name for name in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16") if name in facts.get("flags", "").split()]
    name = f"{facts.get('model name', platform.processor())}, family {facts.get('cpu family')} model {facts.get('model')}"
    return f"{name}; {os.cpu_count()} cores; {', '.join(sets) or 'no vector extensions'}; {platform.platform()}"


def versions():
    listed = subprocess.run([sys.executable, "-m", "pip", "list", "--format", "freeze"], capture_output=True, text=True).stdout
    wanted = ("torch==", "diffusers==", "transformers==", "openvino==")
    return ", ".join(line.replace("==", " ") for line in listed.splitlines() if line.startswith(wanted))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--model")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dtype", nargs="*", default=["float32", "bfloat16"])
    arguments = parser.parse_args()
    rounds, types = ["--rounds", str(arguments.rounds)], ["--dtype", *arguments.dtype]
    fewer, plot = ["--rounds", str(max(1, arguments.rounds // 2))], str(arguments.out.absolute().with_suffix(".svg"))
    script = lambda name, *rest: [sys.executable, f"scripts/{name}.py", *rest]  # noqa: E731
    parts = {
        "operators": [script("compare_operators", *rounds)],
        "networks": [script("compare_networks", *types, *rounds)],
        "learning-step": [script("compare_learning", *types, *rounds)],
        "training-step": [[".build/release/negspace", "bench", "training-step"], script("training_step")] * 2,
        "growth": [script("cost_growth", *fewer, "--plot", plot)],
    }
    if arguments.model:
        parts["programs"] = [script("compare_programs", arguments.model, *types, *fewer)]
    if unknown := set(arguments.only or []) - set(parts):
        parser.error(f"no {', '.join(sorted(unknown))} among {', '.join(parts)}" + ("" if arguments.model else "; programs need --model"))
    if missing := {name for name in PACKAGES if importlib.util.find_spec(name) is None}:
        parser.error(f"Python packages are missing: {', '.join(sorted(missing))} (PIL is Pillow)")
    done = arguments.out.read_text() if arguments.out.exists() else ""
    if not done:
        arguments.out.write_text(f"{machine()}\n\n{versions()}\n")
    for name in arguments.only or parts:
        if f"\n## {name}\n" in done:
            continue
        text = f"\n## {name}\n\nFrom {time.strftime('%Y-%m-%d %H:%M')}\n"
        for command in parts[name]:
            print(name, *command, flush=True)
            output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
            text += f"\n`{' '.join(command).replace(sys.executable, 'python')}`\n\n{output}"
        with arguments.out.open("a") as file:
            file.write(text)


if __name__ == "__main__":
    main()
