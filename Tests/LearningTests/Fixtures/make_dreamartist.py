"""Makes the fixture of DreamArtistTests: losses of DreamArtist (arXiv:2211.11337) and their gradients with respect to both words, by PyTorch.

    python make_dreamartist.py        (torch 2.15, diffusers 0.39, transformers 4.57, safetensors)

The tiny model of make_reneg.py, of Stable Diffusion 1.5's shape. `slope` is the finite difference of the loss along `direction` of both words,
in float64.
"""
import math
import pathlib
import sys

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from make_reneg import configurations, under

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "NetworksTests" / "Fixtures"))
from formula import fill, tensor  # noqa: E402

torch.set_num_threads(1)
LENGTH = 20
TEMPLATES = ["red {} on", "z {}"]
VECTORS = {"positive": 3, "negative": 6}
TIMESTEPS = torch.tensor([250, 700])
# Name: prediction, γ at the first and at the last timestep, the way between, attention, weight of L_rec, whether there is a negative word.
CASES = {
    "epsilon": ("epsilon", 3.0, 3.0, "ln", False, 0.0, True),
    "velocity": ("v_prediction", 3.0, 3.0, "ln", False, 0.0, True),
    "linear": ("epsilon", 1.5, 3.0, "ln", False, 0.0, True),
    "cosine": ("epsilon", 1.5, 3.0, "cos", True, 0.0, True),
    "late": ("epsilon", 1.5, 3.0, "cos2", False, 0.0, True),
    "pixels": ("v_prediction", 3.0, 3.0, "ln", False, 0.5, True),
    "inversion": ("epsilon", 3.0, 3.0, "ln", False, 0.0, False),
}


def main():
    tokenizer = CLIPTokenizer.from_pretrained(HERE / "reneg" / "tokenizer")
    configs = configurations(tokenizer)
    unet = UNet2DConditionModel(**configs["unet"]).eval()
    vae = AutoencoderKL(**configs["vae"]).eval()
    text = CLIPTextModel(CLIPTextConfig(**configs["text"])).eval()
    for network in (unet, vae):
        fill(network)
    fill(text, under("text_model."))
    for network in (unet, vae, text):
        network.requires_grad_(False)

    def states(vectors):
        """The text states of both templates, the word's vectors in the place of its tokens."""
        marker = tokenizer("~", add_special_tokens=False).input_ids
        assert len(marker) == 1
        prompts = [template.format(" ".join(["~"] * len(vectors))) for template in TEMPLATES]
        ids = tokenizer(prompts, padding="max_length", max_length=LENGTH, return_tensors="pt").input_ids
        places = ids == marker[0]
        assert places.sum(1).tolist() == [len(vectors)] * 2 and ids.shape[1] == LENGTH

        def put(_, __, output):
            return output.masked_scatter(places[..., None], vectors.repeat(2, 1).to(output.dtype))

        hook = text.get_input_embeddings().register_forward_hook(put)
        try:
            return text(ids).last_hidden_state
        finally:
            hook.remove()

    def inputs(name, shape):
        return tensor(name, shape).movedim(-1, 1)

    def losses(case, positive, negative):
        prediction, first, last, shape, attends, _, _ = CASES[case]
        dtype = positive.dtype
        scheduler = DDIMScheduler(**configs["scheduler"] | {"prediction_type": prediction})
        clean, noise = (inputs(name, (2, 8, 8, 4)).to(dtype) for name in ("latents", "noise"))
        noisy = scheduler.add_noise(clean, noise, TIMESTEPS)
        target = noise if prediction == "epsilon" else scheduler.get_velocity(clean, noise, TIMESTEPS)
        if negative is None:
            output = unet(noisy, TIMESTEPS, states(positive)).sample
        else:
            avoided, wanted = unet(
                torch.cat([noisy] * 2), torch.cat([TIMESTEPS] * 2), torch.cat([states(negative), states(positive)])).sample.chunk(2)
            rate = TIMESTEPS / 999
            rate = {"ln": rate, "cos": torch.cos((rate - 1) * math.pi / 2), "cos2": 1 - torch.cos(rate * math.pi / 2)}[shape]
            scale = ((last - first) * rate + first)[:, None, None, None].to(dtype)
            output = avoided + scale * (wanted - avoided)
        errors = (output - target) ** 2
        if attends:
            errors = errors * inputs("attention", (2, 8, 8, 1)).abs().to(dtype)
        alpha = scheduler.alphas_cumprod[TIMESTEPS][:, None, None, None].to(dtype)
        if prediction == "epsilon":
            estimate = (noisy - (1 - alpha).sqrt() * output) / alpha.sqrt()
        else:
            estimate = alpha.sqrt() * noisy - (1 - alpha).sqrt() * output
        pixels = (inputs("pictures", (2, 16, 16, 3)).to(dtype) - vae.decode(estimate / vae.config.scaling_factor).sample).abs().mean()
        return errors.mean(), pixels

    words = {name: tensor(name, (count, 16)) * 0.3 for name, count in VECTORS.items()}
    directions = {name: tensor(f"{name} direction", (count, 16)) for name, count in VECTORS.items()}
    results = {}
    for case, (*_, weight, is_pair) in CASES.items():
        names = ["positive", "negative"] if is_pair else ["positive"]

        def total(values):
            latents, pixels = losses(case, values[0], values[1] if is_pair else None)
            return latents + weight * pixels if weight else latents

        leaves = [words[name].clone().requires_grad_() for name in names]
        latents, pixels = losses(case, leaves[0], leaves[1] if is_pair else None)
        loss = total(leaves)
        results[f"{case}.latents"], results[f"{case}.pixels"] = latents.reshape(1), pixels.reshape(1)
        for name, gradient in zip(names, torch.autograd.grad(loss, leaves)):
            results[f"{case}.{name}"] = gradient
        for network in (unet, vae, text):
            network.double()
        torch.set_default_dtype(torch.float64)
        step = 1e-5
        with torch.no_grad():
            ends = [total([words[n].double() + side * step * directions[n].double() for n in names]) for side in (1, -1)]
        results[f"{case}.slope"] = ((ends[0] - ends[1]) / (2 * step)).reshape(1).float()
        for network in (unet, vae, text):
            network.float()
        torch.set_default_dtype(torch.float32)
        own = sum((results[f"{case}.{n}"] * directions[n]).sum() for n in names)
        print(case, loss.item(), [results[f"{case}.{n}"].norm().item() for n in names], own.item(), results[f"{case}.slope"].item())
    results["states"] = torch.cat([states(words["positive"]), states(words["negative"])])
    (HERE / "dreamartist").mkdir(exist_ok=True)
    save_file({k: v.detach().contiguous().clone() for k, v in results.items()}, HERE / "dreamartist" / "results.safetensors")


if __name__ == "__main__":
    main()
