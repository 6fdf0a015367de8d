"""One step of learning a negative on Stable Diffusion 1.5 here and in PyTorch, in turn, with random weights.

Usage: python scripts/compare_learning.py [--dtype float32 bfloat16] [--rounds 3]
Needs a release build (`make build`), torch, diffusers and transformers; up to 20 GB of memory, for one of the two at a time. Prints a Markdown
table of the medians, their ratio, and each process's peak of resident memory. Each time is that of a step after a first one.

A step: four guided DDIM steps at 256 × 256 pixels, of which the last is recorded for the negative alone; the estimate of the clean
latents is decoded, a vision tower of ViT-H's size scores it, and the negative is moved by AdamW along the score's gradient.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import time

from comparison_table import ComparisonTable, in_reach

ROOT = pathlib.Path(__file__).parents[1]
STEPS = 4
GUIDANCE = 7.5


def torch_step(dtype):
    """Prepares the networks and returns what makes one step."""
    import torch
    import torch.nn.functional as F
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(0)
    torch.set_num_threads(os.cpu_count())
    kind = getattr(torch, dtype)
    unet = UNet2DConditionModel(cross_attention_dim=768)
    vae = AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2)
    vae.encoder, vae.quant_conv = None, None
    text = CLIPTextModel(CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, vocab_size=49408,
        bos_token_id=49406, eos_token_id=49407))
    eye = CLIPVisionModelWithProjection(CLIPVisionConfig(
        hidden_size=1280, intermediate_size=5120, num_hidden_layers=32, num_attention_heads=16, patch_size=14,
        projection_dim=1024, hidden_act="gelu"))
    for network in (unet, vae, text, eye):
        network.to(kind).eval().requires_grad_(False)
    scheduler = DDIMScheduler(clip_sample=False)
    scheduler.set_timesteps(STEPS)
    with torch.no_grad():
        start, _ = (text(torch.tensor([[49406] + [49407] * 76])).last_hidden_state, None)
    negative = torch.nn.Parameter(start.float())
    optimizer = torch.optim.AdamW([negative], lr=5e-3)
    noise = torch.randn(1, 4, 32, 32)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1)
    deviation = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1)

    def step():
        latents = noise
        with torch.no_grad():
            positive = text(torch.tensor([[49406, 320, 736, 3240] + [49407] * 73])).last_hidden_state
            both = torch.cat([negative.to(kind), positive])
            for t in scheduler.timesteps[:-1]:
                output = unet(torch.cat([latents, latents]).to(kind), t, both).sample.float()
                avoided, wanted = output.chunk(2)
                latents = scheduler.step(avoided + GUIDANCE * (wanted - avoided), t, latents).prev_sample
            t = scheduler.timesteps[-1]
            wanted = unet(latents.to(kind), t, positive).sample.float()
        avoided = unet(latents.to(kind), t, negative.to(kind)).sample.float()
        output = avoided + GUIDANCE * (wanted - avoided)
        estimate = scheduler.step(output, t, latents).pred_original_sample
        picture = (vae.decode((estimate / vae.config.scaling_factor).to(kind)).sample.float() / 2 + 0.5).clamp(0, 1)
        small = F.interpolate(picture, 224, mode="bicubic", antialias=True, align_corners=False)
        embedding = F.normalize(eye(((small - mean) / deviation).to(kind)).image_embeds.float(), dim=-1)
        score = embedding.sum() / 32
        optimizer.zero_grad()
        (-score).backward()
        optimizer.step()

    return step


def time_step(step, dtype):
    """Prints the seconds of a step after a first one, as `measured` reads them."""
    step()
    start = time.perf_counter()
    step()
    print(f"{dtype}: {time.perf_counter() - start:.3f} s a step")


def measured(*command):
    """Seconds that the command prints, and gigabytes that it had at once."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    return float(text.split(":")[1].split()[0]), usage.ru_maxrss / 2**20


def compare_steps(script, bench, arguments, shared=(), ours=()):
    """Prints the table of `negspace bench BENCH` and of what `script` does with --child, in turn.

    `shared` are options of both, `ours` those of the benchmark alone.
    """
    table = ComparisonTable(["type"], ["torch"])
    for dtype in arguments.dtype:
        commands = {"here": [ROOT / ".build/release/negspace", "bench", bench, "--dtype", dtype, "--runs", "1", *shared, *ours]}
        commands |= {peer: [sys.executable, script, "--child", dtype, *shared] for peer in in_reach(["torch"], dtype)}
        results = {name: [] for name in commands}
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                results[name].append(measured(*command))
        table.row([dtype], results, digits=2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dtype", nargs="*", default=["float32", "bfloat16"])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    compare_steps(__file__, "learning-step", arguments)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        time_step(torch_step(sys.argv[2]), sys.argv[2])
    else:
        main()
