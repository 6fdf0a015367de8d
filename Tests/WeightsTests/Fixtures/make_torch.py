"""Makes the files of torch.save for the reader's tests (torch 2.15).

    python make_torch.py

torch/zip.pt, legacy.pt, protocol4.pt, protocol5.pt
                    the same tensors of every element type and shape of view in both formats and newer pickles
torch/types.json    what is in them: shapes, and torch's float32 and int64 of each
torch/lightning.ckpt
                    a state_dict among the state of a training, with classes that nobody has
torch/module.pt     a whole module instead of its state_dict
torch/embedding.pt  a textual inversion as the A1111 web UI writes it
torch/evil.bin, evil_legacy.bin
                    a tensor beside a call of os.system that would create a file
"""

import collections
import io
import json
import math
import os
import sys
import types as python_types

import torch

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch")


def tensors():
    values = torch.tensor([[-3.0, 0.0, 1.0], [2.0, 100.0, 7.0]])
    result = collections.OrderedDict()
    for name in "float64 float32 float16 bfloat16 int64 int32 int16 int8".split():
        result[name] = values.to(getattr(torch, name))
    result["uint8"] = values.abs().to(torch.uint8)
    result["bool"] = torch.tensor([[True, False, True], [False, False, True]])
    result["large"] = torch.tensor([2**62 + 1, -(2**63)])
    result["fraction"] = torch.tensor([math.pi, 1e-40, -1e300], dtype=torch.float64)
    result["scalar"] = torch.tensor(0.25)
    result["empty"] = torch.zeros(0, 4)
    base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5)
    result["whole"] = base
    result["transposed"] = base.transpose(0, 2)
    result["column"] = base[:, 1:3, 2]
    result["every_other"] = base[::2, :, ::2]
    result["offset"] = base[1]
    result["channels_last"] = torch.arange(48, dtype=torch.float16).reshape(1, 3, 4, 4).to(memory_format=torch.channels_last)
    result["row_of_one"] = torch.arange(7).expand(1, -1)
    result["parameter"] = torch.nn.Parameter(torch.tensor([1.5, -2.5]))
    nested = collections.OrderedDict(weight=torch.tensor([[1.0, 2.0]]), bias=torch.tensor([3.0]))
    nested._metadata = {"version": 1}
    result["nested"] = nested
    result["list"] = [torch.tensor([1.0]), (torch.tensor([2.0]), "text")]
    result["cycle"] = {"self": result, "inside": torch.tensor([4.0])}
    result["note"] = "ü 🍎"
    result["step"] = 12
    return result


def flat(value, path=""):
    if isinstance(value, torch.Tensor):
        return {path: value}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else []
    found = {}
    for key, item in items:
        if key != "self":
            found |= flat(item, f"{path}.{key}" if path else str(key))
    return found


def save_types():
    everything = tensors()
    # Only the zip format can hold these.
    more = collections.OrderedDict(everything)
    for name in "uint64 uint32 uint16".split():
        more[name] = torch.tensor([3, 0, 7]).to(getattr(torch, name))
    more["complex"] = torch.tensor([1 + 2j])
    more["cycle"] = {"self": more, "inside": torch.tensor([4.0])}
    torch.save(more, f"{here}/zip.pt")
    torch.save(everything, f"{here}/legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(everything, f"{here}/protocol4.pt", pickle_protocol=4)
    torch.save(everything, f"{here}/protocol5.pt", pickle_protocol=5, _use_new_zipfile_serialization=False)

    def described(value):
        return {
            name: {
                "shape": list(t.shape),
                "floats": [repr(x) for x in t.detach().to(torch.float32).flatten().tolist()],
                "integers": None if t.dtype.is_floating_point else t.to(torch.int64).flatten().tolist(),
            }
            for name, t in flat(value).items() if not t.dtype.is_complex
        }

    with open(f"{here}/types.json", "w") as file:
        json.dump({"zip": described(more), "legacy": described(everything)}, file)
        file.write("\n")


def foreign(module, name):
    """A class of a module that exists only here."""
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:count]), python_types.ModuleType(".".join(parts[:count])))
    kind = type(name, (), {"__module__": module})
    setattr(sys.modules[module], name, kind)
    return kind


def save_lightning():
    callback = foreign("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint")()
    callback.best = torch.tensor([9.0])
    attributes = foreign("pytorch_lightning.utilities.parsing", "AttributeDict")()
    attributes.rate = 1e-4
    torch.save(
        {
            "epoch": 3, "global_step": 875000, "pytorch-lightning_version": "1.4.2",
            "callbacks": {type(callback): callback}, "hyper_parameters": attributes,
            "optimizer_states": [{"state": {0: {"exp_avg": torch.ones(4)}}, "param_groups": [{"params": [0]}]}],
            "state_dict": collections.OrderedDict({"model.weight": torch.tensor([[1.0, 2.0]]), "model.bias": torch.tensor([0.5])}),
        },
        f"{here}/lightning.ckpt")


def save_module():
    module = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.BatchNorm1d(1))
    for p in module.parameters():
        p.data.fill_(0.5)
    torch.save(module, f"{here}/module.pt")


def save_embedding():
    vectors = torch.nn.Parameter(torch.arange(12, dtype=torch.float32).reshape(2, 6))
    torch.save(
        {"string_to_token": {"*": 265}, "string_to_param": torch.nn.ParameterDict({"*": vectors}), "name": "style", "step": 500},
        f"{here}/embedding.pt")


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/negspace-pickle-was-run",)


def save_evil():
    for name, is_zip in [("evil.bin", True), ("evil_legacy.bin", False)]:
        torch.save(
            {"weight": torch.tensor([1.0]), "evil": Evil(), "inside": [Evil(), torch.tensor([2.0])]}, f"{here}/{name}",
            _use_new_zipfile_serialization=is_zip)


os.makedirs(here, exist_ok=True)
save_types()
save_lightning()
save_module()
save_embedding()
save_evil()
