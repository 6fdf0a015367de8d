"""ControlNets for the tiny models of make_pipelines.py, and what diffusers computes with them (torch 2.15, diffusers 0.42.1,
opencv-python-headless 5.0.0).

    python make_controls.py        after make_pipelines.py, make_further_runs.py and make_checkpoints.py

tiny-controlnet/        a ControlNetModel folder that fits tiny-image and tiny-video
tiny-controlnet-pool/   the same weights, averaged over the picture, blue first
checkpoints/control.pth the architecture of 1.x with its authors' names; pieces of one storage as in make_checkpoints.py
component-controlnet.safetensors
                        inputs for the last
control_edges.png       OpenCV's edges of start.png at 32x32
controls.json           the settings of whole runs
controls.safetensors    what the runs come to, and the outputs of the last, PyTorch's layout

The video pipeline knows no ControlNet: there it is called beside the denoiser, for every frame as for a picture.
"""

import json
import os

import cv2
import numpy as np
import torch
from diffusers import (
    ControlNetModel, DDIMScheduler, EulerDiscreteScheduler, StableDiffusionControlNetImg2ImgPipeline,
    StableDiffusionControlNetPipeline, StableDiffusionPipeline, TextToVideoSDPipeline,
)
from diffusers.loaders.single_file_utils import convert_controlnet_checkpoint
from PIL import Image
from safetensors.torch import save_file

from make_checkpoints import fill, load
from make_further_runs import frames, picture
from make_pipelines import IMAGE, NEGATIVE, VIDEO, WIDTH, here, randomised
from original_names import control_key

NET, POOL = "tiny-controlnet", "tiny-controlnet-pool"


def control(net=NET, image="start.png", **settings):
    return dict(control_net={"path": net}, control_image={"path": image}, **settings)


RUNS = {
    "control": dict(IMAGE, negative_prompt=NEGATIVE, controls=[control()], decode=True),
    "control-strength": dict(IMAGE, width=48, height=24, seed=11, controls=[control(control_strength=0.35)]),
    "control-unguided": dict(IMAGE, guidance_scale=1.0, sampler="euler", controls=[control()]),
    "control-part": dict(IMAGE, controls=[control(control_guidance_start=0.2, control_guidance_end=0.75)]),
    "control-canny": dict(IMAGE, controls=[control(canny=True)]),
    "control-pool": dict(IMAGE, negative_prompt=NEGATIVE, controls=[control(POOL, control_strength=2.0)]),
    "control-two": dict(
        IMAGE, controls=[
            control(control_strength=0.6, control_guidance_end=0.5),
            control(image="mask.png", control_strength=0.8, control_guidance_start=0.3)]),
    "control-start": dict(
        IMAGE, init_img="start.png", strength=0.6, controls=[control(image="mask.png", control_guidance_start=0.4)]),
    "video-control": dict(VIDEO, negative_prompt=NEGATIVE, controls=[control(control_strength=0.9)]),
    "video-control-frames": dict(VIDEO, frames=4, controls=[control(image="start.apng", control_strength=0.9)]),
}


def save_nets():
    def net(**settings):
        return ControlNetModel(
            block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, cross_attention_dim=WIDTH,
            attention_head_dim=2, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            conditioning_embedding_out_channels=(4, 6, 8), **settings)

    randomised(net(), 12).save_pretrained(os.path.join(here, NET))
    net(global_pool_conditions=True, controlnet_conditioning_channel_order="bgr").save_config(os.path.join(here, POOL))
    weights = "diffusion_pytorch_model.safetensors"
    place = os.path.join(here, POOL, weights)
    if not os.path.lexists(place):
        os.symlink(f"../{NET}/{weights}", place)


def edges(image):
    found = cv2.Canny(cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2GRAY), 100, 200)
    return Image.fromarray(np.stack([found] * 3, -1))


def shown(settings, size):
    """The picture, or the pictures, as the pipeline is given them."""
    name = settings["control_image"]["path"]
    if name.endswith(".apng"):
        return list(frames(name))
    if settings.get("canny"):
        image = edges(picture(name).resize(size, Image.LANCZOS))
        image.save(os.path.join(here, "control_edges.png"))
        return image
    return picture(name)


def scheduler(run, pipe):
    return {"ddim": DDIMScheduler, "euler": EulerDiscreteScheduler}[run["sampler"]].from_config(pipe.scheduler.config)


def compute_picture(name, run, tensors):
    base = StableDiffusionPipeline.from_pretrained(os.path.join(here, run["model"]))
    base.scheduler = scheduler(run, base)
    nets = [ControlNetModel.from_pretrained(os.path.join(here, c["control_net"]["path"])) for c in run["controls"]]
    size = (run["width"], run["height"])
    images = [shown(c, size) for c in run["controls"]]

    def one_or_many(values):
        return values if len(values) > 1 else values[0]

    def settings(key, standard):
        return one_or_many([c.get(key, standard) for c in run["controls"]])

    arguments = dict(
        prompt=run["prompt"], negative_prompt=run.get("negative_prompt", ""), num_inference_steps=run["steps"],
        guidance_scale=run["guidance_scale"], width=size[0], height=size[1],
        controlnet_conditioning_scale=settings("control_strength", 1.0),
        control_guidance_start=settings("control_guidance_start", 0.0),
        control_guidance_end=settings("control_guidance_end", 1.0))
    if "init_img" in run:
        kind = StableDiffusionControlNetImg2ImgPipeline
        arguments |= dict(
            image=picture(run["init_img"]).resize(size, Image.LANCZOS), control_image=one_or_many(images),
            strength=run["strength"])
    else:
        kind = StableDiffusionControlNetPipeline
        arguments["image"] = one_or_many(images)
    parts = {key: value for key, value in base.components.items()}
    pipe = kind(**parts, controlnet=one_or_many(nets), requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)

    def generator():
        return torch.Generator("cpu").manual_seed(run["seed"])

    tensors[f"{name}.latents"] = pipe(**arguments, generator=generator(), output_type="latent").images.clone()
    if run.get("decode"):
        tensors[f"{name}.pictures"] = torch.tensor(pipe(**arguments, generator=generator(), output_type="np").images)


def compute_video(name, run, tensors):
    pipe = TextToVideoSDPipeline.from_pretrained(os.path.join(here, run["model"]))
    pipe.scheduler = scheduler(run, pipe)
    pipe.set_progress_bar_config(disable=True)
    settings, count = run["controls"][0], run["frames"]
    net = ControlNetModel.from_pretrained(os.path.join(here, settings["control_net"]["path"]))
    images = shown(settings, None)
    images = images[:count] if isinstance(images, list) else [images] * count
    small = [image.resize((run["width"], run["height"]), Image.LANCZOS) for image in images]
    condition = torch.stack([torch.tensor(np.asarray(image) / 255.0).float().permute(2, 0, 1) for image in small])
    denoise = pipe.unet.forward

    def controlled(sample, t, encoder_hidden_states=None, **rest):
        batch = sample.shape[0]
        flat = sample.permute(0, 2, 1, 3, 4).flatten(0, 1)
        down, middle = net(
            flat, t, encoder_hidden_states.repeat_interleave(count, 0), condition.repeat(batch, 1, 1, 1),
            conditioning_scale=settings["control_strength"], return_dict=False)
        return denoise(
            sample, t, encoder_hidden_states=encoder_hidden_states, down_block_additional_residuals=down,
            mid_block_additional_residual=middle, **rest)

    pipe.unet.forward = controlled
    tensors[f"{name}.latents"] = pipe(
        prompt=run["prompt"], negative_prompt=run.get("negative_prompt", ""), num_inference_steps=run["steps"],
        guidance_scale=run["guidance_scale"], width=run["width"], height=run["height"], num_frames=count,
        generator=torch.Generator("cpu").manual_seed(run["seed"]), output_type="latent").frames.clone()


def save_original(tensors):
    net = ControlNetModel(
        block_out_channels=(32, 64), layers_per_block=1, cross_attention_dim=128, attention_head_dim=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), conditioning_embedding_out_channels=(4, 4, 8, 8)).eval()
    values = fill(net, "control")
    load(net, values)
    state = {control_key(key, 1): value for key, value in values.items()}
    found = convert_controlnet_checkpoint(dict(state), dict(net.config))
    assert set(found) == set(values), set(found) ^ set(values)
    assert all(torch.equal(found[key], values[key]) for key in found)
    torch.save(state, os.path.join(here, "checkpoints/control.pth"))

    def draw(*shape, seed):
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed))

    inputs = {
        "sample": draw(2, 4, 4, 6, seed=41), "timestep": torch.tensor([501.0, 21.0]),
        "encoder_hidden_states": draw(2, 77, 128, seed=42), "controlnet_cond": draw(2, 3, 32, 48, seed=43),
        "conditioning_scale": torch.tensor([0.5])}
    save_file(inputs, os.path.join(here, "component-controlnet.safetensors"))
    out = net(*list(inputs.values())[:4], conditioning_scale=0.5)
    tensors["component.mid_block_res_sample"] = out.mid_block_res_sample
    for index, value in enumerate(out.down_block_res_samples):
        tensors[f"component.down_block_res_samples.{index}"] = value


def as_request(name, run):
    """Files as our requests write them."""
    return {key: {"path": value} if key == "init_img" else value for key, value in dict(run, name=name).items()}


if __name__ == "__main__":
    torch.set_num_threads(1)  # the networks are too small for more
    save_nets()
    tensors = {}
    with torch.no_grad():
        save_original(tensors)
        for name, run in RUNS.items():
            (compute_video if run["model"] == "tiny-video" else compute_picture)(name, run, tensors)
            latents = tensors[f"{name}.latents"]
            print(name, tuple(latents.shape), f"{latents.std():.3f}", flush=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(here, "controls.safetensors"))
    with open(os.path.join(here, "controls.json"), "w") as file:
        json.dump([as_request(name, run) for name, run in RUNS.items()], file, indent=1)
        file.write("\n")
