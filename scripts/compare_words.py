"""One step of learning a word to say and a word to avoid (DreamArtist) on Stable Diffusion 1.5 here and in PyTorch, in turn, with random
weights.

Usage: python scripts/compare_words.py [--dtype float32 bfloat16] [--rounds 3] [--edge 64]
Needs a release build (`make build`), torch, diffusers and transformers; up to 12 GB of memory, for one of the two at a time. Prints a Markdown
table of the medians, their ratio, and each process's peak of resident memory. Each time is that of a step after a first one.

A step: three vectors of one word and six of the other, in a template, through the text encoder; a noised picture through the denoiser with
both, guided by 3; the squared error's gradient back to the vectors, with gradient checkpointing in both programs; AdamW.
"""
import argparse
import os

from compare_learning import compare_steps, time_step

GUIDANCE = 3
VECTORS = {"positive": 3, "negative": 6}


def torch_step(dtype, edge):
    """Prepares the networks and returns what makes one step."""
    import torch
    from diffusers import DDIMScheduler, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    torch.set_num_threads(os.cpu_count())
    kind = getattr(torch, dtype)
    unet = UNet2DConditionModel(cross_attention_dim=768).to(kind).requires_grad_(False)
    unet.enable_gradient_checkpointing()
    # Checkpoints are made in training alone; the network has no dropout.
    unet.train()
    text = CLIPTextModel(CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, vocab_size=49408,
        bos_token_id=49406, eos_token_id=49407)).eval().requires_grad_(False)
    table = text.get_input_embeddings()
    words = {name: torch.nn.Parameter(torch.randn(count, 768) * 0.02) for name, count in VECTORS.items()}
    optimizer = torch.optim.AdamW(words.values(), lr=5e-3)
    scheduler = DDIMScheduler()
    latents, noise = torch.randn(2, 1, 4, edge, edge)
    t = torch.tensor([500])

    def states(vectors):
        # As textual inversion does it: the vectors stand in the table while it is read.
        ids = torch.tensor([[49406, 320, 736, *range(1000, 1000 + len(vectors))] + [49407] * (74 - len(vectors))])
        handle = table.register_forward_hook(
            lambda _, __, found: torch.cat([found[:, :3], vectors[None], found[:, 3 + len(vectors):]], 1))
        try:
            return text(ids).last_hidden_state
        finally:
            handle.remove()

    def step():
        noisy = scheduler.add_noise(latents, noise, t).to(kind)
        both = torch.cat([states(words["negative"]), states(words["positive"])]).to(kind)
        avoided, wanted = unet(torch.cat([noisy, noisy]), t, both).sample.float().chunk(2)
        loss = (avoided + GUIDANCE * (wanted - avoided) - noise).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dtype", nargs="*", default=["float32", "bfloat16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--edge", type=int, default=64)
    parser.add_argument("--child")
    arguments = parser.parse_args()
    if arguments.child:
        return time_step(torch_step(arguments.child, arguments.edge), arguments.child)
    compare_steps(__file__, "word-step", arguments, ["--edge", str(arguments.edge)])


if __name__ == "__main__":
    main()
