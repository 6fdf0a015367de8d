"""Makes video models in their authors' own layouts, and what the reference computes with them.

    git clone https://github.com/AILab-CVC/VideoCrafter
    git clone https://github.com/huggingface/diffusers
    python make_lvdm.py VideoCrafter diffusers     after make_checkpoints.py, whose pieces it uses (torch 2.13, diffusers 0.42.1, einops)

checkpoints/vc2.ckpt     the architecture of VideoCrafter2 with its table of factors (scale_arr), float16, wrapped by Lightning; computed by
                         VideoCrafter's own network and sampler
modelscope/              ModelScope's three files and configuration.json, float16; computed by diffusers. The names are made by the inverse of
                         diffusers' convert_ms_text_to_video_to_diffusers.py, which is run on the result and must give back what was there.
checkpoints/lvdm.safetensors
                         inputs and outputs, PyTorch's layout
"""

import json
import os
import sys

import torch
from diffusers import DDIMScheduler, TextToVideoSDPipeline, UNet3DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTokenizer

from make_checkpoints import (
    NEGATIVE, PROMPT, WIDTH, autoencoder, check, fill, folder, fused_of, here, load, piece, tables, text_model,
)
from original_names import model_scope_unet, open_clip, vae_entry
import video_crafter_code

video_crafter_code.use(sys.argv[1])

from lvdm.models.ddpm3d import LatentDiffusion  # noqa: E402
from lvdm.models.samplers.ddim import DDIMSampler  # noqa: E402
from lvdm.modules.networks.openaimodel3d import UNetModel  # noqa: E402


Sampler = video_crafter_code.on_the_processor(DDIMSampler)


def draw(*shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def tokens(text):
    tokenizer = CLIPTokenizer.from_pretrained(os.path.join(here, "tiny-image/tokenizer"))
    tokenizer.pad_token = tokenizer.convert_ids_to_tokens(0)
    return tokenizer, tokenizer([text], padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids


def text_tower():
    """The states before the last layer, normed; and OpenCLIP's tensors."""
    values = fill(text_model(3, "gelu"), "sd2.text")
    used = text_model(2, "gelu")
    load(used, {key: value for key, value in values.items() if not key.startswith("encoder.layers.2.")})
    tower = open_clip(values, fused_of("sd2.text"))
    tower["text_projection"], tower["logit_scale"] = piece("projection", (WIDTH, WIDTH)), torch.tensor(4.6)
    return used, tower


def vae():
    model = autoencoder()
    values = fill(model, "vae")
    load(model, values)
    state = dict(vae_entry(key, value, 2) for key, value in values.items())
    return model, {"first_stage_model." + key: value for key, value in state.items()}


# MARK: VideoCrafter2

def video_crafter(results):
    unet = UNetModel(
        in_channels=4, out_channels=4, model_channels=64, channel_mult=[1, 1], attention_resolutions=[1], num_res_blocks=1,
        num_head_channels=8, context_dim=WIDTH, use_linear=True, temporal_conv=True, temporal_selfatt_only=True,
        use_relative_position=False, temporal_length=16, addition_attention=True, fps_cond=True).eval()
    values = {name: piece(f"vc2.unet.{name}", value.shape) for name, value in unet.named_parameters()}
    unet.load_state_dict({name: value.float() for name, value in values.items()})
    model = LatentDiffusion(
        first_stage_config={}, cond_stage_config={}, unet_config=video_crafter_code.Configuration(module=unet), timesteps=1000,
        linear_start=0.00085, linear_end=0.012, use_ema=False, conditioning_key="crossattn", use_scale=True, scale_b=0.7)
    text, tower = text_tower()
    state = {"model.diffusion_model." + name: value for name, value in values.items()} | vae()[1] | tables()
    state |= {"cond_stage_model.model." + name: value for name, value in tower.items()}
    state["scale_arr"] = model.scale_arr
    torch.save({"state_dict": state, "epoch": 3, "global_step": 10}, f"{folder}/vc2.ckpt")

    sample, states = draw(1, 4, 3, 8, 8, seed=41), draw(1, 77, WIDTH, seed=42)
    positive, negative = (text(tokens(words)[1]).last_hidden_state for words in (PROMPT, NEGATIVE))
    fps = torch.tensor([28])
    torch.manual_seed(7)
    latents, _ = Sampler(model).sample(
        S=4, batch_size=1, shape=(4, 3, 8, 8), eta=1.0, unconditional_guidance_scale=12.0, verbose=False,
        conditioning={"c_crossattn": [positive], "fps": fps}, unconditional_conditioning={"c_crossattn": [negative], "fps": fps})
    results |= {
        "vc2.input.sample": sample, "vc2.input.encoder_hidden_states": states, "vc2.input.timestep": torch.tensor([501.0]),
        "vc2.input.fps": torch.tensor([10.0]), "vc2.unet": unet(sample, torch.tensor([501]), context=states, fps=torch.tensor([10])),
        "vc2.latents": latents,
    }


# MARK: ModelScope

def model_scope(results):
    place = os.path.join(here, "modelscope")
    os.makedirs(place, exist_ok=True)
    unet = UNet3DConditionModel(
        sample_size=8, block_out_channels=(64, 64), layers_per_block=1, norm_num_groups=32, cross_attention_dim=WIDTH,
        attention_head_dim=8, down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
        up_block_types=("UpBlock3D", "CrossAttnUpBlock3D")).eval()
    values = fill(unet, "ms.unet")
    load(unet, values)
    state = model_scope_unet(values, 1, [False, True])
    sys.path.insert(0, os.path.join(sys.argv[2], "scripts"))
    from convert_ms_text_to_video_to_diffusers import convert_ldm_unet_checkpoint

    check(convert_ldm_unet_checkpoint(dict(state), dict(unet.config) | {"class_embed_type": None}), values)
    torch.save(state, f"{place}/text2video_pytorch_model.pth")
    text, tower = text_tower()
    visual = {"visual.conv1.weight": piece("visual", (8, 3, 2, 2))}
    torch.save(tower | visual, f"{place}/open_clip_pytorch_model.bin")
    vae_model, vae_state = vae()
    torch.save(
        {"state_dict": vae_state | {"model.diffusion_model.out.2.bias": piece("other", (4,))}, "global_step": 1},
        f"{place}/VQGAN_autoencoder.pth")
    with open(f"{place}/configuration.json", "w") as file:
        json.dump({
            "framework": "pytorch", "task": "text-to-video-synthesis",
            "model": {"type": "latent-text-to-video-synthesis", "model_args": {
                "ckpt_clip": "open_clip_pytorch_model.bin", "ckpt_unet": "text2video_pytorch_model.pth",
                "ckpt_autoencoder": "VQGAN_autoencoder.pth", "max_frames": 16, "tiny_gpu": 1}},
            "pipeline": {"type": "latent-text-to-video-synthesis"}}, file, indent=2)
        file.write("\n")

    sample, states = draw(1, 4, 3, 8, 8, seed=51), draw(1, 77, WIDTH, seed=52)
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False,
        steps_offset=1)
    pipe = TextToVideoSDPipeline(
        unet=unet, vae=vae_model, text_encoder=text, tokenizer=tokens("")[0], scheduler=scheduler)
    pipe.set_progress_bar_config(disable=True)
    latents = pipe(
        PROMPT, negative_prompt=NEGATIVE, num_frames=3, height=16, width=16, num_inference_steps=4, guidance_scale=9.0,
        generator=torch.Generator("cpu").manual_seed(7), output_type="latent").frames
    results |= {
        "ms.input.sample": sample, "ms.input.encoder_hidden_states": states, "ms.input.timestep": torch.tensor([501.0]),
        "ms.unet": unet(sample, 501, states).sample, "ms.latents": latents,
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    results = {}
    with torch.no_grad():
        video_crafter(results)
        model_scope(results)
    results = {key: value.detach().float().contiguous().clone() for key, value in results.items()}
    print({key: (tuple(value.shape), round(value.std().item(), 3)) for key, value in results.items()})
    save_file(results, f"{folder}/lvdm.safetensors")
