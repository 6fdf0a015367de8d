"""Makes the fixtures of the weights tests (torch 2.13, safetensors 0.8, diffusers 0.42, transformers 5.23).

    python make_weights.py

types.safetensors      every element type that the reader knows, and types.json with torch's float32 and int64 of each
rounding.safetensors   float32 values, torch's bfloat16 of them; all float16 values, torch's float32 of them
pipeline/              a diffusers pipeline without networks of its own: an index, a scheduler with -Infinity, a sharded and
                       a plain component
"""

import json
import math
import os
import shutil

import torch
from diffusers import DPMSolverMultistepScheduler, UNet2DModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

here = os.path.dirname(os.path.abspath(__file__))


def types():
    values = torch.tensor([[-3.0, 0.0, 1.0], [2.0, 100.0, 7.0]])
    tensors = {}
    for name in "float64 float32 float16 bfloat16 int64 int32 int16 int8".split():
        tensors[name] = values.to(getattr(torch, name))
    for name in "uint64 uint32 uint16 uint8".split():
        tensors[name] = values.abs().to(torch.int64).to(getattr(torch, name))
    tensors["bool"] = torch.tensor([[True, False, True], [False, False, True]])
    tensors["large"] = torch.tensor([2**62 + 1, -(2**63)])
    tensors["fraction"] = torch.tensor([math.pi, 1e-40, -1e300], dtype=torch.float64)
    tensors["scalar"] = torch.tensor(0.25)
    tensors["empty"] = torch.zeros(0, 4)
    save_file(tensors, f"{here}/types.safetensors", metadata={"format": "pt", "note": 'quotes " \\ and ü 🍎'})
    expected = {
        name: {
            "shape": list(t.shape),
            "floats": [repr(x) for x in t.to(torch.float32).flatten().tolist()],
            "integers": None if t.dtype.is_floating_point else t.to(torch.int64).flatten().tolist(),
        }
        for name, t in tensors.items()
    }
    with open(f"{here}/types.json", "w") as f:
        json.dump(expected, f, indent=1)


def rounding():
    generator = torch.Generator().manual_seed(0)
    bits = torch.randint(-(2**31), 2**31, (2000,), generator=generator, dtype=torch.int64).to(torch.int32)
    random = bits.view(torch.float32)
    random = random[~random.isnan()]
    # Ties, neighbours of ties, the largest finite value, infinities, subnormals.
    special = torch.tensor(
        [0x3F808000, 0x3F818000, 0x3F807FFF, 0x3F808001, 0x3F818001, 0x7F7FFFFF, 0x7F7F7FFF, 0x7F800000, 0x00000001, 0x00008000, 0x00018000, 0]
    ).to(torch.int32)
    values = torch.cat([random, special.view(torch.float32), -special.view(torch.float32)])
    half = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16).view(torch.float16)
    half = half[~half.isnan()]
    # Every eleventh, and all around zero and the infinities.
    half = torch.cat([half[::11], half[half.abs() < 2e-6], half[half.abs() > 6.5e4]])
    save_file(
        {"float32": values, "bfloat16": values.to(torch.bfloat16), "half": half, "half_as_float32": half.to(torch.float32), "half_as_bfloat16": half.to(torch.bfloat16)},
        f"{here}/rounding.safetensors",
    )


def pipeline():
    folder = f"{here}/pipeline"
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(0)
    DPMSolverMultistepScheduler().save_pretrained(f"{folder}/scheduler")
    unet = UNet2DModel(
        sample_size=8, in_channels=2, out_channels=2, layers_per_block=1, block_out_channels=(4,), norm_num_groups=2,
        down_block_types=("DownBlock2D",), up_block_types=("UpBlock2D",), attention_head_dim=2,
    )
    unet.save_pretrained(f"{folder}/unet", max_shard_size="8KB")
    unet.half().save_pretrained(f"{folder}/unet_half", variant="fp16")
    text = CLIPTextModel(
        CLIPTextConfig(vocab_size=20, hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, max_position_embeddings=7)
    )
    text.save_pretrained(f"{folder}/text_encoder")
    with open(f"{folder}/model_index.json", "w") as f:
        json.dump(
            {
                "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.1",
                "scheduler": ["diffusers", "DPMSolverMultistepScheduler"], "unet": ["diffusers", "UNet2DModel"],
                "unet_half": ["diffusers", "UNet2DModel"], "text_encoder": ["transformers", "CLIPTextModel"],
                "vae": ["diffusers", "AutoencoderKL"], "safety_checker": [None, None], "requires_safety_checker": True,
            },
            f,
            indent=2,
        )
    with open(f"{folder}/expected.json", "w") as f:
        json.dump({"unet": sum(p.numel() for p in unet.parameters()), "unet_tensors": sorted(unet.state_dict())}, f)


types()
rounding()
pipeline()
