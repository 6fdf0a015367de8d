"""Runs a shipped model in PyTorch diffusers and in negspace from the same seed, and compares initial and final latents.

Usage: python scripts/compare_diffusers.py Models/emoji-image [--negspace .build/release/negspace]
       python scripts/compare_diffusers.py Models/emoji-video
Needs torch, diffusers, transformers and safetensors. Prints the relative L2 difference of the final latents after 10 DDIM steps at
guidance 7.5 in float32: once from latents that both are given, once from the seed alone.
"""

import argparse
import json
import os
import subprocess
import tempfile

import torch
from diffusers import DiffusionPipeline
from safetensors.torch import load_file, save_file

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("--negspace", default=".build/release/negspace")
parser.add_argument("--prompt", default="a red apple on a yellow background")
parser.add_argument("--steps", type=int, default=10)
parser.add_argument("--guidance", type=float, default=7.5)
parser.add_argument("--seed", type=int, default=42)
arguments = parser.parse_args()

pipeline = DiffusionPipeline.from_pretrained(arguments.model, torch_dtype=torch.float32)
pipeline.set_progress_bar_config(disable=True)
is_video = hasattr(pipeline.unet, "transformer_in")
side = pipeline.unet.config.sample_size
frames = json.load(open(os.path.join(arguments.model, "negspace.json"))).get("frames", 1)
shape = (1, 4, frames, side, side) if is_video else (1, 4, side, side)
latents = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(arguments.seed))
settings = dict(
    num_inference_steps=arguments.steps, guidance_scale=arguments.guidance, output_type="latent", latents=latents.clone()
)
if is_video:
    settings |= dict(num_frames=frames, height=side * 4, width=side * 4)
with torch.no_grad():
    output = pipeline(arguments.prompt, **settings)
reference = output.frames if is_video else output.images

with tempfile.TemporaryDirectory() as folder:
    save_file({"latents": latents}, f"{folder}/initial.safetensors")
    base = [arguments.negspace, "video" if is_video else "image", arguments.prompt, "-m", arguments.model, "--steps",
            str(arguments.steps), "--guidance-scale", str(arguments.guidance), "--dtype", "float32", "--sampler", "ddim", "-q",
            "-o", f"{folder}/out.{'mp4' if is_video else 'png'}", "--save-latents", f"{folder}/final.safetensors"]
    for name, extra in [("given latents", ["--init-latents", f"{folder}/initial.safetensors"]),
                        ("the seed alone", ["--seed", str(arguments.seed)])]:
        subprocess.run(base + extra, check=True, stdout=subprocess.DEVNULL)
        ours = load_file(f"{folder}/final.safetensors")["latents"]
        print(f"{name}: relative L2 {((ours - reference).norm() / reference.norm()).item():.2e} for {tuple(ours.shape)}")
