"""How far apart a text encoder's states of captions are that differ in one thing: relative L2 of the last position's state.

Usage: python scripts/compare_states.py [Models/emoji-image]
Needs torch and transformers.
"""

import sys

import torch
from transformers import CLIPTextModel, CLIPTokenizer

folder = sys.argv[1] if len(sys.argv) > 1 else "Models/emoji-image"
encoder = CLIPTextModel.from_pretrained(folder + "/text_encoder").float().eval()
tokenizer = CLIPTokenizer.from_pretrained(folder + "/tokenizer")


def state(text):
    ids = tokenizer(text, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    with torch.no_grad():
        return encoder(ids).last_hidden_state[0, -1]


first = "a red apple spinning on a yellow background"
for second in [first.replace("spinning", motion) for motion in ("growing", "shrinking", "bouncing", "moving left")] + [
        first.replace("red apple", "banana"), first.replace("yellow", "blue")]:
    a, b = state(first), state(second)
    print(f"{((a - b).norm() / a.norm()).item():.3f}  {second}")
