"""Numbers that Python and Swift both make from a name, so that fixtures need not store weights and inputs.

The Swift side is Tests/TestSupport/FormulaWeights.swift.
"""
import numpy as np
import torch

MASK = (1 << 64) - 1


def _fnv1a(name: str) -> int:
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def spread(name: str, shape) -> np.ndarray:
    """float32 on a grid of 2^-23 inside (-1, 1): SplitMix64 started at the name's FNV-1a hash."""
    count = int(np.prod(shape, dtype=np.int64))
    with np.errstate(over="ignore"):
        steps = np.arange(1, count + 1, dtype=np.uint64)
        z = np.uint64(_fnv1a(name)) + steps * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    whole = (z >> np.uint64(40)).astype(np.int64) - (1 << 23)
    return (whole.astype(np.float32) / np.float32(1 << 23)).reshape(shape)


def parameter(name: str, shape) -> np.ndarray:
    """Norm scales around 1, biases around 0, matrices of variance 1/fanIn."""
    v = spread(name, shape)
    if len(shape) <= 1:
        return np.float32(1) + np.float32(0.25) * v if name.endswith("weight") else np.float32(0.25) * v
    fan_in = int(np.prod(shape[1:], dtype=np.int64))
    return v * np.sqrt(np.float32(3) / np.float32(fan_in))


def tensor(name: str, shape) -> torch.Tensor:
    """An input of variance 1."""
    return torch.from_numpy(spread(name, shape) * np.sqrt(np.float32(3)))


def fill(module: torch.nn.Module, rename=lambda name: name) -> dict:
    """Overwrites every parameter of the module; returns their names (after `rename`) and shapes."""
    shapes = {}
    with torch.no_grad():
        for name, value in module.named_parameters():
            key = rename(name)
            shapes[key] = list(value.shape)
            value.copy_(torch.from_numpy(np.asarray(parameter(key, tuple(value.shape)))))
    return shapes
