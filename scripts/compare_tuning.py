"""One step of tuning a text encoder on Stable Diffusion 1.5 here and in PyTorch, in turn, with random weights.

Usage: python scripts/compare_tuning.py [--dtype float32 bfloat16] [--rounds 3] [--edge 64] [--lora-rank 8] [--checkpointing layers]
Needs a release build (`make build`), torch, diffusers, transformers, for --lora-rank peft; up to 25 GB of memory, for one of the two at a
time. Prints a Markdown table of the medians, their ratio, and each process's peak of resident memory. Each time is that of a step after a
first one.

A step, as snap-research/textcraftor does it: 25 guided DDIM steps for one prompt, of which the last five are recorded for both rows of the
encoder and each call of the denoiser is checkpointed; the latents are decoded, a vision tower of ViT-H's size scores the picture, and the
encoder is moved by AdamW along the score's gradient.
"""
import argparse
import os

from compare_learning import GUIDANCE, compare_steps, time_step

STEPS, RECORDED = 25, 5


def torch_step(dtype, edge, rank):
    """Prepares the networks and returns what makes one step."""
    import torch
    import torch.nn.functional as F
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
    from torch.utils.checkpoint import checkpoint
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
    for network in (unet, vae, eye):
        network.to(kind).eval().requires_grad_(False)
    vae.enable_gradient_checkpointing()
    tuned = text.eval()
    if rank:
        from peft import LoraConfig, get_peft_model
        tuned = get_peft_model(text.requires_grad_(False), LoraConfig(
            r=rank, lora_alpha=rank, target_modules=["q_proj", "k_proj", "v_proj", "out_proj"]))
    optimizer = torch.optim.AdamW([p for p in tuned.parameters() if p.requires_grad], lr=1e-6)
    scheduler = DDIMScheduler(clip_sample=False)
    scheduler.set_timesteps(STEPS)
    noise = torch.randn(1, 4, edge, edge)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(3, 1, 1)
    deviation = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(3, 1, 1)
    ids = torch.tensor([[49406] + [49407] * 76, [49406, 320, 736, 3240] + [49407] * 73])

    def step():
        with torch.no_grad():
            own = text(ids).last_hidden_state.to(kind)
        last = tuned(input_ids=ids).last_hidden_state.to(kind)
        latents = noise
        for index, t in enumerate(scheduler.timesteps):
            is_recorded = index >= STEPS - RECORDED
            with torch.set_grad_enabled(is_recorded):
                both = torch.cat([latents, latents]).to(kind)
                call = lambda x, states: unet(x, t, states).sample
                output = checkpoint(call, both, last, use_reentrant=False) if is_recorded else call(both, own)
                avoided, wanted = output.float().chunk(2)
                latents = scheduler.step(avoided + GUIDANCE * (wanted - avoided), t, latents).prev_sample
        picture = (vae.decode((latents / vae.config.scaling_factor).to(kind)).sample.float() / 2 + 0.5).clamp(0, 1)
        small = F.interpolate(picture, 224, mode="bicubic", antialias=True, align_corners=False)
        embedding = F.normalize(eye(((small - mean) / deviation).to(kind)).image_embeds.float(), dim=-1)
        optimizer.zero_grad()
        (-embedding.sum() / 32).backward()
        optimizer.step()

    return step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dtype", nargs="*", default=["float32", "bfloat16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--edge", type=int, default=64)
    parser.add_argument("--lora-rank", type=int, default=0)
    parser.add_argument("--checkpointing", default="layers", help="here; PyTorch has the authors' calls")
    parser.add_argument("--child")
    arguments = parser.parse_args()
    if arguments.child:
        return time_step(torch_step(arguments.child, arguments.edge, arguments.lora_rank), arguments.child)
    shared = ["--edge", str(arguments.edge)] + (["--lora-rank", str(arguments.lora_rank)] if arguments.lora_rank else [])
    compare_steps(__file__, "tuning-step", arguments, shared, ["--checkpointing", arguments.checkpointing])


if __name__ == "__main__":
    main()
