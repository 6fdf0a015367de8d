"""One training step (forward, backward, AdamW) of the shipped 2D UNet in PyTorch eager float32, timed.

Usage: python scripts/training_step.py [--batch 16] [--runs 5] [--config Models/emoji-image/unet/config.json]
Compare with `negspace bench training-step` on the same machine, the two in turn; needs torch and diffusers.
"""

import argparse
import json
import statistics
import time

import torch
from diffusers import UNet2DConditionModel

parser = argparse.ArgumentParser()
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--config", default="Models/emoji-image/unet/config.json")
arguments = parser.parse_args()

torch.manual_seed(0)
with open(arguments.config) as file:
    config = {key: value for key, value in json.load(file).items() if not key.startswith("_")}
unet = UNet2DConditionModel(**config)
optimizer = torch.optim.AdamW(unet.parameters(), lr=1e-4)
latents = torch.randn(arguments.batch, 4, config["sample_size"], config["sample_size"])
target = torch.randn_like(latents)
text = torch.randn(arguments.batch, 77, config["cross_attention_dim"])
timesteps = torch.randint(0, 1000, (arguments.batch,))


def step():
    loss = (unet(latents, timesteps, text).sample - target).square().mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
    optimizer.step()


step()
times = []
for _ in range(arguments.runs):
    start = time.perf_counter()
    step()
    times.append(time.perf_counter() - start)
print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "median_s": statistics.median(times)}))
