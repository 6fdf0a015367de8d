"""Makes fixtures of rewards that are read from their authors' single files, computed by open_clip and transformers.

    python make_files.py        (torch 2.15, open_clip 3.3.0, transformers 5.23, safetensors)

openclip.pt is a random small CLIP in the form of HPS_v2.1_compressed.pt. ImageReward is too large for a file even when small (its head
is not): its weights come from formula.py under the names of ImageReward.pt, and only results are stored.
"""
import json
import pathlib
import sys

import open_clip
import torch
from safetensors.torch import save_file
from transformers import BertTokenizer, BlipTextConfig, BlipVisionConfig
from transformers.models.blip.modeling_blip import BlipVisionModel
from transformers.models.blip.modeling_blip_text import BlipTextModel

from make_rewards import HERE, aesthetic_head, prepared
from formula import fill, tensor

torch.set_num_threads(1)
SIZES = {"square": (2, 3, 32, 32), "wide": (2, 3, 24, 37)}


def pictures_of(name):
    return torch.sigmoid(tensor("pictures." + name, SIZES[name])).requires_grad_()


def open_clip_file():
    torch.manual_seed(3)
    model = open_clip.CLIP(
        embed_dim=24,
        vision_cfg=dict(image_size=16, layers=1, width=64, head_width=64, patch_size=4),
        text_cfg=dict(context_length=20, vocab_size=300, width=64, heads=1, layers=1)).eval()
    with torch.no_grad():
        for value in model.parameters():
            if value.ndim > 1:
                value.normal_(std=value.shape[-1] ** -0.5)
            elif value.ndim == 1:
                value.add_(0.1 * torch.randn_like(value))
    model = model.to(torch.bfloat16).float()
    state = {k: v.to(torch.bfloat16) for k, v in model.state_dict().items()}
    torch.save({"epoch": 1, "name": "small", "state_dict": state}, HERE / "openclip.pt")
    # The first token, two others, the last and largest, zeros: as open_clip pads.
    tokens = torch.tensor([[298, 5, 7, 299] + [0] * 16, [298, 9, 299, 0] + [0] * 16])
    results = {"tokens": tokens}
    pictures = pictures_of("square")
    image = model.encode_image(prepared(pictures, 16), normalize=True)
    text = model.encode_text(tokens, normalize=True)
    cosine = (image * text).sum(1)
    (gradient,) = torch.autograd.grad(cosine.sum(), pictures)
    return results | {"hps": cosine, "hps.gradient": gradient.movedim(1, -1)}


def image_reward():
    vision = BlipVisionModel(BlipVisionConfig(
        hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=1, image_size=32, patch_size=8,
        layer_norm_eps=1e-6)).eval()
    text = BlipTextModel(BlipTextConfig(
        vocab_size=60, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=1,
        max_position_embeddings=40, encoder_hidden_size=64, is_decoder=True), add_pooling_layer=False).eval()
    head = aesthetic_head(64)
    # transformers renamed the picture tower's parts.
    old = {"embeddings.class_embedding": "cls_token", "embeddings.position_embedding": "pos_embed",
           "embeddings.patch_embedding": "patch_embed.proj", "encoder.layers": "blocks", "self_attn.qkv": "attn.qkv",
           "self_attn.projection": "attn.proj", "layer_norm1": "norm1", "layer_norm2": "norm2", "post_layernorm": "norm"}

    def vision_name(name):
        for new, was in old.items():
            name = name.replace(new, was)
        return "blip.visual_encoder." + name

    shapes = fill(vision, vision_name)
    shapes |= fill(text, lambda name: "blip.text_encoder." + name)
    shapes |= fill(head, lambda name: "mlp." + name)
    (HERE / "imagereward.json").write_text(json.dumps(shapes, indent=0, sort_keys=True) + "\n")
    tokenizer = BertTokenizer(str(HERE / "imagereward" / "vocab.txt"), do_lower_case=True)
    prompts = ["A red Café, über-nice!", "low " * 60]
    results = {}
    for name in SIZES:
        pictures = pictures_of(name)
        tokens = tokenizer(prompts, padding="max_length", truncation=True, max_length=35, return_tensors="pt")
        seen = vision(prepared(pictures, 32)).last_hidden_state
        states = text(
            tokens.input_ids, attention_mask=tokens.attention_mask, encoder_hidden_states=seen,
            encoder_attention_mask=torch.ones(seen.shape[:2]), is_decoder=False).last_hidden_state
        score = (head.layers(states[:, 0]).squeeze(1) - 0.16717362830052426) / 1.0333394966054072
        (gradient,) = torch.autograd.grad(score.sum(), pictures)
        results[f"{name}.imagereward"] = score
        results[f"{name}.imagereward.gradient"] = gradient.movedim(1, -1)
        print(name, score.tolist(), gradient.norm().item())
    return results


def word_pieces():
    """What BERT's tokenizer makes of odd texts with a small vocabulary."""
    tokenizer = BertTokenizer(str(HERE / "imagereward" / "vocab.txt"), do_lower_case=True)
    texts = ["", "red", "a red cafe", "A RED Café, über-nice!", "redred reds", "unknownword red", "a\tred\n\u2028cafe\u00a0x",
             "red\u0000\u200d\u00adcafe", "\u4e2dred\uf900", "İstanbul ΣΑΣ", "$red+^`x~", "e\u0301 \u1e9e ﬁ", "x" * 101, "low " * 60,
             "don't \"stop\" - ok…", "🍎 red", "\u0130 \u00c5"]
    cases = [{"text": text, "ids": tokenizer(text, truncation=True, max_length=35).input_ids} for text in texts]
    (HERE / "wordpiece.json").write_text(json.dumps(cases, indent=0) + "\n")


VOCABULARY = """[PAD] [UNK] [CLS] [SEP] [MASK] a red cafe ##red ##s x ##x uber - nice ! , low i ##stanbul σ ##α ##σ $ + ^ ` ~ e ss fi
don ' t " stop ok . ##. … 中 豈 ##i n ##n 🍎 s ##t o ##p ß ᾱ""".split()

if __name__ == "__main__":
    (HERE / "imagereward").mkdir(exist_ok=True)
    (HERE / "imagereward" / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    word_pieces()
    results = open_clip_file() | image_reward()
    save_file({k: v.detach().contiguous().clone() for k, v in results.items()}, HERE / "files.safetensors")
