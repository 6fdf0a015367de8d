"""Makes attention_changes.safetensors: what denoisers give whose attention is changed, by diffusers' networks.

    python make_attention.py        (torch 2.15, diffusers 0.39.0, safetensors; make_networks.py first)

Cross-attention that avoids a second text is written here by its papers' formulas (NAG arXiv:2505.21179, NASA
arXiv:2412.02687, VSF arXiv:2508.10931), and so are the identity of PAG (arXiv:2403.17377) and the blur of SEG
(arXiv:2408.00760, its authors' gaussian_blur_2d along each axis). Configurations are those of make_networks.py.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel, UNet3DConditionModel
from diffusers.models.attention_processor import AttnProcessor2_0
from safetensors.torch import save_file

from formula import fill, tensor

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def split(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attend(attn, query, key, value):
    found = F.scaled_dot_product_attention(*(split(x, attn.heads) for x in (query, key, value)))
    return found.transpose(1, 2).flatten(2)


class Avoiding:
    """Cross-attention by `rule(z_plus, z_minus)`, or with joined keys and values where it is a number."""

    def __init__(self, negative, rule):
        self.negative, self.rule = negative, rule

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        negative = self.negative.repeat_interleave(hidden_states.shape[0] // self.negative.shape[0], 0)
        query = attn.to_q(hidden_states)
        wanted = attn.to_k(encoder_hidden_states), attn.to_v(encoder_hidden_states)
        avoided = attn.to_k(negative), attn.to_v(negative)
        if callable(self.rule):
            found = self.rule(attend(attn, query, *wanted), attend(attn, query, *avoided))
        else:
            found = attend(attn, query, torch.cat([wanted[0], avoided[0]], 1),
                           torch.cat([wanted[1], -self.rule * avoided[1]], 1))
        return attn.to_out[0](found)


def nag(scale=5.0, tau=2.5, alpha=0.25, p=1):
    def rule(plus, minus):
        guided = scale * plus - (scale - 1) * minus
        ratio = torch.norm(guided, p=p, dim=-1, keepdim=True) / torch.norm(plus, p=p, dim=-1, keepdim=True)
        guided = guided * torch.minimum(ratio, torch.full_like(ratio, tau)) / ratio
        return alpha * guided + (1 - alpha) * plus
    return rule


class Identity:
    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        return attn.to_out[0](attn.to_v(hidden_states))


class Blurred:
    def __init__(self, sigma, grid):
        self.sigma, self.grid = sigma, grid

    def along(self, x, axis):
        size = x.shape[axis]
        kernel_size = math.ceil(6 * self.sigma) + 1 - math.ceil(6 * self.sigma) % 2
        kernel_size = min(kernel_size, size - (size % 2 - 1))
        half = (kernel_size - 1) * 0.5
        taps = torch.exp(-0.5 * (torch.linspace(-half, half, steps=kernel_size) / self.sigma).pow(2))
        taps = taps / taps.sum()
        x = x.movedim(axis, -1)
        padded = F.pad(x.reshape(1, -1, size), [kernel_size // 2] * 2, mode="reflect")
        return F.conv1d(padded.transpose(0, 1), taps[None, None]).reshape(x.shape).movedim(-1, axis)

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        query, key, value = attn.to_q(hidden_states), attn.to_k(hidden_states), attn.to_v(hidden_states)
        if self.sigma is None:
            query = query.mean(1, keepdim=True).expand_as(query)
        else:
            picture = query.unflatten(1, self.grid)
            query = self.along(self.along(picture, 1), 2).flatten(1, 2)
        return attn.to_out[0](attend(attn, query, key, value))


def blocks(model, layer):
    return {name: part for name, part in model.named_modules()
            if name.startswith(layer) and type(part).__name__ == "BasicTransformerBlock"}


def is_temporal(name):
    return "temp_attentions" in name or "transformer_in" in name


def processors(model, cross=None, layer=None, own=None):
    """The usual processors but for cross-attention, or for self-attention below a layer."""
    result = {}
    for name in model.attn_processors:
        attention = name.removesuffix(".processor")
        temporal = is_temporal(name)
        crosses = ".attn2" in name and not temporal
        result[name] = AttnProcessor2_0()
        if crosses and cross:
            result[name] = cross
        if not crosses and own and attention.startswith(layer):
            result[name] = own
    return result


def skipping(model, layer):
    return [block.register_forward_hook(lambda _, args, kwargs, __: args[0] if args else kwargs["hidden_states"],
                                        with_kwargs=True) for block in blocks(model, layer).values()]


def make(name, model, latents, text, negative, timesteps, layers, grid, results):
    fill(model)
    first = lambda x: x.movedim(-1, 1)  # noqa: E731
    run = lambda: model(first(latents), timesteps, text).sample.movedim(1, -1)  # noqa: E731
    rules = {
        "nag": nag(), "nag_l2": nag(11, 1.2, 0.5, 2), "nasa": lambda plus, minus: plus - 0.3 * minus, "vsf": 1.5,
    }
    for key, rule in rules.items():
        model.set_attn_processor(processors(model, cross=Avoiding(negative, rule)))
        output = run()
        results[f"{name}.{key}"] = output
        found = torch.autograd.grad((output * tensor("r", tuple(output.shape))).sum(), [text, negative])
        results[f"{name}.{key}.gradient.text"], results[f"{name}.{key}.gradient.negative"] = found
    with torch.no_grad():
        model.set_attn_processor(processors(model, layer=layers[0], own=Identity()))
        results[f"{name}.pag"] = run()
        model.set_attn_processor(processors(model, layer=layers[1], own=Blurred(0.8, grid)))
        results[f"{name}.seg"] = run()
        model.set_attn_processor(processors(model, layer=layers[1], own=Blurred(None, grid)))
        results[f"{name}.seg_mean"] = run()
        model.set_attn_processor(processors(model))
        hooks = skipping(model, layers[0])
        results[f"{name}.slg"] = run()
        for hook in hooks:
            hook.remove()
        results[f"{name}.plain"] = run()


def main():
    results = {}

    def config(name):
        values = json.loads((HERE / f"{name}.json").read_text())["config"]
        return {key: value for key, value in values.items() if not key.startswith("_")}

    text = tensor("text", (2, 7, 24)).requires_grad_()
    negative = tensor("negative", (2, 5, 24)).requires_grad_()
    timesteps = torch.tensor([7, 801])
    make("unet2d_sd1", UNet2DConditionModel(**config("unet2d_sd1")).eval(), tensor("latents", (2, 9, 7, 4)), text,
         negative, timesteps, ["mid_block", "down_blocks.0.attentions.0"], (9, 7), results)
    make("unet3d", UNet3DConditionModel(**config("unet3d")).eval(), tensor("latents", (2, 4, 6, 5, 4)), text, negative,
         timesteps, ["mid_block", "up_blocks.1.attentions.1"], (6, 5), results)
    plain = {name: results.pop(f"{name}.plain") for name in ("unet2d_sd1", "unet3d")}
    for key, value in results.items():
        base = plain[key.split(".")[0]]
        print(key, f"{((value - base).norm() / base.norm()).item():.3f}" if value.shape == base.shape else "")
    save_file({k: v.detach().float().contiguous().clone() for k, v in results.items()},
              HERE / "attention_changes.safetensors")


if __name__ == "__main__":
    main()
