"""Prints the fixture of AdafactorTests: steps of transformers' Adafactor on a matrix, a vector and a kernel.

    python make_adafactor.py > adafactor.json        (torch 2.15, transformers 4.57)
"""
import json
import sys

import torch
from transformers.optimization import Adafactor

torch.set_num_threads(1)
cases = []
for shape in [(3, 5), (6, 4), (7,), (2, 3, 3, 3)]:
    generator = torch.Generator().manual_seed(len(shape) * 10 + shape[0])
    weight = torch.nn.Parameter(torch.randn(*shape, generator=generator))
    start = weight.detach().clone()
    optimizer = Adafactor([weight], lr=1e-2, scale_parameter=False, relative_step=False, warmup_init=False)
    gradients = []
    for step in range(4):
        # Of other sizes, so that a step's root mean square exceeds 1 in some and not in others.
        gradient = torch.randn(*shape, generator=generator) * [0.1, 3, 0.5, 1][step]
        gradients.append(gradient.flatten().tolist())
        weight.grad = gradient
        optimizer.step()
    cases.append({"shape": shape, "start": start.flatten().tolist(), "gradients": gradients,
                  "end": weight.detach().flatten().tolist()})
json.dump({"rate": 1e-2, "cases": cases}, sys.stdout)
