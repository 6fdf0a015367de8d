"""Writes operators.safetensors: inputs, outputs and gradients of every operator, computed by PyTorch in float64.

    python Tests/TensorsTests/Fixtures/make_operators.py

For a case NAME the file holds NAME/in0, NAME/in1, … (bfloat16, so that both element types start from the same numbers),
NAME/out, and, where the operator is differentiated, NAME/up (the gradient of the output) and NAME/grad0, … (float32).
Layouts are this package's: pictures (N, H, W, C), tokens (B, T, C), convolution weights (O, I, kh, kw).
"""
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(20240607)
tensors = {}


def random(*shape, scale=1.0, offset=0.0):
    return (torch.randn(shape, dtype=torch.float64) * scale + offset).to(torch.bfloat16).double()


def case(name, function, *inputs, gradient=True):
    assert f"{name}/out" not in tensors, name
    leaves = [x.clone().requires_grad_(gradient) for x in inputs]
    out = function(*leaves)
    for i, x in enumerate(inputs):
        tensors[f"{name}/in{i}"] = x.to(torch.bfloat16).contiguous()
    tensors[f"{name}/out"] = out.detach().float().contiguous()
    if gradient:
        up = random(*out.shape)
        tensors[f"{name}/up"] = up.to(torch.bfloat16).contiguous()
        for i, g in enumerate(torch.autograd.grad(out, leaves, up)):
            tensors[f"{name}/grad{i}"] = g.float().contiguous()


def first(x):  # channels-last to channels-first
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


# Convolutions
def convolution(stride=(1, 1), pad=(0, 0, 0, 0)):
    # pad: left, right, top, bottom
    def run(x, w, b=None):
        return last(F.conv2d(F.pad(first(x), pad), w, b, stride=stride))

    return run


def weight(*shape):
    return random(*shape, scale=(shape[1] * shape[2] * shape[3]) ** -0.5)


case("conv_3x3", convolution(pad=(1, 1, 1, 1)), random(2, 6, 5, 8), weight(4, 8, 3, 3), random(4))
case("conv_3x3_no_bias", convolution(pad=(1, 1, 1, 1)), random(1, 4, 5, 16), weight(8, 16, 3, 3))
case("conv_3x3_wide", convolution(pad=(1, 1, 1, 1)), random(1, 4, 3, 32), weight(4, 32, 3, 3), random(4))
case("conv_rgb_in", convolution(pad=(1, 1, 1, 1)), random(1, 5, 4, 3), weight(8, 3, 3, 3), random(8))
case("conv_rgb_out", convolution(pad=(1, 1, 1, 1)), random(2, 4, 5, 16), weight(3, 16, 3, 3), random(3))
case("conv_1x1", convolution(), random(2, 3, 4, 8), weight(16, 8, 1, 1), random(16))
case("conv_1x1_four", convolution(), random(2, 3, 4, 4), weight(4, 4, 1, 1), random(4))
case("conv_stride2", convolution((2, 2), (1, 1, 1, 1)), random(2, 6, 8, 8), weight(8, 8, 3, 3), random(8))
case("conv_stride2_asymmetric", convolution((2, 2), (0, 1, 0, 1)), random(2, 6, 8, 4), weight(8, 4, 3, 3), random(8))
case("conv_temporal", convolution((1, 1), (0, 0, 1, 1)), random(2, 5, 6, 8), weight(8, 8, 3, 1), random(8))
case("conv_temporal_causal", convolution((1, 1), (0, 0, 2, 0)), random(1, 4, 3, 4), weight(8, 4, 3, 1), random(8))
case("conv_valid_stride", convolution((2, 1)), random(1, 7, 6, 3), weight(4, 3, 4, 2), random(4))
case("conv_patches", convolution((4, 4)), random(1, 8, 8, 3), weight(16, 3, 4, 4))

# Products
case("linear", F.linear, random(2, 5, 8), random(6, 8, scale=0.3), random(6))
case("linear_no_bias", F.linear, random(7, 16), random(4, 16, scale=0.3))
case("linear_rank4", F.linear, random(2, 2, 3, 32), random(3, 32, scale=0.2), random(3))
for rank, batch in ((2, ()), (3, (3,)), (4, (2, 3))):
    for ta in (False, True):
        for tb in (False, True):
            a = random(*batch, *((4, 5) if ta else (5, 4)))
            b = random(*batch, *((6, 4) if tb else (4, 6)))
            case(
                f"matmul_rank{rank}_{'t' if ta else 'n'}{'t' if tb else 'n'}",
                lambda a, b, ta=ta, tb=tb: (a.mT if ta else a) @ (b.mT if tb else b), a, b)


# Norms
def group_norm(groups, silu=False, epsilon=1e-5):
    def run(x, scale, shift):
        y = last(F.group_norm(first(x), groups, scale, shift, epsilon))
        return F.silu(y) if silu else y

    return run


case("group_norm_one", group_norm(4), random(1, 5, 4, 16), random(16, offset=1), random(16))
case("group_norm_many", group_norm(2), random(5, 3, 4, 8), random(8, offset=1), random(8))
case("group_norm_silu", group_norm(4, silu=True), random(3, 4, 4, 8), random(8, offset=1), random(8))
case("group_norm_silu_one", group_norm(8, silu=True), random(1, 7, 5, 16), random(16, offset=1), random(16))
case("group_norm_offset", group_norm(4, epsilon=1e-6), random(2, 6, 6, 8, scale=2, offset=200), random(8, offset=1), random(8))
case("group_norm_offset_silu", group_norm(2, silu=True, epsilon=1e-6), random(1, 6, 6, 8, scale=2, offset=-300),
     random(8, offset=1), random(8))
case("group_norm_tokens", group_norm(4), random(2, 9, 8), random(8, offset=1), random(8))
case("group_norm_video", group_norm(2, silu=True), random(2, 3, 2, 2, 8), random(8, offset=1), random(8))
case("layer_norm", lambda x, s, b: F.layer_norm(x, (16,), s, b, 1e-5), random(2, 5, 16), random(16, offset=1), random(16))
case("layer_norm_odd", lambda x, s, b: F.layer_norm(x, (19,), s, b, 1e-6), random(6, 19, offset=3), random(19, offset=1), random(19))


# Attention
def attention(heads, causal=False, scale=None):
    def run(q, k, v):
        split = lambda x: x.unflatten(-1, (heads, -1)).transpose(1, 2)
        out = F.scaled_dot_product_attention(split(q), split(k), split(v), is_causal=causal, scale=scale)
        return out.transpose(1, 2).flatten(2)

    return run


case("attention_short", attention(2), random(2, 5, 8), random(2, 7, 8), random(2, 7, 8))
case("attention_short_causal", attention(2, causal=True), random(2, 6, 8), random(2, 6, 8), random(2, 6, 8))
case("attention_short_scaled", attention(4, scale=0.7), random(3, 4, 16), random(3, 9, 16), random(3, 9, 16))
case("attention_one_head", attention(1), random(2, 3, 5), random(2, 5, 5), random(2, 5, 5))
case("attention_long", attention(2), random(2, 130, 8), random(2, 90, 8), random(2, 90, 8))
case("attention_long_causal", attention(1, causal=True), random(1, 110, 6), random(1, 110, 6), random(1, 110, 6))

# One element at a time
span = random(3, 13, scale=2.5)
positive = random(3, 13).abs() + 0.125
positive = positive.to(torch.bfloat16).double()
away = torch.where(span.abs() < 0.25, span.sign() * 0.25 + span, span).to(torch.bfloat16).double()
UNARY = {
    "exp": torch.exp, "square": torch.square, "abs": torch.abs, "sigmoid": torch.sigmoid, "silu": F.silu,
    "tanh": torch.tanh, "relu": torch.relu, "gelu": F.gelu, "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x), "softplus": F.softplus, "sin": torch.sin, "cos": torch.cos,
    "negate": torch.neg, "clamped": lambda x: x.clamp(-1.5, 2), "affine": lambda x: 3 - 0.5 * x,
}
for name, function in UNARY.items():
    case(name, function, span)
for name, function in {"log": torch.log, "sqrt": torch.sqrt}.items():
    case(name, function, positive)
case("reciprocal", lambda x: 2 / x, away)
case("geglu", lambda x: x.chunk(2, -1)[0] * F.gelu(x.chunk(2, -1)[1]), random(3, 4, 22))

# Two tensors, every kind of broadcasting
PAIRS = {
    "same": ((3, 4, 5), (3, 4, 5)), "last": ((3, 4, 5), (5,)), "first": ((3, 4, 5), (3, 1, 1)), "middle": ((3, 4, 5), (1, 4, 1)),
    "outer": ((3, 1, 5), (1, 4, 1)), "scalar": ((3, 4, 5), ()), "left": ((5,), (2, 3, 5)), "hole": ((2, 3, 4, 5), (2, 1, 1, 5)),
    "both": ((2, 1, 4, 1), (3, 1, 5)),
}
for kind, (left, right) in PAIRS.items():
    a, b = random(*left), random(*right)
    b = torch.where(b.abs() < 0.5, b.sign() + b, b).to(torch.bfloat16).double()
    case(f"add_{kind}", torch.add, a, b)
    case(f"subtract_{kind}", torch.sub, a, b)
    case(f"multiply_{kind}", torch.mul, a, b)
    case(f"divide_{kind}", torch.div, a, b)
case("maximum", torch.maximum, random(3, 7), random(3, 7))
case("minimum", torch.minimum, random(3, 7), random(3, 7))

# Sums and softmax
box = random(2, 3, 4, 5)
case("sum_all", torch.sum, box)
case("mean_all", torch.mean, box)
for name, axes in {"leading": (0, 1), "trailing": (2, 3), "middle": (1, 2), "split": (0, 2), "ends": (0, 3), "one": (1,)}.items():
    case(f"sum_{name}", lambda x, axes=axes: x.sum(axes), box)
    case(f"mean_{name}_kept", lambda x, axes=axes: x.mean(axes, keepdim=True), box)
case("softmax", lambda x: x.softmax(-1), random(3, 4, 7, scale=3))
case("log_softmax", lambda x: x.log_softmax(-1), random(3, 4, 7, scale=3))
case("row_maximum", lambda x: x.amax(-1), random(3, 4, 9), gradient=False)

# Shapes
case("concatenate_last", lambda *x: torch.cat(x, -1), random(2, 3, 4), random(2, 3, 1), random(2, 3, 5))
case("concatenate_first", lambda *x: torch.cat(x, 0), random(2, 3), random(1, 3))
case("concatenate_middle", lambda *x: torch.cat(x, 1), random(2, 3, 4), random(2, 2, 4))
case("slice", lambda x: x[:, 1:3], random(2, 4, 3))
case("slice_last", lambda x: x[..., 2:5], random(2, 4, 7))
case("padded", lambda x: F.pad(x, (0, 0, 2, 1)), random(2, 3, 4))
for axes in ((1, 0), (0, 2, 1), (2, 1, 0), (1, 2, 0), (0, 2, 1, 3), (0, 3, 1, 2), (3, 1, 2, 0), (0, 2, 1, 4, 3), (4, 2, 0, 3, 1), (0, 1, 3, 2, 4)):
    case("transposed_" + "".join(map(str, axes)), lambda x, axes=axes: x.permute(axes), random(*(2, 3, 4, 5, 3)[: len(axes)]))
case("rows", lambda x: x[[3, 0, 3, 3, 1]], random(5, 2, 3))
case("repeated", lambda x: x.repeat_interleave(3, 1), random(2, 3, 4))
case("repeated_first", lambda x: x.repeat_interleave(2, 0), random(2, 3))
case("expanded", lambda x: x.expand(2, 3, 4, 5), random(3, 1, 5))
case("reshaped", lambda x: x.reshape(4, 6), random(2, 3, 4))

# Pictures
picture = random(1, 5, 6, 3)


def resize(height, width, **arguments):
    return lambda x: last(F.interpolate(first(x), (height, width), **arguments))


case("upsampled_nearest", resize(10, 12, mode="nearest"), picture)
case("resized_nearest_up", resize(7, 11, mode="nearest"), picture)
case("resized_nearest_down", resize(3, 4, mode="nearest"), picture)
for mode in ("bilinear", "bicubic"):
    for antialias in (False, True):
        for direction, (h, w) in {"up": (8, 9), "down": (3, 2), "mixed": (7, 4)}.items():
            case(f"{mode}_{direction}{'_antialias' if antialias else ''}", resize(h, w, mode=mode, antialias=antialias), picture)
case("average_pooled", lambda x: last(F.avg_pool2d(first(x), 2)), random(2, 6, 5, 3))
case("average_pooled_overlapping", lambda x: last(F.avg_pool2d(first(x), 3, 2)), random(1, 7, 8, 3))
case("adaptive_average_pooled", lambda x: last(F.adaptive_avg_pool2d(first(x), (3, 4))), random(2, 7, 6, 3))
case("max_pooled", lambda x: last(F.max_pool2d(first(x), 2, 2)), random(2, 6, 4, 3))
case("max_pooled_padded", lambda x: last(F.max_pool2d(first(x), 3, 2, 1)), random(2, 7, 6, 3))

path = pathlib.Path(__file__).with_name("operators.safetensors")
save_file(tensors, path)
print(len(tensors), "tensors,", path.stat().st_size, "bytes")
