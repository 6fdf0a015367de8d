"""Writes precision.safetensors: function values in float64, bfloat16 roundings, and AdamW steps, by PyTorch.

    python Tests/KernelsTests/Fixtures/make_precision.py
"""
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(7)
tensors = {}

# Functions: x in float32, the value from float64 rounded once.
wide = torch.cat([torch.linspace(-87, 88.5, 401), torch.linspace(-9, 9, 301), torch.linspace(-1, 1, 201), torch.logspace(-8, 1, 60), -torch.logspace(-8, 1, 60)])
narrow = wide[wide.abs() <= 12]
for name, x, function in [
    ("exp", wide, torch.exp), ("tanh", wide, torch.tanh), ("sigmoid", wide, torch.sigmoid), ("silu", wide, F.silu),
    ("gelu", narrow, F.gelu), ("softplus", wide, F.softplus), ("gelu_tanh", narrow, lambda x: F.gelu(x, approximate="tanh")),
]:
    tensors[f"{name}/x"] = x.clone()
    tensors[f"{name}/y"] = function(x.double()).float()

# Roundings to bfloat16: specials, ties both ways, the largest numbers, denormals, random bits.
bits = [0x00000000, 0x80000000, 0x7F800000, 0xFF800000, 0x3F800000, 0x3F808000, 0x3F818000, 0x3F808001, 0x3F807FFF, 0xBF808000,
        0xBF818000, 0x7F7FFFFF, 0x7F7F7FFF, 0x7F7F8000, 0xFF7FFFFF, 0x00000001, 0x00008000, 0x00008001, 0x00018000, 0x007FFFFF,
        0x80000001, 0x80008001, 0x00800000, 0x7FC00000, 0x7F800001, 0xFFFFFFFF, 0xFF800001]
edges = torch.tensor(bits, dtype=torch.int64).to(torch.int32)
randoms = torch.randint(-(2**31), 2**31, (500,), dtype=torch.int64).to(torch.int32)
x = torch.cat([edges, randoms]).view(torch.float32)
tensors["round/x"] = x
tensors["round/y"] = x.to(torch.bfloat16)

# AdamW, five steps, with an exponential moving average behind it.
for name, settings in {
    "adamw": dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1),
    "adamw_plain": dict(lr=3e-3, betas=(0.8, 0.95), eps=1e-5, weight_decay=0.0),
}.items():
    weight = torch.nn.Parameter(torch.randn(37, dtype=torch.float64).float().double())
    average = weight.detach().clone()
    gradients = (torch.randn(5, 37, dtype=torch.float64) * torch.logspace(-6, 2, 37, dtype=torch.float64)).float().double()
    tensors[f"{name}/start"] = weight.detach().float()
    tensors[f"{name}/gradients"] = gradients.float()
    optimizer = torch.optim.AdamW([weight], **settings)
    weights, averages = [], []
    for gradient in gradients:
        weight.grad = gradient.clone() * 0.5
        optimizer.step()
        average.lerp_(weight.detach(), 1 - 0.9)
        weights.append(weight.detach().float())
        averages.append(average.float().clone())
    tensors[f"{name}/weights"] = torch.stack(weights)
    tensors[f"{name}/averages"] = torch.stack(averages)

path = pathlib.Path(__file__).with_name("precision.safetensors")
save_file({k: v.contiguous() for k, v in tensors.items()}, path)
print(path.stat().st_size, "bytes")
