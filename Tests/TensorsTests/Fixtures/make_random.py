"""Writes random.json: what PyTorch, NumPy and the A1111 web UI draw.

python make_random.py RNG_PHILOX, where RNG_PHILOX is modules/rng_philox.py of AUTOMATIC1111/stable-diffusion-webui.
Made with torch 2.13.0+cpu (AVX512 machine; its normal kernel is the AVX2 one) and numpy 2.4.6.

A case is one generator and its draws in order. Up to 64 values are stored (floats as bit patterns, so that equal means
equal); of longer draws the first and last four and the FNV-1a hash of all, one 32-bit or 64-bit word at a time.
"""

import importlib.util
import json
import pathlib
import sys

import numpy as np
import torch


def words(values):
    values = np.ascontiguousarray(values)
    return (values.view(np.uint32) if values.dtype == np.float32 else values.astype(np.int64)).tolist()


def fnv1a(values):
    result = 0xCBF29CE484222325
    for value in values:
        result = ((result ^ (value & 0xFFFFFFFFFFFFFFFF)) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{result:016x}"


def case(algorithm, seed, draws, generator, methods):
    results = []
    for kind, *arguments in draws:
        values = words(methods[kind](generator, *arguments))
        entry = {"kind": kind, "arguments": arguments, "count": len(values)}
        if len(values) <= 64:
            entry["values"] = values
        else:
            entry |= {"first": values[:4], "last": values[-4:], "hash": fnv1a(values)}
        results.append(entry)
    return {"algorithm": algorithm, "seed": seed, "draws": results}


def torch_case(seed, *draws):
    methods = {
        "normal": lambda g, n: torch.randn(n, generator=g).numpy(),
        "uniform": lambda g, n: torch.rand(n, generator=g).numpy(),
        "permutation": lambda g, n: torch.randperm(n, generator=g).numpy(),
        "integers": lambda g, n, low, high: torch.randint(low, high, (n,), generator=g).numpy(),
    }
    return case("torch", seed, draws, torch.Generator("cpu").manual_seed(seed), methods)


def numpy_case(seed, *draws):
    methods = {
        "normal": lambda g, n: g.standard_normal(n).astype(np.float32),
        "uniform": lambda g, n: g.random_sample(n).astype(np.float32),
        "permutation": lambda g, n: g.permutation(n),
    }
    return case("numpy", seed, draws, np.random.RandomState(seed), methods)


def philox_case(seed, *draws):
    specification = importlib.util.spec_from_file_location("rng_philox", sys.argv[1])
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return case("nv", seed, draws, module.Generator(seed), {"normal": lambda g, n: g.randn((n,))})


cases = [
    torch_case(42, ("normal", 100_000)),
    torch_case(0, *[("normal", n) for n in (16, 17, 31, 15, 1, 7, 0, 100, 2, 33, 1, 1)]),
    torch_case(7, ("normal", 3), ("uniform", 5), ("normal", 1), ("uniform", 1), ("normal", 20), ("normal", 2)),
    torch_case(2**32 + 5, ("normal", 20)),
    torch_case(5, ("normal", 20)),
    torch_case(-1, ("normal", 20)),
    torch_case(1, ("uniform", 100_000)),
    torch_case(3, ("normal", 4 * 64 * 64), ("normal", 4 * 16 * 16 * 16), ("normal", 1000)),
    torch_case(
        1234,
        ("permutation", 1), ("permutation", 10), ("permutation", 1000), ("permutation", 50_000), ("normal", 4),
        ("integers", 20, 0, 10), ("integers", 20, -5, 3), ("integers", 8, 0, 2**28 - 1), ("integers", 8, 0, 2**28),
        ("integers", 8, -(2**40), 2**41), ("integers", 1000, 0, 1000), ("normal", 4),
    ),
    numpy_case(42, ("normal", 100_000)),
    numpy_case(0, ("normal", 7), ("uniform", 5), ("normal", 1), ("permutation", 20), ("normal", 2)),
    numpy_case(2**32 - 1, ("uniform", 64), ("permutation", 5000)),
    philox_case(0, ("normal", 12)),
    philox_case(42, ("normal", 5), ("normal", 4 * 64 * 64), ("normal", 3)),
    philox_case(2**40 + 3, ("normal", 40)),
]

path = pathlib.Path(__file__).with_name("random.json")
path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in cases) + "\n]\n")
