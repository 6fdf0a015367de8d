"""Makes the two tiny models of the pipeline tests and what diffusers computes with them (torch 2.13, diffusers 0.42).

    python make_pipelines.py

tiny-image/   a StableDiffusionPipeline folder, random weights, 4 pixels a latent
tiny-video/   a TextToVideoSDPipeline folder; its text encoder, tokenizer and autoencoder are links into tiny-image/
models.json   how many numbers each part's weights have
runs.json     the settings of whole runs
runs.safetensors
              what each run starts from and comes to, PyTorch's layout

Every parameter is drawn anew, the zero-initialised ones too, so that no layer can be skipped unseen.
"""

import json
import os
import shutil

import torch
from diffusers import (
    AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
    StableDiffusionPipeline, TextToVideoSDPipeline, UNet2DConditionModel, UNet3DConditionModel,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

here = os.path.dirname(os.path.abspath(__file__))
vocabulary = os.path.join(here, "../../TextTests/Fixtures/tiny")
WIDTH = 32

SCHEDULERS = {
    "ddim": DDIMScheduler, "dpmpp_2m": DPMSolverMultistepScheduler, "euler": EulerDiscreteScheduler,
    "euler_a": EulerAncestralDiscreteScheduler,
}

PROMPT = "a red apple spinning on a yellow background"
NEGATIVE = "blurred, small"
STANDARD = dict(prompt=PROMPT, seed=7, steps=10, guidance_scale=7.5, sampler="ddim")
IMAGE = dict(STANDARD, model="tiny-image", width=32, height=32)
VIDEO = dict(STANDARD, model="tiny-video", width=32, height=32, frames=5)
RUNS = {
    "image": dict(IMAGE, decode=True),
    "image-negative": dict(IMAGE, negative_prompt=NEGATIVE),
    "image-wide": dict(IMAGE, width=48, height=24, seed=11),
    "image-unguided": dict(IMAGE, guidance_scale=1.0),
    "image-rescale": dict(IMAGE, guidance_rescale=0.7),
    "image-eta": dict(IMAGE, eta=1.0),
    "image-clip-skip": dict(IMAGE, clip_skip=2),
    "image-long": dict(IMAGE, prompt="a red apple on a yellow background and " * 12),
    "image-embedding": dict(IMAGE, negative_embedding=True),
    "image-dpmpp_2m": dict(IMAGE, sampler="dpmpp_2m"),
    "image-dpmpp_2m-karras": dict(IMAGE, sampler="dpmpp_2m", schedule="karras"),
    "image-euler": dict(IMAGE, sampler="euler"),
    "image-euler_a": dict(IMAGE, sampler="euler_a"),
    "video": dict(VIDEO, decode=True),
    "video-negative": dict(VIDEO, negative_prompt=NEGATIVE, guidance_scale=9.0),
    "video-wide": dict(VIDEO, width=40, height=24, frames=3, seed=2**31 + 5),
    "video-dpmpp_2m": dict(VIDEO, sampler="dpmpp_2m"),
    "video-euler": dict(VIDEO, sampler="euler"),
    "video-euler_a": dict(VIDEO, sampler="euler_a"),
}


def randomised(model, seed):
    """Norm scales around 1, biases around 0, matrices of variance 1 / inputs."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() > 1:
                p.copy_(noise / p[0].numel() ** 0.5)
            else:
                p.copy_((1 if name.endswith("weight") else 0) + 0.1 * noise)
    return model.eval()


def save_models():
    for name in ["tiny-image", "tiny-video"]:
        shutil.rmtree(os.path.join(here, name), ignore_errors=True)

    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False,
        steps_offset=1)
    shared = dict(
        text_encoder=randomised(CLIPTextModel(CLIPTextConfig(
            vocab_size=640, hidden_size=WIDTH, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
            projection_dim=WIDTH, bos_token_id=620, eos_token_id=621, pad_token_id=621)), 1),
        tokenizer=CLIPTokenizer.from_pretrained(vocabulary),
        vae=randomised(AutoencoderKL(
            block_out_channels=(8, 8, 16), down_block_types=("DownEncoderBlock2D",) * 3,
            up_block_types=("UpDecoderBlock2D",) * 3, latent_channels=4, norm_num_groups=4, sample_size=32), 2),
        scheduler=scheduler)
    unet2d = UNet2DConditionModel(
        sample_size=8, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, cross_attention_dim=WIDTH,
        attention_head_dim=2, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
    unet3d = UNet3DConditionModel(
        sample_size=8, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, cross_attention_dim=WIDTH,
        attention_head_dim=8, down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
        up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"))
    image = StableDiffusionPipeline(
        unet=randomised(unet2d, 3), safety_checker=None, feature_extractor=None, requires_safety_checker=False, **shared)
    video = TextToVideoSDPipeline(unet=randomised(unet3d, 4), **shared)
    image.save_pretrained(os.path.join(here, "tiny-image"))
    video.save_pretrained(os.path.join(here, "tiny-video"))
    counts = {
        name: {part: sum(p.numel() for p in getattr(pipe, part).parameters()) for part in ["unet", "vae", "text_encoder"]}
        for name, pipe in [("tiny-image", image), ("tiny-video", video)]
    }
    with open(os.path.join(here, "models.json"), "w") as file:
        json.dump(counts, file, indent=1)
        file.write("\n")
    with open(os.path.join(here, "tiny-video", "negspace.json"), "w") as file:
        json.dump({"guidance_scale": 5.5, "frames": 4, "fps": 6, "steps": 3, "scale": 2}, file)
        file.write("\n")
    for part in ["text_encoder", "tokenizer", "vae"]:
        place = os.path.join(here, "tiny-video", part)
        shutil.rmtree(place)
        os.symlink(os.path.join("../tiny-image", part), place)


def load(model, run):
    kind = StableDiffusionPipeline if model == "tiny-image" else TextToVideoSDPipeline
    pipe = kind.from_pretrained(os.path.join(here, model))
    pipe.set_progress_bar_config(disable=True)
    options = {"use_karras_sigmas": True} if run.get("schedule") == "karras" else {}
    pipe.scheduler = SCHEDULERS[run["sampler"]].from_config(pipe.scheduler.config, **options)
    return pipe


def compute(name, run, tensors):
    pipe = load(run["model"], run)
    arguments = dict(
        prompt=run["prompt"], negative_prompt=run.get("negative_prompt", ""), height=run["height"], width=run["width"],
        num_inference_steps=run["steps"], guidance_scale=run["guidance_scale"], eta=run.get("eta", 0.0))
    if "frames" in run:
        arguments["num_frames"] = run["frames"]
    if "guidance_rescale" in run:
        arguments["guidance_rescale"] = run["guidance_rescale"]
    if "clip_skip" in run:
        # By hand, since diffusers 0.42 fails on transformers 5's text encoder. diffusers would count the layers left out
        # (1), A1111 and stable-diffusion.cpp count from the end which layer is used (2).
        for key in ["prompt", "negative_prompt"]:
            ids = pipe.tokenizer(
                arguments.pop(key), padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
            hidden = pipe.text_encoder(ids, output_hidden_states=True).hidden_states[-run["clip_skip"]]
            arguments[key + "_embeds"] = pipe.text_encoder.final_layer_norm(hidden)
    if "negative_embedding" in run:
        states = torch.randn(1, 77, WIDTH, generator=torch.Generator().manual_seed(99))
        tensors[f"{name}.negative_prompt_embeds"] = states
        arguments["negative_prompt_embeds"] = states
        del arguments["negative_prompt"]

    def generator():
        return torch.Generator("cpu").manual_seed(run["seed"])

    size = (run["height"] // 4, run["width"] // 4)
    shape = (1, 4, run["frames"], *size) if "frames" in run else (1, 4, *size)
    source = generator()
    tensors[f"{name}.initial"] = torch.randn(shape, generator=source)
    if run["sampler"] == "euler_a":
        # What the sampler draws after the initial latents; the video pipeline steps on (frames, channels, height, width).
        step = (run["frames"], 4, *size) if "frames" in run else shape
        tensors[f"{name}.noise"] = torch.stack([torch.randn(step, generator=source) for _ in range(run["steps"])])
    latents = pipe(**arguments, generator=generator(), output_type="latent")
    tensors[f"{name}.latents"] = (latents.frames if "frames" in run else latents.images).clone()
    if run.get("decode"):
        pictures = pipe(**arguments, generator=generator(), output_type="np")
        frames = pictures.frames[0] if "frames" in run else pictures.images
        tensors[f"{name}.pictures"] = torch.tensor(frames)  # (frames, height, width, 3) in 0…1


def save_components(tensors):
    """One network once, by diffusers' argument names."""
    def draw(*shape, seed):
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed))

    image = StableDiffusionPipeline.from_pretrained(os.path.join(here, "tiny-image"))
    video = TextToVideoSDPipeline.from_pretrained(os.path.join(here, "tiny-video"))
    text = draw(2, 77, WIDTH, seed=20)
    sample2d, sample3d, latents, picture = (
        draw(2, 4, 8, 8, seed=21), draw(2, 4, 3, 8, 8, seed=22), draw(1, 4, 8, 8, seed=23), draw(1, 3, 32, 32, seed=24))
    ids = image.tokenizer([PROMPT], padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    inputs = {
        "unet": {"sample": sample2d, "timestep": torch.tensor(501), "encoder_hidden_states": text},
        "unet3d": {"sample": sample3d, "timestep": torch.tensor([501, 21]), "encoder_hidden_states": text},
        "vae_decode": {"sample": latents},
        "vae_encode": {"sample": picture},
        "text_encoder": {"input_ids": ids},
    }
    for name, values in inputs.items():
        save_file({k: v.contiguous() for k, v in values.items()}, os.path.join(here, f"component-{name}.safetensors"))
    with torch.no_grad():
        tensors["component.unet.sample"] = image.unet(sample2d, 501, text).sample
        tensors["component.unet3d.sample"] = video.unet(sample3d, torch.tensor([501, 21]), text).sample
        tensors["component.vae_decode.sample"] = image.vae.decode(latents).sample
        tensors["component.vae_encode.sample"] = image.vae.encode(picture).latent_dist.mode()
        output = image.text_encoder(ids)
        tensors["component.text_encoder.last_hidden_state"] = output.last_hidden_state
        tensors["component.text_encoder.pooler_output"] = output.pooler_output


if __name__ == "__main__":
    torch.set_num_threads(1)  # the networks are too small for more
    save_models()
    tensors = {}
    save_components(tensors)
    for name, run in RUNS.items():
        with torch.no_grad():
            compute(name, run, tensors)
        print(name, *(f"{k.split('.')[-1]} {tuple(v.shape)} {v.std():.3f}" for k, v in tensors.items() if k.startswith(name + ".")))
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(here, "runs.safetensors"))
    with open(os.path.join(here, "runs.json"), "w") as file:
        json.dump([dict(run, name=name) for name, run in RUNS.items()], file, indent=1)
        file.write("\n")
