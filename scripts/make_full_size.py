"""Models of full size with random weights, in the layouts that are published: to try loading, memory and speed without a download.

Usage: python scripts/make_full_size.py --tokenizer DIR [--videocrafter DIR] OUT [KIND ...]
The tokenizer's folder holds CLIP's vocab.json and merges.txt. Needs torch, diffusers and transformers, for videocrafter2 also einops and
a clone of github.com/AILab-CVC/VideoCrafter; up to 6 GB of disk for each kind.

sd15           Stable Diffusion 1.5, diffusers folder, float32
sd15-single    the same weights as one .safetensors with the original names, float32 and float16
sd15-ckpt      the same as a .ckpt, float16, wrapped by Lightning
sd21           Stable Diffusion 2.1 base, diffusers folder, float16
modelscope     ModelScope 1.7b, diffusers folder, float16
controlnet     a ControlNet of Stable Diffusion 1.5, diffusers folder, float16
motion         AnimateDiff's motion modules, version 2, diffusers folder, float16
taesd          a tiny autoencoder, diffusers folder, float16

In the authors' own layouts and names, float16:
sd21-ckpt      the weights of sd21 with OpenCLIP's 24 layers, one .ckpt
modelscope-original
               the weights of modelscope, its folder of three files
controlnet-pth the weights of controlnet, one .pth
motion-ckpt    the weights of motion, one .ckpt
videocrafter2  VideoCrafter2, one .ckpt
lora           rank 4, on all attention of Stable Diffusion 1.5's two networks, kohya's names
"""
import argparse
import json
import pathlib
import sys

import torch
from diffusers import (
    AutoencoderKL, AutoencoderTiny, ControlNetModel, DDIMScheduler, MotionAdapter, StableDiffusionPipeline, TextToVideoSDPipeline,
    UNet2DConditionModel, UNet3DConditionModel,
)
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

ROOT = pathlib.Path(__file__).parents[1]
sys.path.append(str(ROOT / "Tests/PipelinesTests/Fixtures"))
import video_crafter_code  # noqa: E402
from original_names import (  # noqa: E402
    control_key, model_scope_unet, motion_key, open_clip, original, vae_entry,
)

parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
parser.add_argument("out", type=pathlib.Path)
parser.add_argument("--tokenizer", required=True)
parser.add_argument("--videocrafter")
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


def weights(part):
    """Of a folder that was made before."""
    return load_file(next((out / part).glob("*.safetensors")))


def vae_state(part):
    return {"first_stage_model." + name: value
            for name, value in (vae_entry(key, value, 4) for key, value in weights(part).items())}


def vit_h(prefix=""):
    """OpenCLIP's text tower with all its layers."""
    state = {key.removeprefix("text_model."): value for key, value in text(1024, 24, 16, "gelu").state_dict().items()}
    return {prefix + key: value for key, value in open_clip(state).items()} | {
        f"{prefix}text_projection": torch.randn(1024, 1024), f"{prefix}logit_scale": torch.tensor(4.6)}


def save_original(state, name):
    torch.save({"state_dict": halves(state), "global_step": 1}, out / name)


def model_scope_folder():
    folder = out / "modelscope-original"
    folder.mkdir(exist_ok=True)
    unet = model_scope_unet(weights("modelscope/unet"), 2, [False, True, True, True])
    torch.save(halves(unet), folder / "text2video_pytorch_model.pth")
    torch.save(halves(vit_h()), folder / "open_clip_pytorch_model.bin")
    save_original(vae_state("modelscope/vae"), "modelscope-original/VQGAN_autoencoder.pth")
    (folder / "configuration.json").write_text(json.dumps({"model": {"model_args": {
        "ckpt_clip": "open_clip_pytorch_model.bin", "ckpt_unet": "text2video_pytorch_model.pth",
        "ckpt_autoencoder": "VQGAN_autoencoder.pth"}}}))


def video_crafter():
    """As configs/inference_t2v_512_v2.0.yaml has it."""
    video_crafter_code.use(arguments.videocrafter)
    from lvdm.modules.networks.openaimodel3d import UNetModel

    unet = UNetModel(
        in_channels=4, out_channels=4, model_channels=320, attention_resolutions=[4, 2, 1], num_res_blocks=2,
        channel_mult=[1, 2, 4, 4], num_head_channels=64, context_dim=1024, use_linear=True, temporal_conv=True,
        temporal_selfatt_only=True, use_relative_position=False, temporal_length=16, addition_attention=True, fps_cond=True)
    print("VideoCrafter2's denoiser:", sum(p.numel() for p in unet.parameters()), "parameters")
    vae = dict(vae_entry(key, value, 4) for key, value in autoencoder().state_dict().items())
    return {"model.diffusion_model." + key: value for key, value in unet.state_dict().items()} | {
        "first_stage_model." + key: value for key, value in vae.items()} | vit_h("cond_stage_model.model.") | {
        "scale_arr": torch.cat([torch.linspace(1, 0.7, 400), torch.full((600,), 0.7)])}


def lora():
    result = {}
    for part, beginning, endings in [
        ("unet", "lora_unet_", ("to_q", "to_k", "to_v", "to_out.0")),
        ("text_encoder", "lora_te_text_model_", ("q_proj", "k_proj", "v_proj", "out_proj")),
    ]:
        for key, weight in weights(f"sd15/{part}").items():
            name = key.removesuffix(".weight").removeprefix("text_model.")
            if weight.ndim == 2 and name.endswith(endings):
                layer = beginning + name.replace(".", "_")
                result[f"{layer}.lora_down.weight"] = torch.randn(4, weight.shape[1]) / weight.shape[1]
                result[f"{layer}.lora_up.weight"] = torch.randn(weight.shape[0], 4) * 0.01
                result[f"{layer}.alpha"] = torch.tensor(4.0)
    return result


# Made of another kind's weights, which are made first if they are not there.
SOURCES = {
    "sd15-single": "sd15", "sd15-ckpt": "sd15", "lora": "sd15", "sd21-ckpt": "sd21", "modelscope-original": "modelscope",
    "controlnet-pth": "controlnet", "motion-ckpt": "motion"}


def make(kind):
    source = SOURCES.get(kind)
    if source and not (out / source).exists():
        make(source)
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
    elif kind == "taesd":
        AutoencoderTiny().half().save_pretrained(out / "taesd")
    elif kind == "sd21-ckpt":
        pipe = StableDiffusionPipeline.from_pretrained(out / "sd21", safety_checker=None)
        save_original(
            original(pipe.unet, pipe.unet.state_dict(), 2, pipe.vae, pipe.vae.state_dict())
            | vit_h("cond_stage_model.model."), "sd21.ckpt")
    elif kind == "modelscope-original":
        model_scope_folder()
    elif kind == "controlnet-pth":
        torch.save({control_key(key, 2): value for key, value in weights("controlnet").items()}, out / "controlnet.pth")
    elif kind == "motion-ckpt":
        # What the authors call the positions of both attentions is one table in diffusers.
        state = {f"module.{motion_key(key)}": value for key, value in weights("motion").items()}
        twins = {key.replace("blocks.0.pos", "blocks.1.pos"): value for key, value in state.items()}
        save_original(state | twins, "motion.ckpt")
    elif kind == "videocrafter2":
        save_original(video_crafter(), "videocrafter2.ckpt")
    elif kind == "lora":
        save_file(halves(lora()), out / "lora.safetensors")
    else:
        parser.error(f"no kind '{kind}'")
    print(kind, flush=True)


for kind in arguments.kinds:
    make(kind)
