"""Makes layers.safetensors: single layers of diffusers on inputs and weights made by formula.py, results channels last.

    python make_layers.py        (torch 2.13, diffusers 0.42.1, safetensors)
"""
import pathlib
import sys

import torch
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.downsampling import Downsample2D
from diffusers.models.embeddings import TimestepEmbedding, get_timestep_embedding
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.upsampling import Upsample2D
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "NetworksTests" / "Fixtures"))
from formula import fill, tensor  # noqa: E402


def first(x):
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def filled(name, module):
    fill(module.eval(), lambda key: f"{name}.{key}")
    return module


results = {}
times = torch.tensor([0.0, 1.0, 499.5, 999.0])
results["waves"] = get_timestep_embedding(times, 12, flip_sin_to_cos=True, downscale_freq_shift=0)
results["waves_sine_first_shifted"] = get_timestep_embedding(times, 13, flip_sin_to_cos=False, downscale_freq_shift=1)
results["time"] = filled("time", TimestepEmbedding(12, 20))(results["waves"])

picture = tensor("picture", (2, 5, 7, 16))
resnet = filled("resnet", ResnetBlock2D(in_channels=16, out_channels=24, temb_channels=20, groups=4, eps=1e-5))
results["resnet"] = last(resnet(first(picture), results["time"][:2]))
same = filled("same", ResnetBlock2D(in_channels=16, out_channels=16, temb_channels=None, groups=4, eps=1e-6))
results["same"] = last(same(first(picture), None))

around = filled("around", Downsample2D(16, use_conv=True, out_channels=16, padding=1, name="op"))
results["around"] = last(around(first(picture)))
after = filled("after", Downsample2D(16, use_conv=True, out_channels=16, padding=0, name="op"))
results["after"] = last(after(first(picture)))
up = filled("up", Upsample2D(16, use_conv=True, out_channels=16))
results["up"] = last(up(first(picture)))
results["up_to_9_13"] = last(up(first(picture), output_size=(9, 13)))

tokens = tensor("tokens", (4, 6, 24))
text = tensor("text", (2, 5, 10))
block = filled("block", BasicTransformerBlock(24, 3, 8, cross_attention_dim=10))
results["block"] = block(tokens, encoder_hidden_states=text.repeat_interleave(2, dim=0))
double = filled("double", BasicTransformerBlock(24, 3, 8, double_self_attention=True))
results["double"] = double(tokens)

save_file({key: value.detach().contiguous().clone() for key, value in results.items()}, HERE / "layers.safetensors")
