"""Makes the fixtures of RewardsTests: scores of small random networks and their gradients, computed by torch and transformers.

    python make_rewards.py        (torch 2.15, torchvision's formulas written out, diffusers 0.42.1, transformers 5.23, safetensors)

Weights and pictures come from formula.py of NetworksTests by name; results are stored, channels last.
"""
import json
import pathlib
import sys

import torch
from diffusers.models.downsampling import Downsample2D
from diffusers.models.resnet import ResnetBlock2D
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "NetworksTests" / "Fixtures"))
from formula import fill, tensor  # noqa: E402

torch.set_num_threads(1)
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])


def prepared(pictures, size):
    """torchvision: Resize(size, BICUBIC, antialias=True), CenterCrop(size), Normalize; pictures (N, 3, H, W) in [0, 1]."""
    h, w = pictures.shape[-2:]
    new = (size, int(size * w / h)) if h <= w else (int(size * h / w), size)
    if (h, w) != new:
        pictures = torch.nn.functional.interpolate(pictures, new, mode="bicubic", antialias=True, align_corners=False)
    top, left = (int(round((full - size) / 2.0)) for full in new)
    pictures = pictures[..., top:top + size, left:left + size]
    return (pictures - MEAN[:, None, None]) / STD[:, None, None]


def aesthetic_head(width):
    """The published MLP, without the dropouts' effect."""
    layers = [torch.nn.Linear(width, 1024), torch.nn.Dropout(), torch.nn.Linear(1024, 128), torch.nn.Dropout(),
              torch.nn.Linear(128, 64), torch.nn.Dropout(), torch.nn.Linear(64, 16), torch.nn.Linear(16, 1)]
    head = torch.nn.Module()
    head.layers = torch.nn.Sequential(*layers)
    return head.eval()


class QualityNetwork(torch.nn.Module):
    """diffusers' downsamplers and resnets between a convolution and a head."""

    def __init__(self, channels=(32, 48, 96, 128), groups=8, classes=8):
        super().__init__()
        self.conv_in = torch.nn.Conv2d(3, channels[0], 3, padding=1)
        self.stages = torch.nn.ModuleList()
        for a, b in zip(channels, channels[1:]):
            stage = torch.nn.Module()
            stage.downsampler = Downsample2D(a, use_conv=True, out_channels=a, padding=1, name="conv")
            stage.resnet = ResnetBlock2D(in_channels=a, out_channels=b, temb_channels=None, groups=groups, eps=1e-6)
            self.stages.append(stage)
        self.conv_norm_out = torch.nn.GroupNorm(groups, channels[-1], eps=1e-6)
        self.head = torch.nn.Linear(channels[-1], classes)

    def forward(self, pictures):
        x = self.conv_in(pictures * 2 - 1)
        for stage in self.stages:
            x = stage.resnet(stage.downsampler(x), None)
        return self.head(torch.nn.functional.silu(self.conv_norm_out(x)).mean((2, 3)))


def main():
    tokenizer = CLIPTokenizer.from_pretrained(HERE / "tokenizer")
    shape = dict(num_hidden_layers=2, num_attention_heads=2)
    config = {
        "projection_dim": 12,
        "text_config": shape | dict(
            vocab_size=len(tokenizer), hidden_size=16, intermediate_size=24, max_position_embeddings=20,
            eos_token_id=tokenizer.eos_token_id),
        "vision_config": shape | dict(hidden_size=16, intermediate_size=24, image_size=16, patch_size=4),
    }
    (HERE / "clip.json").write_text(json.dumps(config) + "\n")
    model = CLIPModel(CLIPConfig(**config)).eval()
    fill(model)
    with torch.no_grad():
        model.logit_scale.fill_(2.5)
    head = aesthetic_head(config["projection_dim"])
    fill(head)
    quality = QualityNetwork().eval()
    fill(quality, lambda name: "quality." + name.replace("Conv2d_0", "conv"))
    tokens = tokenizer(
        ["low quality", "z"], padding="max_length", max_length=20, return_tensors="pt").input_ids
    results = {}
    for name, shape in {"square": (2, 3, 16, 16), "wide": (2, 3, 24, 37), "tall": (2, 3, 19, 13)}.items():
        pictures = torch.sigmoid(tensor("pictures." + name, shape)).requires_grad_()
        ready = prepared(pictures, config["vision_config"]["image_size"])
        out = model(input_ids=tokens, pixel_values=ready)
        image, text = out.image_embeds, out.text_embeds  # both of length 1
        cosine = (image * text).sum(1)
        scores = {
            "clipscore": (100 * cosine).clamp(min=0),
            "pickscore": model.logit_scale.exp() * cosine,
            "hps": cosine,
            "aesthetic": head.layers(image).squeeze(1),
            "quality": quality(pictures).log_softmax(1)[:, 0],
        }
        results[name + ".prepared"] = ready.movedim(1, -1)
        for reward, value in scores.items():
            (gradient,) = torch.autograd.grad(value.sum(), pictures, retain_graph=True)
            results[f"{name}.{reward}"] = value
            results[f"{name}.{reward}.gradient"] = gradient.movedim(1, -1)
            print(name, reward, value.tolist(), gradient.norm().item())
    save_file({k: v.detach().float().contiguous().clone() for k, v in results.items()}, HERE / "rewards.safetensors")


if __name__ == "__main__":
    main()
