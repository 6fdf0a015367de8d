"""AnimateDiff on the tiny models of make_pipelines.py and make_checkpoints.py, and what diffusers computes with it (torch 2.15,
diffusers 0.42.1, peft 0.21.2).

    python make_motions.py        after make_pipelines.py, make_further_runs.py, make_checkpoints.py and make_controls.py

tiny-motion/                 a MotionAdapter folder that fits tiny-image, with a module in the middle and 8 places (version 2)
checkpoints/motion.ckpt      modules that fit checkpoints/sd1.ckpt with their authors' names, none in the middle, 6 places (versions 1
                             and 3); float16, pieces of one storage as in make_checkpoints.py
loras/motion.safetensors     a MotionLoRA as diffusers publishes them
loras/motion.ckpt            the same with the authors' names
component-motion.safetensors inputs of one forward
motions.json                 the settings of whole runs
motions.safetensors          what they and the forwards come to, PyTorch's layout

The tables of positions of tiny-motion are not those that diffusers makes: only a reader of the stored ones gets its results.
"""

import json
import os

import torch
from diffusers import (
    AnimateDiffControlNetPipeline, AnimateDiffPipeline, AnimateDiffVideoToVideoPipeline, ControlNetModel, DDIMScheduler,
    EulerAncestralDiscreteScheduler, MotionAdapter, StableDiffusionPipeline, UNetMotionModel,
)
from diffusers.loaders.single_file_utils import convert_animatediff_checkpoint_to_diffusers
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPTokenizer

import make_checkpoints as single
from make_further_runs import frames, picture
from make_pipelines import NEGATIVE, STANDARD, WIDTH, here, randomised
from original_names import motion_key

SCHEDULERS = {"ddim": DDIMScheduler, "euler_a": EulerAncestralDiscreteScheduler}
# What diffusers' guide to AnimateDiff asks for.
ADVICE = dict(clip_sample=False, timestep_spacing="linspace", beta_schedule="linear", steps_offset=1)
MOTION = dict(STANDARD, model="tiny-image", motion_adapter="tiny-motion", width=32, height=32, frames=5)
RUNS = {
    "motion": dict(MOTION, negative_prompt=NEGATIVE, decode=True),
    "motion-eta": dict(MOTION, eta=1.0, frames=8, width=40, height=24, seed=11),
    "motion-euler_a": dict(MOTION, sampler="euler_a"),
    "motion-lora": dict(MOTION, steps=4, loras=[dict(path="loras/motion.safetensors", weight=0.8)]),
    "motion-control": dict(MOTION, steps=4, controls=[dict(
        control_net={"path": "tiny-controlnet"}, control_image={"path": "start.apng"}, control_strength=0.9)]),
    "motion-start": dict(MOTION, init_video={"path": "start.apng"}, strength=0.6, eta=0.5),
    "motion-file": dict(
        STANDARD, model="checkpoints/sd1.ckpt", motion_adapter="checkpoints/motion.ckpt", width=16, height=16, frames=6,
        steps=4, guidance_scale=5.0),
}


def save_folder():
    adapter = randomised(MotionAdapter(
        block_out_channels=(8, 16), motion_layers_per_block=1, motion_num_attention_heads=2, motion_norm_num_groups=4,
        motion_max_seq_length=8, use_motion_mid_block=True), 21)
    generator = torch.Generator().manual_seed(22)
    for _, table in adapter.named_buffers():
        table.add_(0.3 * torch.randn(table.shape, generator=generator))
    adapter.save_pretrained(os.path.join(here, "tiny-motion"))


def file_adapter():
    """Built from the authors' names by diffusers' own conversion; its tables are diffusers' own."""
    adapter = MotionAdapter(
        block_out_channels=(32, 64), motion_layers_per_block=1, motion_num_attention_heads=8, motion_max_seq_length=6,
        use_motion_mid_block=False).eval()
    values = {name: single.piece(f"motion.{name}", p.shape) for name, p in adapter.named_parameters()}
    state = {motion_key(name): value for name, value in values.items()}
    for name, table in adapter.named_buffers():
        key = motion_key(name)
        state[key] = state[key.replace("blocks.0.pos", "blocks.1.pos")] = table.clone()
    found = convert_animatediff_checkpoint_to_diffusers(dict(state))
    assert set(found) == set(values), set(found) ^ set(values)
    single.load(adapter, found)
    torch.save(
        {"epoch": 1, "global_step": 5, "state_dict": {f"module.{key}": value for key, value in state.items()}},
        os.path.join(here, "checkpoints/motion.ckpt"))
    return adapter


def save_lora(adapter):
    generator = torch.Generator().manual_seed(23)
    state = {}
    for name, part in adapter.named_modules():
        if isinstance(part, torch.nn.Linear) and ".to_" in name:
            start, kind = name.removesuffix(".0").rsplit(".", 1)
            key = f"{start}.processor.{kind}_lora"
            state[f"{key}.down.weight"] = torch.randn(2, part.in_features, generator=generator) * 0.3
            state[f"{key}.up.weight"] = torch.randn(part.out_features, 2, generator=generator) * 0.3
    save_file({f"unet.{key}": value for key, value in state.items()}, os.path.join(here, "loras/motion.safetensors"))
    torch.save({"state_dict": {motion_key(key): value for key, value in state.items()}},
               os.path.join(here, "loras/motion.ckpt"))


def base(run, own):
    """The parts of the model as diffusers' pipelines take them."""
    if run["model"] == "tiny-image":
        pipe = StableDiffusionPipeline.from_pretrained(os.path.join(here, run["model"]))
        adapter = MotionAdapter.from_pretrained(os.path.join(here, run["motion_adapter"]))
        parts = {key: pipe.components[key] for key in ["unet", "vae", "text_encoder", "tokenizer"]}
    else:
        unet, vae = single.unet((32, 64), 1, 8, False), single.autoencoder()
        text = single.text_model(2, "quick_gelu")
        for model, prefix in [(unet, "sd1.unet"), (vae, "vae"), (text, "sd1.text")]:
            single.load(model, single.fill(model, prefix))
        parts = dict(
            unet=unet, vae=vae, text_encoder=text,
            tokenizer=CLIPTokenizer.from_pretrained(os.path.join(here, "tiny-image/tokenizer")))
        adapter = own
    advised = DDIMScheduler.from_pretrained(os.path.join(here, "tiny-image/scheduler"), **ADVICE)
    scheduler = SCHEDULERS[run["sampler"]].from_config(advised.config)
    return parts | dict(motion_adapter=adapter, scheduler=scheduler)


def compute(name, run, own, tensors):
    parts = base(run, own)
    arguments = dict(
        prompt=run["prompt"], negative_prompt=run.get("negative_prompt", ""), num_inference_steps=run["steps"],
        guidance_scale=run["guidance_scale"], width=run["width"], height=run["height"], eta=run.get("eta", 0.0))
    if "controls" in run:
        control = run["controls"][0]
        net = ControlNetModel.from_pretrained(os.path.join(here, control["control_net"]["path"]))
        pipe = AnimateDiffControlNetPipeline(**parts, controlnet=net)
        shown = [image.resize((run["width"], run["height"]), Image.LANCZOS) for image in frames(control["control_image"]["path"])]
        arguments |= dict(
            conditioning_frames=shown[:run["frames"]], num_frames=run["frames"],
            controlnet_conditioning_scale=control["control_strength"])
    elif "init_video" in run:
        pipe = AnimateDiffVideoToVideoPipeline(**parts)
        arguments |= dict(video=list(frames(run["init_video"]["path"]))[:run["frames"]], strength=run["strength"])
    else:
        pipe = AnimateDiffPipeline(**parts)
        arguments["num_frames"] = run["frames"]
    pipe.set_progress_bar_config(disable=True)
    for lora in run.get("loras", []):
        pipe.load_lora_weights(here, weight_name=lora["path"], adapter_name="a")
        pipe.fuse_lora(lora_scale=lora["weight"], components=["unet"])
        pipe.unload_lora_weights()

    def generator():
        return torch.Generator("cpu").manual_seed(run["seed"])

    tensors[f"{name}.latents"] = pipe(**arguments, generator=generator(), output_type="latent").frames.clone()
    if run.get("decode"):
        tensors[f"{name}.pictures"] = torch.tensor(pipe(**arguments, generator=generator(), output_type="np").frames[0])
    print(name, tuple(tensors[f"{name}.latents"].shape), f"{tensors[f'{name}.latents'].std():.3f}", flush=True)


def forward(tensors):
    def draw(*shape, seed):
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed))

    inputs = {
        "sample": draw(2, 4, 5, 6, 8, seed=51), "timestep": torch.tensor([501.0, 21.0]),
        "encoder_hidden_states": draw(2, 77, WIDTH, seed=52)}
    save_file(inputs, os.path.join(here, "component-motion.safetensors"))
    parts = base(MOTION, None)
    unet = UNetMotionModel.from_unet2d(parts["unet"], parts["motion_adapter"])
    tensors["component.motion"] = unet(
        inputs["sample"], inputs["timestep"], inputs["encoder_hidden_states"].repeat_interleave(5, 0)).sample


if __name__ == "__main__":
    torch.set_num_threads(1)
    tensors = {}
    with torch.no_grad():
        save_folder()
        own = file_adapter()
        save_lora(MotionAdapter.from_pretrained(os.path.join(here, "tiny-motion")))
        forward(tensors)
        for name, run in RUNS.items():
            compute(name, run, own, tensors)
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(here, "motions.safetensors"))
    with open(os.path.join(here, "motions.json"), "w") as file:
        json.dump([dict(run, name=name) for name, run in RUNS.items()], file, indent=1)
        file.write("\n")
