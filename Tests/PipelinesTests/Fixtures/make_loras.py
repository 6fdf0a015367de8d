"""LoRAs for tiny-image in the forms that people have, and what diffusers computes with them merged (torch 2.15,
diffusers 0.42.1, peft 0.21.2).

    python make_loras.py        after make_pipelines.py

loras/kohya.safetensors      the names of kohya's scripts on diffusers' layers, with alphas; convolutions and matrices of both networks
loras/kohya_ldm.safetensors  the denoiser's part of the same under the names of the original code
loras/peft.safetensors       what diffusers itself saves, alphas in its metadata
loras/processor.bin          the names of diffusers 0.14, the text encoder's too, no alphas
loras/tucker.safetensors     a convolution cut in three (lora_mid), which diffusers does not read: the sum is torch's conv2d
loras.json                   the settings of whole runs
loras.safetensors            one forward of both networks for each file, and the runs' latents, PyTorch's layout

That diffusers has understood a file is checked: its merged weights must be W + scale * alpha / rank * up @ down.
"""

import json
import os

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from peft import LoraConfig
from safetensors.torch import load_file, save_file

from make_pipelines import IMAGE, NEGATIVE, PROMPT, WIDTH, here
from original_names import unet_key

folder = os.path.join(here, "loras")
generator = torch.Generator().manual_seed(77)

RUNS = {
    "lora": dict(IMAGE, negative_prompt=NEGATIVE, loras=[dict(path="kohya.safetensors", weight=0.75)]),
    "lora-two": dict(
        IMAGE, loras=[dict(path="peft.safetensors"), dict(path="processor.bin", weight=-0.5)]),
}


def pipeline():
    pipe = StableDiffusionPipeline.from_pretrained(os.path.join(here, "tiny-image"))
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def layers(model):
    kinds = (torch.nn.Linear, torch.nn.Conv2d)
    return {name: part for name, part in model.named_modules() if isinstance(part, kinds)}


def draw(*shape):
    return torch.randn(shape, generator=generator)


def pair(weight, rank):
    """A third of the weight's own size, give or take; kernels go into the first of the two."""
    inputs = weight[0].numel()
    down = draw(rank, *weight.shape[1:]) / inputs ** 0.5
    up = draw(weight.shape[0], rank, *[1] * (weight.ndim - 2)) / rank ** 0.5 * weight.std() * 0.3 * inputs ** 0.5
    return down.half(), up.half()


def product(down, up):
    return (up.float().flatten(1) @ down.float().flatten(1)).view(up.shape[0], *down.shape[1:])


def text_name(name):
    return name if name.startswith("text_model.") else "text_model." + name


def kohya(pipe):
    """The file, and what is added to which layer."""
    state, added = {}, {}
    for prefix, model, naming in [("lora_unet_", pipe.unet, str), ("lora_te_", pipe.text_encoder, text_name)]:
        for index, (name, part) in enumerate(layers(model).items()):
            if prefix == "lora_te_" and index % 5 == 4:
                continue  # not every layer need be there
            down, up = pair(part.weight, 3 if part.weight.ndim == 4 and part.weight.shape[-1] == 3 else 2)
            # One for each network: diffusers 0.42.1 with peft 0.21 loses those of layers that differ.
            alpha = torch.tensor(1.5 if model is pipe.unet else 4.0).half()
            key = prefix + naming(name).replace(".", "_")
            state |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up, f"{key}.alpha": alpha}
            added[part] = product(down, up) * alpha.item() / down.shape[0]
    return state, added


def ldm(state, pipe):
    names = {"lora_unet_" + name.replace(".", "_"): name for name in layers(pipe.unet)}
    result = {}
    for key, value in state.items():
        start, ending = key.split(".", 1)
        if start in names:
            name = unet_key(names[start] + ".weight", 1, [False, True]).removesuffix(".weight")
            result[f"lora_unet_{name.replace('.', '_')}.{ending}"] = value
    return result


def processor(pipe):
    state, added = {}, {}
    for name, part in layers(pipe.unet).items():
        if ".attn" in name and ".to_" in name:
            start, kind = name.removesuffix(".0").rsplit(".", 1)
            down, up = pair(part.weight, 2)
            state |= {f"unet.{start}.processor.{kind}_lora.down.weight": down,
                      f"unet.{start}.processor.{kind}_lora.up.weight": up}
            added[part] = product(down, up)
    old = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "out_proj": "to_out"}
    for name, part in layers(pipe.text_encoder).items():
        start, kind = name.rsplit(".", 1)
        if kind in old:
            down, up = pair(part.weight, 2)
            key = f"text_encoder.{text_name(start)}.{old[kind]}_lora"
            state |= {f"{key}.down.weight": down, f"{key}.up.weight": up}
            added[part] = product(down, up)
    return state, added


def save_peft():
    """Drawn, then saved by diffusers itself."""
    from peft.utils import get_peft_model_state_dict
    from diffusers.utils import convert_state_dict_to_diffusers

    pipe = pipeline()
    unet = LoraConfig(r=4, lora_alpha=6, target_modules=["to_q", "to_v", "to_out.0", "conv1", "ff.net.0.proj", "proj_in"])
    text = LoraConfig(r=2, lora_alpha=3, target_modules=["q_proj", "out_proj", "fc2"])
    for model, config in [(pipe.unet, unet), (pipe.text_encoder, text)]:
        model.add_adapter(config)
        for name, p in model.named_parameters():
            if "lora_" in name:
                p.data = draw(*p.shape) * 0.12
        model.peft_config["default"].base_model_name_or_path = None
    StableDiffusionPipeline.save_lora_weights(
        folder, unet_lora_layers=get_peft_model_state_dict(pipe.unet),
        text_encoder_lora_layers=convert_state_dict_to_diffusers(get_peft_model_state_dict(pipe.text_encoder)),
        weight_name="peft.safetensors", unet_lora_adapter_metadata=pipe.unet.peft_config["default"].to_dict(),
        text_encoder_lora_adapter_metadata=pipe.text_encoder.peft_config["default"].to_dict())


def peft_additions(original):
    state = load_file(os.path.join(folder, "peft.safetensors"))
    added = {}
    for prefix, model in [("unet.", original.unet), ("text_encoder.", original.text_encoder)]:
        for name, part in layers(model).items():
            for down, up in [(".lora_A", ".lora_B"), (".lora_linear_layer.down", ".lora_linear_layer.up")]:
                if f"{prefix}{name}{down}.weight" in state:
                    pieces = [state[f"{prefix}{name}{end}.weight"] for end in (down, up)]
                    added[part] = 1.5 * product(*pieces)
    assert 2 * len(added) == len(state)
    return added


def merged(files):
    """A pipeline with LoRAs merged by diffusers; `files` are pairs of name and scale."""
    pipe = pipeline()
    for index, (name, scale) in enumerate(files):
        pipe.load_lora_weights(folder, weight_name=name, adapter_name=f"a{index}")
        pipe.set_adapters([f"a{index}"])
        pipe.fuse_lora(lora_scale=scale, adapter_names=[f"a{index}"])
        pipe.unload_lora_weights()
    return pipe


def check(pipe, original, added, scale):
    found = {**layers(pipe.unet), **{f"te.{k}": v for k, v in layers(pipe.text_encoder).items()}}
    before = {**layers(original.unet), **{f"te.{k}": v for k, v in layers(original.text_encoder).items()}}
    assert set(found) == set(before)
    count = 0
    for name, part in before.items():
        extra = added.get(part, torch.zeros(()))
        expected = part.weight + scale * extra
        distance = (found[name].weight - expected).norm() / expected.norm()
        assert distance < 1e-6, (name, distance)
        count += part in added
    assert count == len(added), (count, len(added))


def forward(name, pipe, tensors):
    ids = pipe.tokenizer(PROMPT, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    tensors[f"{name}.states"] = pipe.text_encoder(ids)[0]
    sample = torch.randn(2, 4, 8, 6, generator=torch.Generator().manual_seed(3))
    text = torch.randn(2, 7, WIDTH, generator=torch.Generator().manual_seed(4))
    tensors |= {"sample": sample, "text": text}
    tensors[f"{name}.unet"] = pipe.unet(sample, torch.tensor([501, 21]), text).sample


def save_tucker(tensors):
    """down 1x1, mid 3x3, up 1x1, as LoCon's layers run one behind the other."""
    down, mid, up = draw(3, 8, 1, 1) * 0.3, draw(2, 3, 3, 3) * 0.3, draw(8, 2, 1, 1) * 0.3
    key = "lora_unet_down_blocks_0_resnets_0_conv2"
    save_file({f"{key}.lora_down.weight": down, f"{key}.lora_mid.weight": mid, f"{key}.lora_up.weight": up,
               f"{key}.alpha": torch.tensor(1.5)}, os.path.join(folder, "tucker.safetensors"))
    pipe = pipeline()
    part = pipe.unet.down_blocks[0].resnets[0].conv2
    plain, scale = part.forward, 1.5 / 3

    def cut(x):
        conv = torch.nn.functional.conv2d
        return plain(x) + scale * conv(conv(conv(x, down), mid, padding=1), up)

    part.forward = cut
    forward("tucker", pipe, tensors)


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.makedirs(folder, exist_ok=True)
    tensors = {}
    with torch.no_grad():
        original = pipeline()
        state, added = kohya(original)
        save_file(state, os.path.join(folder, "kohya.safetensors"), metadata={"ss_network_module": "networks.lora"})
        save_file(ldm(state, original), os.path.join(folder, "kohya_ldm.safetensors"))
        old, added_old = processor(original)
        torch.save(old, os.path.join(folder, "processor.bin"))
        save_peft()
        check(merged([("kohya.safetensors", 0.75)]), original, added, 0.75)
        check(merged([("peft.safetensors", 1.0)]), original, peft_additions(original), 1.0)
        check(merged([("processor.bin", -0.5)]), original, added_old, -0.5)
        for name, scale in [("kohya.safetensors", 0.75), ("peft.safetensors", 1.0), ("processor.bin", -0.5)]:
            forward(name.split(".")[0], merged([(name, scale)]), tensors)
        save_tucker(tensors)
        forward("plain", original, tensors)
        for name, run in RUNS.items():
            pipe = merged([(lora["path"], lora.get("weight", 1.0)) for lora in run["loras"]])
            tensors[f"{name}.latents"] = pipe(
                prompt=run["prompt"], negative_prompt=run.get("negative_prompt", ""), num_inference_steps=run["steps"],
                guidance_scale=run["guidance_scale"], width=run["width"], height=run["height"],
                generator=torch.Generator("cpu").manual_seed(run["seed"]), output_type="latent").images.clone()
            print(name, f"{tensors[f'{name}.latents'].std():.3f}", flush=True)
    for name in tensors:
        if name.endswith(".unet"):
            distance = (tensors[name] - tensors["plain.unet"]).norm() / tensors["plain.unet"].norm()
            print(name, "moves the output by", f"{distance:.3f}")
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(here, "loras.safetensors"))
    with open(os.path.join(here, "loras.json"), "w") as file:
        json.dump([dict(run, name=name) for name, run in RUNS.items()], file, indent=1)
        file.write("\n")
