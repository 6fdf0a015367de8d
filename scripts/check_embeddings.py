"""Reads learned words with the loaders of the programs that they are written for, and compares the vectors.

Usage: python scripts/check_embeddings.py FILE... [--webui STABLE-DIFFUSION-WEBUI]
FILE is what `negspace learn dreamartist` or `negspace embedding convert` writes, as a1111 or diffusers. Needs torch, diffusers, transformers
and safetensors. diffusers' own `load_textual_inversion` puts each word into a small text encoder of the words' width; with a clone of A1111's
web UI its own `create_embedding_from_data` reads them too. Prints a line for each and fails where a vector is another.
"""
import argparse
import ast
import pathlib
import types

import torch
from diffusers.loaders import TextualInversionLoaderMixin
from safetensors import safe_open
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

TOKENIZER = pathlib.Path(__file__).parents[1] / "Models" / "emoji-image" / "tokenizer"


class Words(TextualInversionLoaderMixin):
    """A pipeline with nothing but the parts that take words."""

    hf_device_map = None
    components = {}

    def __init__(self, width):
        self.tokenizer = CLIPTokenizer.from_pretrained(TOKENIZER)
        self.text_encoder = CLIPTextModel(CLIPTextConfig(
            vocab_size=len(self.tokenizer), hidden_size=width, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1))


def by_diffusers(path, token, is_named):
    words = Words(vectors(path)[1].shape[-1])
    words.load_textual_inversion(str(path), token=None if is_named else token)
    ids = words.tokenizer.convert_tokens_to_ids(words.tokenizer.tokenize(words.maybe_convert_prompt(token, words.tokenizer)))
    return words.text_encoder.get_input_embeddings().weight[ids].detach()


def by_webui(path, clone):
    """The web UI's function alone: its module wants the whole program."""
    source = ast.parse((pathlib.Path(clone) / "modules/textual_inversion/textual_inversion.py").read_text())
    wanted = [node for node in source.body if getattr(node, "name", "") == "create_embedding_from_data"]
    assert wanted, f"{clone} has no create_embedding_from_data; it is older than version 1.6"

    class Embedding:
        def __init__(self, vec, name, filename=None):
            self.vec, self.name, self.filename = vec, name, filename

    names = {"torch": torch, "devices": types.SimpleNamespace(device="cpu"), "Embedding": Embedding, "hashes": None}
    exec(compile(ast.Module(wanted, []), "textual_inversion.py", "exec"), names)
    with safe_open(path, "pt") as file:
        data = {key: file.get_tensor(key) for key in file.keys()}
    return names["create_embedding_from_data"](data, path.stem).vec


def vectors(path):
    """The file's only tensor with its name, and the word that its notes give."""
    with safe_open(path, "pt") as file:
        (key,) = file.keys()
        return key, file.get_tensor(key).reshape(-1, file.get_tensor(key).shape[-1]), (file.metadata() or {}).get("negspace.token")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--webui")
    options = parser.parse_args()
    for path in options.files:
        key, expected, note = vectors(path)
        found = {"diffusers": by_diffusers(path, note or key, is_named=note is None)}
        if options.webui:
            found["A1111"] = by_webui(path, options.webui)
        for program, values in found.items():
            assert torch.equal(values, expected), f"{program} reads other vectors from {path}"
            print(f"{path}: {program} reads {list(values.shape)} as \"{note or key}\"")


if __name__ == "__main__":
    main()
