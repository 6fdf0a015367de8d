"""Prints how many parameters diffusers and transformers count in the shipped family's configurations.

Usage: python count_family.py Models   (diffusers 0.42.1, transformers 5.23)
"""

import json
import sys

from diffusers import AutoencoderKL, UNet2DConditionModel, UNet3DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

folder = sys.argv[1]


def config(path):
    with open(f"{folder}/{path}") as file:
        return {key: value for key, value in json.load(file).items() if not key.startswith("_")}


def count(model):
    return sum(parameter.numel() for parameter in model.parameters())


print("unet", count(UNet2DConditionModel(**config("emoji-image/unet/config.json"))))
print("unet3d", count(UNet3DConditionModel(**config("emoji-video/unet/config.json"))))
print("vae", count(AutoencoderKL(**config("emoji-image/vae/config.json"))))
print("text", count(CLIPTextModel(CLIPTextConfig(**config("emoji-image/text_encoder/config.json")))))
vision = config("emoji-clip/config.json")["vision_config"]
print("vision", count(CLIPVisionModelWithProjection(CLIPVisionConfig(**vision))))
