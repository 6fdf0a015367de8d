"""Prints the fixture of MuonTests: three steps of torch.optim.Muon on one matrix.

    python make_muon.py > muon.json        (torch 2.15)
"""
import json
import sys

import torch

torch.set_num_threads(1)
cases = []
for rows, columns in [(3, 5), (6, 4)]:
    generator = torch.Generator().manual_seed(rows)
    weight = torch.nn.Parameter(torch.randn(rows, columns, generator=generator))
    start = weight.detach().clone()
    optimizer = torch.optim.Muon([weight], lr=0.1, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    gradients = []
    for _ in range(3):
        gradient = torch.randn(rows, columns, generator=generator)
        gradients.append(gradient.flatten().tolist())
        weight.grad = gradient
        optimizer.step()
    cases.append({"shape": [rows, columns], "start": start.flatten().tolist(), "gradients": gradients,
                  "end": weight.detach().flatten().tolist()})
json.dump({"rate": 0.1, "decay": 0.1, "cases": cases}, sys.stdout)
