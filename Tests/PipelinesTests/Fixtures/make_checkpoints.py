"""Makes single files of tiny models in the original layout of Stable Diffusion, and what diffusers computes with them
(torch 2.15, diffusers 0.42.1, transformers 5.23).

    python make_checkpoints.py        after make_pipelines.py, whose tokenizer and prompts it uses

checkpoints/sd1.ckpt    the architecture of 1.x: CLIP, 1x1 convolutions around transformers, 8 heads; float16, zip format, wrapped by
                        Lightning, with averages (model_ema), tables of the schedule and position_ids
checkpoints/sd2.ckpt    that of 2.x: OpenCLIP with one layer more than is used, matrices, heads of 64 channels; float16, legacy
                        format, predicts velocities, which its output's bias of -2 lets a test run find out
checkpoints/results.safetensors
                        inputs and outputs of the networks and of whole runs, PyTorch's layout

All weights are pieces of one storage, so that the files stay small: torch.save stores it once. The original names are made by
the inverse of diffusers' conversion; diffusers' own conversion is run on the result and must give back what was there.
"""

import os
import zlib

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (
    convert_ldm_clip_checkpoint, convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint, convert_open_clip_checkpoint,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from original_names import open_clip, original

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(here, "checkpoints")
WIDTH = 128
PROMPT, NEGATIVE = "a red apple spinning on a yellow background", "blurred, small"

STORAGE = torch.randn(90000, generator=torch.Generator().manual_seed(5)).mul(0.08).half()


def piece(name, shape):
    """Elements of the shared storage from a place that depends on the name; shared by no two tensors as a whole."""
    count = int(torch.Size(shape).numel())
    start = zlib.crc32(name.encode()) % (len(STORAGE) - count)
    return STORAGE[start:start + count].view(shape)


def fused(name, shape):
    """What holds the three projections of attention above each other: one piece, as the file stores it."""
    return piece(name.replace("q_proj", "in_proj"), (3 * shape[0], *shape[1:]))


def fused_of(prefix):
    """The same for the text encoder whose pieces begin so."""
    return lambda key, parts: fused(f"{prefix}.{key}", parts[0].shape)


# MARK: Models

def fill(model, prefix):
    """Every parameter a piece of the storage, in float16."""
    values = {}
    for name, p in model.named_parameters():
        values[name] = piece(f"{prefix}.{name}", p.shape)
    for name in [name for name in values if ".q_proj." in name]:
        thirds = fused(f"{prefix}.{name}", values[name].shape).chunk(3)
        for part, third in zip("qkv", thirds):
            values[name.replace("q_proj", f"{part}_proj")] = third
    return values


def text_model(layers, activation):
    return CLIPTextModel(CLIPTextConfig(
        vocab_size=640, hidden_size=WIDTH, intermediate_size=192, num_hidden_layers=layers, num_attention_heads=2,
        projection_dim=WIDTH, hidden_act=activation, bos_token_id=0, eos_token_id=2, pad_token_id=1)).eval()


def autoencoder():
    return AutoencoderKL(
        block_out_channels=(32, 64), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1, latent_channels=4, norm_num_groups=32, sample_size=16).eval()


def unet(channels, layers, heads, is_linear):
    plain = len(channels) > 1
    return UNet2DConditionModel(
        sample_size=8, block_out_channels=channels, layers_per_block=layers, cross_attention_dim=WIDTH,
        attention_head_dim=heads, use_linear_projection=is_linear,
        down_block_types=("CrossAttnDownBlock2D",) + ("DownBlock2D",) * plain,
        up_block_types=("UpBlock2D",) * plain + ("CrossAttnUpBlock2D",)).eval()


def load(model, values):
    model.load_state_dict({name: value.float() for name, value in values.items()}, strict=False)
    missing = set(dict(model.named_parameters())) - set(values)
    assert not missing, missing


def check(found, expected):
    """diffusers' own conversion gives back what was there."""
    assert set(found) == set(expected), set(found) ^ set(expected)
    for key, value in found.items():
        assert torch.equal(value, expected[key]), key


def tables():
    """What Lightning stores of the schedule."""
    names = """betas alphas_cumprod alphas_cumprod_prev sqrt_alphas_cumprod sqrt_one_minus_alphas_cumprod
        log_one_minus_alphas_cumprod sqrt_recip_alphas_cumprod sqrt_recipm1_alphas_cumprod posterior_variance
        posterior_log_variance_clipped posterior_mean_coef1 posterior_mean_coef2""".split()
    return {name: torch.zeros(10) for name in names} | {"logvar": torch.zeros(10)}


def compute(name, unet_model, vae_model, text, prediction, padding, tensors):
    def draw(*shape, seed):
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed))

    tokenizer = CLIPTokenizer.from_pretrained(os.path.join(here, "tiny-image/tokenizer"))
    tokenizer.pad_token = tokenizer.convert_ids_to_tokens(padding) if padding is not None else tokenizer.pad_token
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False,
        steps_offset=1, prediction_type=prediction)
    pipe = StableDiffusionPipeline(
        unet=unet_model, vae=vae_model, text_encoder=text, tokenizer=tokenizer, scheduler=scheduler, safety_checker=None,
        feature_extractor=None, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    sample, states, picture = draw(1, 4, 8, 8, seed=31), draw(1, 77, WIDTH, seed=32), draw(1, 3, 16, 16, seed=33)
    ids = tokenizer([PROMPT], padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    results = {
        "input.sample": sample, "input.encoder_hidden_states": states, "input.timestep": torch.tensor([501.0]),
        "input.picture": picture, "input.input_ids": ids.float(), "unet": unet_model(sample, 501, states).sample,
        "vae_decode": vae_model.decode(sample).sample, "vae_encode": vae_model.encode(picture).latent_dist.mode(),
        "text_encoder": text(ids).last_hidden_state,
        "latents": pipe(
            PROMPT, negative_prompt=NEGATIVE, height=16, width=16, num_inference_steps=4, guidance_scale=5.0,
            generator=torch.Generator("cpu").manual_seed(7), output_type="latent").images,
    }
    tensors |= {f"{name}.{key}": value.detach().float().contiguous().clone() for key, value in results.items()}
    print(name, {key: round(value.float().std().item(), 3) for key, value in results.items()})


def sd1(tensors):
    u, v, t = unet((32, 64), 1, 8, False), autoencoder(), text_model(2, "quick_gelu")
    values = [fill(u, "sd1.unet"), fill(v, "vae"), fill(t, "sd1.text")]
    for model, filled in zip([u, v, t], values):
        load(model, filled)
    state = original(u, values[0], 1, v, values[1])
    state |= {"cond_stage_model.transformer.text_model." + key: value for key, value in values[2].items()}
    check(convert_ldm_unet_checkpoint(state, dict(u.config)), values[0])
    check(convert_ldm_vae_checkpoint(state, dict(v.config)), values[1])
    check({k.removeprefix("text_model."): x for k, x in convert_ldm_clip_checkpoint(state).items()}, values[2])

    averaged = unet((32, 64), 1, 8, False)
    averages = fill(averaged, "sd1.ema")
    load(averaged, averages)
    for key, value in original(averaged, averages, 1, v, {}).items():
        state["model_ema." + "".join(key.split(".")[1:])] = value
    check(convert_ldm_unet_checkpoint(state, dict(u.config), extract_ema=True), averages)
    state["model_ema.decay"], state["model_ema.num_updates"] = torch.tensor(0.9999), torch.tensor(875000)
    state["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(77).expand(1, -1)
    torch.save(
        {"state_dict": state | tables(), "epoch": 2, "global_step": 840000, "optimizer_states": [{"lr": torch.ones(3)}]},
        f"{folder}/sd1.ckpt")
    compute("sd1", u, v, t, "epsilon", None, tensors)
    sample, states = tensors["sd1.input.sample"], tensors["sd1.input.encoder_hidden_states"]
    tensors["sd1.unet_ema"] = averaged(sample, 501, states).sample.detach()


def sd2(tensors):
    u, v, t = unet((64,), 2, [1], True), autoencoder(), text_model(3, "gelu")
    values = [fill(u, "sd2.unet"), fill(v, "vae"), fill(t, "sd2.text")]
    values[0]["conv_out.bias"] = torch.full((4,), -2.0).half()
    for model, filled in zip([u, v], values):
        load(model, filled)
    state = original(u, values[0], 2, v, values[1])
    state |= {"cond_stage_model.model." + key: value for key, value in open_clip(values[2], fused_of("sd2.text")).items()}
    state["cond_stage_model.model.text_projection"] = piece("projection", (WIDTH, WIDTH))
    state["cond_stage_model.model.logit_scale"] = torch.tensor(4.6)
    check(convert_ldm_unet_checkpoint(state, dict(u.config)), values[0])
    check(convert_ldm_vae_checkpoint(state, dict(v.config)), values[1])
    converted = convert_open_clip_checkpoint(t, state)
    check({k.removeprefix("text_model."): x for k, x in converted.items() if "projection" not in k}, values[2])

    # The last layer is left out; Stable Diffusion 2 takes the states before it, normed.
    used = text_model(2, "gelu")
    load(used, {key: value for key, value in values[2].items() if not key.startswith("encoder.layers.2.")})
    torch.save(state | tables(), f"{folder}/sd2.ckpt", _use_new_zipfile_serialization=False)
    compute("sd2", u, v, used, "v_prediction", 0, tensors)


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.makedirs(folder, exist_ok=True)
    results = {}
    with torch.no_grad():
        sd1(results)
        sd2(results)
    save_file(results, f"{folder}/results.safetensors")
