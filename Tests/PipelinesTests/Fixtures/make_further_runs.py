"""More whole runs of the tiny models of make_pipelines.py: samplers, and starts from pictures (torch 2.15, diffusers 0.42).

    python make_further_runs.py

start.png, mask.png, start.apng   a picture, a mask, and five frames to start from
tiny-taesd/                       an AutoencoderTiny folder for the same latents
further_runs.json                 the settings of the runs
further_runs.safetensors          what each run comes to, PyTorch's layout; the first convolution of an inpainting UNet
"""

import json
import os

import numpy as np
import torch
from diffusers import (
    AutoencoderTiny, DDIMScheduler, DDPMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, LCMScheduler,
    PNDMScheduler, StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline, StableDiffusionPipeline,
    TextToVideoSDPipeline, UNet2DConditionModel, UniPCMultistepScheduler, VideoToVideoSDPipeline,
)
from PIL import Image
from safetensors.torch import save_file

from make_pipelines import IMAGE, NEGATIVE, VIDEO, here, randomised

SCHEDULERS = {
    "ddim": DDIMScheduler, "euler": EulerDiscreteScheduler, "euler_a": EulerAncestralDiscreteScheduler,
    "unipc": UniPCMultistepScheduler, "pndm": PNDMScheduler, "lcm": LCMScheduler, "ddpm": DDPMScheduler,
}
# scheduler/scheduler_config.json of Stable Diffusion 1.5
OWN = {
    "_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "beta_start": 0.00085, "num_train_timesteps": 1000, "set_alpha_to_one": False, "skip_prk_steps": True,
    "steps_offset": 1, "trained_betas": None, "clip_sample": False,
}
START = dict(IMAGE, init_img="start.png", strength=0.6, negative_prompt=NEGATIVE)
PAINT = dict(START, mask="mask.png", strength=1.0)
SHOW = {key: value for key, value in VIDEO.items() if key != "frames"} | dict(init_video="start.apng", strength=0.6)
RUNS = {
    "image-unipc": dict(IMAGE, sampler="unipc"),
    "image-unipc-karras": dict(IMAGE, sampler="unipc", schedule="karras"),
    "image-pndm": dict(IMAGE, sampler="pndm"),
    "image-own": dict(IMAGE, sampler=None, own_scheduler=True),
    "image-lcm": dict(IMAGE, sampler="lcm", steps=4, guidance_scale=1.5),
    "image-ddpm": dict(IMAGE, sampler="ddpm"),
    "video-unipc": dict(VIDEO, sampler="unipc"),
    "video-lcm": dict(VIDEO, sampler="lcm", steps=4),
    "video-own": dict(VIDEO, sampler=None, own_scheduler=True),
    "image-taesd": dict(IMAGE, vae="tiny-taesd", decode=True),
    "start": dict(START),
    "start-size": dict({key: START[key] for key in START if key not in ("width", "height")}, strength=0.35),
    "start-whole": dict(START, strength=1.0, seed=8),
    "start-eta": dict(START, eta=1.0),
    "start-euler": dict(START, sampler="euler"),
    "start-euler_a": dict(START, sampler="euler_a", strength=0.29, steps=20),
    "start-unipc": dict(START, sampler="unipc"),
    "start-lcm": dict(START, sampler="lcm", steps=5),
    "start-own": dict(START, sampler=None, own_scheduler=True),
    "start-taesd": dict(START, vae="tiny-taesd", eta=0.5),
    "paint": dict(PAINT),
    "paint-part": dict(PAINT, strength=0.55, sampler="euler_a"),
    "paint-own": dict(PAINT, sampler=None, own_scheduler=True),
    "paint-taesd": dict(PAINT, vae="tiny-taesd", eta=0.5),
    "inpaint": dict(PAINT, inpainting=True, eta=0.5),
    "inpaint-part": dict(PAINT, inpainting=True, strength=0.55, eta=0.5),
    "video-start": dict(SHOW),
    "video-start-size": dict(SHOW, width=24, height=16, frames=3, sampler="euler_a"),
}


def save_pictures():
    generator = np.random.default_rng(5)
    coarse = generator.integers(0, 256, (6, 7, 9, 3), dtype=np.uint8)
    Image.fromarray(coarse[0]).resize((50, 38), Image.BICUBIC).save(os.path.join(here, "start.png"))
    frames = [Image.fromarray(array).resize((32, 32), Image.BICUBIC) for array in coarse[1:]]
    frames[0].save(os.path.join(here, "start.apng"), format="PNG", save_all=True, append_images=frames[1:], duration=100)
    mask = np.zeros((38, 50), dtype=np.uint8)
    mask[9:30, 12:41] = 255
    mask[14:20, 20:30] = 90  # nearer to black
    Image.fromarray(mask).save(os.path.join(here, "mask.png"))


def picture(name):
    return Image.open(os.path.join(here, name)).convert("RGB")


def frames(name):
    video = Image.open(os.path.join(here, name))
    for index in range(video.n_frames):
        video.seek(index)
        yield video.convert("RGB")


def inpainting(unet, tensors):
    """The same network with five channels more at its entry."""
    model = UNet2DConditionModel.from_config(dict(unet.config, in_channels=9))
    weights = unet.state_dict()
    weight = torch.randn(8, 9, 3, 3, generator=torch.Generator().manual_seed(6)) / 9
    tensors["inpainting.conv_in.weight"] = weights["conv_in.weight"] = weight
    model.load_state_dict(weights)
    return model.eval()


def compute(name, run, tensors):
    kind = StableDiffusionPipeline if run["model"] == "tiny-image" else TextToVideoSDPipeline
    pipe = kind.from_pretrained(os.path.join(here, run["model"]))
    if run.get("own_scheduler"):
        pipe.scheduler = PNDMScheduler.from_config(OWN)
    else:
        options = {"use_karras_sigmas": True} if run.get("schedule") == "karras" else {}
        pipe.scheduler = SCHEDULERS[run["sampler"]].from_config(pipe.scheduler.config, **options)
    if "vae" in run:
        pipe.vae = AutoencoderTiny.from_pretrained(os.path.join(here, run["vae"]))
    if run.get("inpainting"):
        pipe.unet = inpainting(pipe.unet, tensors)
    arguments = dict(
        prompt=run["prompt"], negative_prompt=run.get("negative_prompt", ""), num_inference_steps=run["steps"],
        guidance_scale=run["guidance_scale"], eta=run.get("eta", 0.0))
    sized = "width" in run
    size = (run.get("width"), run.get("height"))

    def fitted(image):
        return image.resize(size, Image.LANCZOS) if sized else image

    parts = dict(pipe.components)
    if "mask" in run:
        pipe = StableDiffusionInpaintPipeline(**parts, requires_safety_checker=False)
        # Unresized: the pipeline's own resizing is compared.
        arguments |= dict(
            image=picture(run["init_img"]), mask_image=picture(run["mask"]), width=size[0], height=size[1],
            strength=run["strength"])
    elif "init_img" in run:
        pipe = StableDiffusionImg2ImgPipeline(**parts, requires_safety_checker=False)
        arguments |= dict(image=fitted(picture(run["init_img"])), strength=run["strength"])
    elif "init_video" in run:
        pipe = VideoToVideoSDPipeline(**parts)
        video = [fitted(frame) for frame in frames(run["init_video"])][: run.get("frames")]
        arguments |= dict(video=video, strength=run["strength"])
    else:
        arguments |= dict(width=size[0], height=size[1])
        if "frames" in run:
            arguments["num_frames"] = run["frames"]
    pipe.set_progress_bar_config(disable=True)

    def generator():
        return torch.Generator("cpu").manual_seed(run["seed"])

    latents = pipe(**arguments, generator=generator(), output_type="latent")
    tensors[f"{name}.latents"] = (latents.frames if run["model"] == "tiny-video" else latents.images).clone()
    if run.get("decode"):
        tensors[f"{name}.pictures"] = torch.tensor(pipe(**arguments, generator=generator(), output_type="np").images)


def as_request(name, run):
    """Files as our requests write them."""
    files = ["init_img", "init_video", "mask", "vae"]
    return {key: {"path": value} if key in files else value for key, value in dict(run, name=name).items()}


if __name__ == "__main__":
    torch.set_num_threads(1)  # the networks are too small for more
    save_pictures()
    tiny = AutoencoderTiny(
        encoder_block_out_channels=(8,) * 3, decoder_block_out_channels=(8,) * 3, num_encoder_blocks=(1, 1, 2),
        num_decoder_blocks=(2, 1, 1))
    randomised(tiny, 5).save_pretrained(os.path.join(here, "tiny-taesd"))
    tensors = {}
    for name, run in RUNS.items():
        with torch.no_grad():
            compute(name, run, tensors)
        latents = tensors[f"{name}.latents"]
        print(name, tuple(latents.shape), f"{latents.std():.3f}", flush=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(here, "further_runs.safetensors"))
    with open(os.path.join(here, "further_runs.json"), "w") as file:
        json.dump([as_request(name, run) for name, run in RUNS.items()], file, indent=1)
        file.write("\n")
