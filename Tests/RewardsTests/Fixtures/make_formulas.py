"""Makes formulas.safetensors of RewardsTests: the scores that need no network, and their gradients, by NumPy in float64.

    python make_formulas.py        (numpy 2.4)

The formulas are written out once more here; gradients are central differences. Pictures are stored with the results.
"""
import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
EPSILON = 1e-4


def colourfulness(x, epsilon=EPSILON):
    """Hasler and Suesstrunk 2003, on values in [0, 1]; with epsilon 0 as published."""
    r, g, b = x[..., 0], x[..., 1], x[..., 2]
    rg, yb = r - g, 0.5 * (r + g) - b
    spread = np.hypot(np.sqrt(rg.var() + yb.var()), epsilon) - epsilon
    mean = np.hypot(np.hypot(rg.mean(), yb.mean()), epsilon) - epsilon
    return spread + 0.3 * mean


def luma(x):
    return 0.299 * x[..., 0] + 0.587 * x[..., 1] + 0.114 * x[..., 2]


def sharpness(x):
    y = luma(x)
    kernel = {(0, 1): 1, (2, 1): 1, (1, 0): 1, (1, 2): 1, (1, 1): -4}
    h, w = y.shape[0] - 2, y.shape[1] - 2
    v = sum(weight * y[i:i + h, j:j + w] for (i, j), weight in kernel.items()).var()
    return v / (v + 0.01)


def exposure(x):
    y = luma(x)
    deviation = np.hypot(y.std(), EPSILON) - EPSILON
    return 0.01 - np.sqrt((y.mean() - 0.5) ** 2 + (deviation - 0.25) ** 2 + 0.01 ** 2)


def gradient(score, x, step=1e-6):
    result = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        result[place] = (score(moved[0]) - score(moved[1])) / (2 * step)
    return result


def pictures():
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[0:9, 0:13] / 12
    smooth = np.stack([rows, columns, 0.5 + 0.3 * np.sin(9 * rows * columns)], -1)
    return {
        "noise": random.random((2, 12, 12, 3)),
        "wide": np.stack([smooth, np.clip(smooth ** 3 + 0.02 * random.random(smooth.shape), 0, 1)]),
        "constant": np.broadcast_to(np.array([[0.25] * 3, [0.75, 0.25, 0.125]])[:, None, None], (2, 6, 5, 3)),
        "black": np.stack([np.zeros((5, 6, 3)), np.ones((5, 6, 3))]),
    }


def save(tensors, path):
    """safetensors, float32."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        content = np.ascontiguousarray(tensor, dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def main():
    results = {}
    for name, batch in pictures().items():
        batch = batch.astype(np.float32).astype(np.float64)
        results[name] = batch
        for score in (colourfulness, sharpness, exposure):
            key = f"{name}.{score.__name__}"
            results[key] = np.array([score(x) for x in batch])
            results[key + ".gradient"] = np.stack([gradient(score, x) for x in batch])
            print(key, results[key], np.abs(results[key + ".gradient"]).max())
        results[name + ".published"] = np.array([colourfulness(x, 0) for x in batch])
    save(results, HERE / "formulas.safetensors")


if __name__ == "__main__":
    main()
