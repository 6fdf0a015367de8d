"""Makes the fixture of ReNegTests: score and gradient of a negative through guided sampling, decoder and reward, by diffusers.

    python make_reneg.py        (torch 2.15, diffusers 0.42.1, transformers 5.23, safetensors)

A tiny model of Stable Diffusion 1.5's shape and a tiny CLIP; weights come from formula.py of NetworksTests by name.
"""
import json
import pathlib
import sys

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel, CLIPTokenizer

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "NetworksTests" / "Fixtures"))
from formula import fill, tensor  # noqa: E402

torch.set_num_threads(1)
PROMPTS = ["low quality", "z"]
STEPS = 6
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]


def configurations(tokenizer):
    layers = dict(num_hidden_layers=2, num_attention_heads=2)
    text = layers | dict(vocab_size=len(tokenizer), hidden_size=16, intermediate_size=24, max_position_embeddings=20,
                         eos_token_id=tokenizer.eos_token_id)
    return {
        "unet": dict(
            sample_size=8, in_channels=4, out_channels=4, block_out_channels=[16, 32], layers_per_block=1,
            down_block_types=["CrossAttnDownBlock2D", "DownBlock2D"], up_block_types=["UpBlock2D", "CrossAttnUpBlock2D"],
            cross_attention_dim=16, attention_head_dim=2, norm_num_groups=4),
        "vae": dict(
            in_channels=3, out_channels=3, block_out_channels=[8, 16], layers_per_block=1, latent_channels=4,
            norm_num_groups=4, sample_size=16, scaling_factor=0.18215,
            down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2),
        "text": text,
        "clip": {"projection_dim": 12, "text_config": text, "vision_config": layers | dict(
            hidden_size=16, intermediate_size=24, image_size=16, patch_size=4)},
        "scheduler": dict(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000,
            clip_sample=False, set_alpha_to_one=False, steps_offset=1, prediction_type="epsilon"),
    }


def under(prefix):
    return lambda name: name if name.startswith(prefix) else prefix + name


def main():
    tokenizer = CLIPTokenizer.from_pretrained(HERE / "reneg" / "tokenizer")
    configs = configurations(tokenizer)
    (HERE / "reneg" / "configs.json").write_text(json.dumps(configs) + "\n")
    unet = UNet2DConditionModel(**configs["unet"]).eval()
    vae = AutoencoderKL(**configs["vae"]).eval()
    text = CLIPTextModel(CLIPTextConfig(**configs["text"])).eval()
    clip = CLIPModel(CLIPConfig(**configs["clip"])).eval()
    for network in (unet, vae, clip):
        fill(network)
    fill(text, under("text_model."))
    for network in (unet, vae, clip, text):
        network.requires_grad_(False)

    def ids(texts):
        return tokenizer(texts, padding="max_length", max_length=20, truncation=True, return_tensors="pt").input_ids

    positive = text(ids(PROMPTS)).last_hidden_state
    start = text(ids([""])).last_hidden_state + 0.2 * tensor("negative", (1, 20, 16))
    noise = tensor("noise", (2, 8, 8, 4)).movedim(-1, 1)

    def score(negative, guidance, stops):
        scheduler = DDIMScheduler(**configs["scheduler"])
        scheduler.set_timesteps(STEPS)
        x, scores = noise, []
        for index, t in enumerate(scheduler.timesteps):
            if index in stops:
                with torch.no_grad():
                    wanted = unet(x, t, positive).sample
                avoided = unet(x, t, negative.expand(2, -1, -1)).sample
                estimate = scheduler.step(avoided + guidance * (wanted - avoided), t, x).pred_original_sample
                pictures = (vae.decode(estimate / vae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)
                out = clip(input_ids=ids(PROMPTS), pixel_values=(pictures - MEAN) / STD)
                scores.append((clip.logit_scale.exp() * (out.image_embeds * out.text_embeds).sum(1)).mean())
            with torch.no_grad():
                wanted = unet(x, t, positive).sample
                avoided = unet(x, t, negative.expand(2, -1, -1)).sample
                x = scheduler.step(avoided + guidance * (wanted - avoided), t, x).prev_sample
        return torch.stack(scores).mean()

    def finished(negative, guidance, through):
        """The mean score of finished samples, differentiated through the last `through` steps."""
        scheduler = DDIMScheduler(**configs["scheduler"])
        scheduler.set_timesteps(STEPS)
        x = noise
        for index, t in enumerate(scheduler.timesteps):
            with torch.set_grad_enabled(index >= STEPS - through):
                wanted = unet(x, t, positive).sample
                avoided = unet(x, t, negative.expand(2, -1, -1)).sample
                x = scheduler.step(avoided + guidance * (wanted - avoided), t, x).prev_sample
        pictures = (vae.decode(x / vae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)
        out = clip(input_ids=ids(PROMPTS), pixel_values=(pictures - MEAN) / STD)
        return (clip.logit_scale.exp() * (out.image_embeds * out.text_embeds).sum(1)).mean()

    results = {"negative": start}
    cases = {
        "last": (score, 7.5, [5]), "two": (score, 7.5, [4, 5]), "unguided": (score, 1.0, [5]),
        "through-2": (finished, 7.5, 2), "through-all": (finished, 7.5, STEPS),
    }
    for name, (chain, guidance, recorded) in cases.items():
        negative = start.clone().requires_grad_()
        value = chain(negative, guidance, recorded)
        (gradient,) = torch.autograd.grad(value, negative)
        results[f"{name}.score"], results[f"{name}.gradient"] = value.reshape(1), gradient
        print(name, value.item(), gradient.norm().item())
    save_file({k: v.detach().contiguous().clone() for k, v in results.items()}, HERE / "reneg" / "results.safetensors")


if __name__ == "__main__":
    main()
