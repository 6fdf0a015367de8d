"""Makes the fixture of TextCraftorTests: scores and gradients of whole runs with a tuned network, by diffusers.

    python make_textcraftor.py        (torch 2.15, diffusers 0.39, transformers 4.57, safetensors)

The tiny model of make_reneg.py, whose configurations and tokenizer it reads; weights come from formula.py of NetworksTests by name, and
those of the tuned encoder are these and a tenth of the ones called "tuned." and the name.
"""
import copy
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel, CLIPTokenizer

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "NetworksTests" / "Fixtures"))
from formula import fill, parameter, tensor  # noqa: E402

torch.set_num_threads(1)
PROMPTS = ["low quality", "z"]
STEPS, RECORDED, SIDE = 25, 5, 12
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]


def under(prefix):
    return lambda name: name if name.startswith(prefix) else prefix + name


class AuthorsDDIM(DDIMScheduler):
    """Leading spacing shifted so that the first step is the last timestep of training (snap-research/textcraftor)."""

    def set_timesteps(self, count):
        super().set_timesteps(count)
        ratio = self.config.num_train_timesteps // count
        last = self.config.num_train_timesteps - 1
        self.timesteps = torch.arange(count).flip(0) * ratio + last - ratio * (count - 1)


def main():
    tokenizer = CLIPTokenizer.from_pretrained(HERE / "reneg" / "tokenizer")
    configs = json.loads((HERE / "reneg" / "configs.json").read_text())
    clip_config = copy.deepcopy(configs["clip"])
    clip_config["vision_config"]["image_size"] = SIDE
    unet = UNet2DConditionModel(**configs["unet"]).eval()
    vae = AutoencoderKL(**configs["vae"]).eval()
    text = CLIPTextModel(CLIPTextConfig(**configs["text"])).eval()
    clip = CLIPModel(CLIPConfig(**clip_config)).eval()
    for network in (unet, vae, clip):
        fill(network)
    fill(text, under("text_model."))
    tuned = copy.deepcopy(text)
    with torch.no_grad():
        for name, value in tuned.named_parameters():
            name = under("text_model.")(name)
            value += 0.1 * torch.from_numpy(np.asarray(parameter("tuned." + name, tuple(value.shape))))
    for network in (unet, vae, clip, text):
        network.requires_grad_(False)

    def ids(texts):
        return tokenizer(texts, padding="max_length", max_length=20, truncation=True, return_tensors="pt").input_ids

    def states(encoder, texts):
        """Hidden states, and those of the texts' ends."""
        out = encoder(ids(texts))
        return out.last_hidden_state, out.pooler_output

    def bicubic(pictures):
        return F.interpolate(pictures, SIDE, mode="bicubic", antialias=True, align_corners=False)

    def pooled(pictures):
        return F.adaptive_avg_pool2d(pictures, SIDE)

    def images(pictures, prepare):
        embedding = clip.visual_projection(clip.vision_model((prepare(pictures) - MEAN) / STD).pooler_output)
        return F.normalize(embedding, dim=-1)

    def frozen(pictures, ends, prepare):
        words = F.normalize(clip.text_projection(clip.text_model(ids(PROMPTS)).pooler_output), dim=-1)
        return clip.logit_scale.exp() * (images(pictures, prepare) * words).sum(1)

    def constraint(pictures, ends, prepare):
        """Equation 8: the cosine of picture and the tuned encoder's own embedding of the prompt, times 100."""
        words = F.normalize(clip.text_projection(ends), dim=-1)
        return (100 * (images(pictures, prepare) * words).sum(1)).relu()

    def run(encoder, denoiser, guidance):
        """The pictures of a whole run whose last steps are recorded, and the encoder's states of the prompts' ends."""
        own, _ = states(text, PROMPTS + [""])
        last, ends = states(encoder, PROMPTS + [""])
        scheduler = AuthorsDDIM(**configs["scheduler"])
        scheduler.set_timesteps(STEPS)
        x = tensor("noise", (2, 8, 8, 4)).movedim(-1, 1)
        for index, t in enumerate(scheduler.timesteps):
            is_recorded = index >= STEPS - RECORDED
            rows = last if is_recorded else own
            with torch.set_grad_enabled(is_recorded):
                wanted = denoiser(x, t, rows[:2]).sample
                if guidance > 1:
                    avoided = denoiser(x, t, rows[2:].expand(2, -1, -1)).sample
                    wanted = avoided + guidance * (wanted - avoided)
                x = scheduler.step(wanted, t, x).prev_sample
        return decode(x), ends[:2]

    def decode(latents):
        return (vae.decode(latents / vae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)

    def noised(encoder):
        """Clean estimates of noised pictures by one call without guidance (section 3.2.1)."""
        rows, ends = states(encoder, PROMPTS)
        pictures = tensor("pictures", (2, 16, 16, 3)).movedim(-1, 1).clamp(-1, 1)
        spread, noise = (tensor(name, (2, 8, 8, 4)).movedim(-1, 1) for name in ("spread", "noise"))
        found = vae.encode(pictures).latent_dist
        latents = (found.mean + found.std * spread) * vae.config.scaling_factor
        timesteps = torch.tensor([37, 612])
        scheduler = DDIMScheduler(**configs["scheduler"])
        x = scheduler.add_noise(latents, noise, timesteps)
        output = unet(x, timesteps, rows).sample
        alpha = scheduler.alphas_cumprod[timesteps][:, None, None, None]
        return decode((x - (1 - alpha).sqrt() * output) / alpha.sqrt()), ends

    results = {}

    def keep(name, value, network, rename=lambda key: key, wanted=lambda key: True):
        leaves = {rename(key): leaf for key, leaf in network.named_parameters() if wanted(key)}
        gradients = torch.autograd.grad(value, leaves.values())
        results[f"{name}.score"] = value.detach().reshape(1)
        for key, gradient in zip(leaves, gradients):
            results[f"{name}.{key}"] = gradient
        print(name, value.item(), sum(g.square().sum() for g in gradients).sqrt().item())

    for name, guidance, score, prepare in (
        ("frozen", 7.5, frozen, bicubic), ("pooled", 7.5, frozen, pooled), ("unguided", 1.0, frozen, bicubic),
        ("constraint", 7.5, constraint, bicubic),
    ):
        encoder = copy.deepcopy(tuned).requires_grad_()
        keep(name, score(*run(encoder, unet, guidance), prepare).mean(), encoder, under("text_model."))
    encoder = copy.deepcopy(tuned).requires_grad_()
    keep("noised", frozen(*noised(encoder), bicubic).mean(), encoder, under("text_model."))

    learned = copy.deepcopy(unet).requires_grad_()
    some = ("conv_in", "time_embedding.linear_1", "attn2.to_k", "attn2.to_out.0", "up_blocks.1.resnets.0.conv1", "conv_out")
    keep("unet", frozen(*run(tuned, learned, 7.5), bicubic).mean(), learned, wanted=lambda key: any(s in key for s in some))

    # A LoRA of rank 2 and alpha 3 on the model's own encoder: W + 3/2 B A.
    encoder = copy.deepcopy(text)
    matrices = torch.nn.ParameterDict()
    for key, module in list(encoder.named_modules()):
        if key.rsplit(".", 1)[-1] in ("q_proj", "k_proj", "v_proj", "out_proj"):
            layer = under("text_model.")(key)
            a, b = f"{layer}.lora_A.weight", f"{layer}.lora_B.weight"
            down = torch.nn.Parameter(torch.from_numpy(np.asarray(parameter(a, (2, module.in_features)))))
            up = torch.nn.Parameter(torch.from_numpy(np.asarray(parameter(b, (module.out_features, 2)))))
            matrices[a.replace(".", "/")], matrices[b.replace(".", "/")] = down, up
            module.forward = lambda x, m=module, d=down, u=up: F.linear(x, m.weight, m.bias) + 1.5 * (x @ d.T) @ u.T
    keep("lora", frozen(*run(encoder, unet, 7.5), bicubic).mean(), matrices, rename=lambda key: key.replace("/", "."))

    folder = HERE / "textcraftor"
    folder.mkdir(exist_ok=True)
    save_file({k: v.detach().contiguous().clone() for k, v in results.items()}, folder / "results.safetensors")


if __name__ == "__main__":
    main()
