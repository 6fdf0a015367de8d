"""Models of full size with random weights, in the layouts that are published: to try loading, memory and speed without a download.

Usage: python scripts/make_full_size.py --tokenizer DIR OUT [KIND ...]
DIR holds CLIP's vocab.json and merges.txt. Needs torch, diffusers and transformers; 2 to 6 GB of disk for each kind.

sd15           Stable Diffusion 1.5, diffusers folder, float32
sd15-single    the same weights as one .safetensors with the original names, float32 and float16
sd15-ckpt      the same as a .ckpt, float16, wrapped by Lightning
sd21           Stable Diffusion 2.1 base, diffusers folder, float16
modelscope     ModelScope 1.7b, diffusers folder, float16
controlnet     a ControlNet of Stable Diffusion 1.5, diffusers folder, float16
motion         AnimateDiff's motion modules, version 2, diffusers folder, float16
"""
import argparse
import pathlib
import sys

import torch
from diffusers import (
    AutoencoderKL, ControlNetModel, DDIMScheduler, MotionAdapter, StableDiffusionPipeline, TextToVideoSDPipeline,
    UNet2DConditionModel, UNet3DConditionModel,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

ROOT = pathlib.Path(__file__).parents[1]
sys.path.append(str(ROOT / "Tests/PipelinesTests/Fixtures"))
from make_checkpoints import original  # noqa: E402

parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
parser.add_argument("out", type=pathlib.Path)
parser.add_argument("--tokenizer", required=True)
parser.add_argument("kinds", nargs="*", default=["sd15", "sd15-single"])
arguments = parser.parse_args()
out = arguments.out
out.mkdir(parents=True, exist_ok=True)


def scheduler():
    return DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False,
        steps_offset=1)


def autoencoder():
    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, sample_size=512)


def text(width, layers, heads, activation):
    return CLIPTextModel(CLIPTextConfig(
        hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers, num_attention_heads=heads,
        hidden_act=activation, vocab_size=49408, bos_token_id=49406, eos_token_id=49407, pad_token_id=49407,
        projection_dim=width))


def tokenizer():
    return CLIPTokenizer.from_pretrained(arguments.tokenizer)


def image(unet, encoder):
    torch.manual_seed(0)
    return StableDiffusionPipeline(
        unet=unet, vae=autoencoder(), text_encoder=encoder, tokenizer=tokenizer(), scheduler=scheduler(),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def sd15():
    torch.manual_seed(0)
    return image(UNet2DConditionModel(cross_attention_dim=768, sample_size=64), text(768, 12, 12, "quick_gelu"))


def single():
    """All of Stable Diffusion 1.5 under the original names."""
    pipe = StableDiffusionPipeline.from_pretrained(out / "sd15", safety_checker=None)
    state = original(pipe.unet, pipe.unet.state_dict(), 2, pipe.vae, pipe.vae.state_dict())
    states = {key.removeprefix("text_model."): value for key, value in pipe.text_encoder.state_dict().items()}
    return state | {"cond_stage_model.transformer.text_model." + key: value for key, value in states.items()}


def halves(state):
    return {key: value.half().contiguous() for key, value in state.items()}


for kind in arguments.kinds:
    torch.manual_seed(0)
    if kind == "sd15":
        sd15().save_pretrained(out / "sd15")
    elif kind == "sd15-single":
        state = {key: value.contiguous() for key, value in single().items()}
        save_file(state, out / "sd15-f32.safetensors")
        save_file(halves(state), out / "sd15-f16.safetensors")
    elif kind == "sd15-ckpt":
        torch.save({"state_dict": halves(single()), "global_step": 840000}, out / "sd15.ckpt")
    elif kind == "sd21":
        unet = UNet2DConditionModel(
            cross_attention_dim=1024, attention_head_dim=(5, 10, 20, 20), use_linear_projection=True, sample_size=64)
        image(unet, text(1024, 23, 16, "gelu")).to(torch.float16).save_pretrained(out / "sd21")
    elif kind == "modelscope":
        pipe = TextToVideoSDPipeline(
            vae=autoencoder(), text_encoder=text(1024, 23, 16, "gelu"), tokenizer=tokenizer(),
            unet=UNet3DConditionModel(sample_size=32), scheduler=scheduler())
        pipe.to(torch.float16).save_pretrained(out / "modelscope")
    elif kind == "controlnet":
        ControlNetModel(cross_attention_dim=768).half().save_pretrained(out / "controlnet")
    elif kind == "motion":
        MotionAdapter(use_motion_mid_block=True, motion_max_seq_length=32).half().save_pretrained(out / "motion")
    else:
        parser.error(f"no kind '{kind}'")
    print(kind, flush=True)
