"""What a plain computation in PyTorch makes of prompts, with tiny-image's text encoder (torch 2.15, transformers 5.23).

    python make_prompts.py

prompts.json        cases: the prompt, its parts with their weights, learned words, and ids and weights of each chunk
prompts.safetensors NAME.states (1, 77 * chunks, 32); vectors.NAME of the learned words; combined.* for several negatives
spaces.json         relative distances of probes, as Embeddings/TextSpace.swift defines them

The parts are written down by hand after the rules of A1111's prompt_parser.py; chunks, emphasis and learned words are computed here
as A1111's sd_hijack_clip.py documents it, in the most direct way. diffusers 0.42 gives the same states for "learned" and "learned cut"
after load_textual_inversion and maybe_convert_prompt.
"""

import copy
import json
import os

import torch
from safetensors.torch import save_file
from transformers import CLIPTextModel, CLIPTokenizer

torch.set_num_threads(1)
here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(here, "tiny-image")
tokenizer = CLIPTokenizer.from_pretrained(os.path.join(folder, "tokenizer"))
encoder = CLIPTextModel.from_pretrained(os.path.join(folder, "text_encoder")).eval()
BOS, EOS, PAD = tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id
COMMA = tokenizer(",", add_special_tokens=False).input_ids[0]
WIDTH = 32
WORDS = {"<sour>": 3, "badhand": 1}
LONG = "a red apple on a yellow background and "

generator = torch.Generator().manual_seed(5)
vectors = {word: torch.randn(n, WIDTH, generator=generator) * 0.3 for word, n in WORDS.items()}

# name: (prompt, sections of (text, weight), chunked)
CASES = {
    "plain": ("a red apple", [[("a red apple", 1.0)]], False),
    "weighted": ("a (red:1.4) apple", [[("a ", 1.0), ("red", 1.4), (" apple", 1.0)]], True),
    "nested": ("a ((red) apple:1.5) [blue]", [[("a ", 1.0), ("red", 1.1 * 1.5), (" apple", 1.5), (" ", 1.0), ("blue", 1 / 1.1)]], True),
    "zero": ("a (red:0) apple", [[("a ", 1.0), ("red", 0.0), (" apple", 1.0)]], True),
    "escaped": ("a \\(red\\) apple", [[("a (red) apple", 1.0)]], True),
    "break": ("a red apple BREAK (yellow:1.2) background", [[("a red apple", 1.0)], [("yellow", 1.2), (" background", 1.0)]], True),
    "empty section": ("BREAK a red apple BREAK", [[("", 1.0)], [("a red apple", 1.0)], [("", 1.0)]], True),
    "long": (LONG * 25, [[(LONG * 25, 1.0)]], True),
    "commas": ("a red apple on a yellow background, " * 12, [[("a red apple on a yellow background, " * 12, 1.0)]], True),
    "exactly 75": ("a red apple " * 25, [[("a red apple " * 25, 1.0)]], True),
    "learned": ("a <sour>, BadHand apple", [[("a <sour>, badhand apple", 1.0)]], False),
    "learned weighted": ("a (<sour>:1.3)! apple", [[("a ", 1.0), ("<sour>", 1.3), ("! apple", 1.0)]], True),
    "learned at the edge": ("a red apple " * 24 + "a red <sour> apple", [[("a red apple " * 24 + "a red <sour> apple", 1.0)]], True),
    "learned cut": ("a red apple " * 24 + "a red <sour> apple", [[("a red apple " * 24 + "a red <sour> apple", 1.0)]], False),
}


def pieces(text):
    """Token ids; a learned word is a list of its vectors."""
    found = [(text.index(word), word) for word in WORDS if word in text]
    if not found:
        return tokenizer(text, add_special_tokens=False).input_ids
    at, word = min(found)
    return pieces(text[:at]) + [list(vectors[word])] + pieces(text[at + len(word):])


def chunked(sections, is_chunked):
    """Lists of (id or vector, weight), at most 75 each."""
    chunks = []
    for number, section in enumerate(sections):
        chunk, last_comma = [], -1
        if not is_chunked:
            for text, weight in section:
                for piece in pieces(text):
                    chunk += [(p, weight) for p in (piece if isinstance(piece, list) else [piece])]
            chunks.append(chunk[:75])
            continue
        for text, weight in section:
            for piece in pieces(text):
                group = piece if isinstance(piece, list) else [piece]
                if piece == COMMA:
                    last_comma = len(chunk)
                elif len(chunk) == 75 and last_comma != -1 and 75 - last_comma <= 20:
                    chunks.append(chunk[:last_comma + 1])
                    chunk, last_comma = chunk[last_comma + 1:], -1
                if len(chunk) + len(group) > 75:
                    chunks.append(chunk)
                    chunk, last_comma = [], -1
                chunk += [(p, weight) for p in group]
        if chunk or number < len(sections) - 1 or not chunks:
            chunks.append(chunk)
    return chunks


def states(chunk, model=encoder):
    rows = [(BOS, 1.0)] + chunk + [(EOS, 1.0)] + [(PAD, 1.0)] * (75 - len(chunk))
    table = model.get_input_embeddings().weight
    embedded = torch.stack([table[p] if isinstance(p, int) else p for p, _ in rows])[None]
    # Learned vectors in place of the token embeddings, everything else as it is.
    original = model.get_input_embeddings().forward
    model.get_input_embeddings().forward = lambda ids: embedded
    z = model(torch.tensor([[p if isinstance(p, int) else EOS for p, _ in rows]])).last_hidden_state
    model.get_input_embeddings().forward = original
    weights = torch.tensor([w for _, w in rows])
    if (weights != 1).any():
        mean = z.mean()
        z = z * weights[None, :, None]
        z = z * (mean / z.mean())
    ids = [p if isinstance(p, int) else -1 for p, _ in rows]
    return z, ids, weights.tolist()


def probe(model):
    first = [[], [320, 1125, 539, 320, 2368],
             [267, 518, 901, 1615, 2533, 4071, 6217, 9999, 13579, 18000, 23456, 29999, 36000, 42424, 48888]]
    size = model.config.vocab_size
    rows = []
    for ids in first:
        ids = [BOS] + [i if i < size - 2 else i % 512 for i in ids] + [EOS]
        h = model(torch.tensor([ids])).last_hidden_state[0]
        rows += ([h[0]] if not rows else []) + [h[-1]]
    return torch.stack(rows)


def distance(a, b):
    return float(((a - b).norm(dim=1) / ((a.norm(dim=1) + b.norm(dim=1)) / 2)).mean())


def changed(change):
    model = copy.deepcopy(encoder)
    for p in model.parameters():
        p.copy_(change(p))
    return model


def main():
    tensors, listed = {}, []
    for name, (prompt, sections, is_chunked) in CASES.items():
        done = [states(chunk) for chunk in chunked(sections, is_chunked)]
        tensors[name + ".states"] = torch.cat([z for z, _, _ in done], dim=1)
        listed.append(dict(
            name=name, prompt=prompt, chunked=is_chunked, weighted=is_chunked, ids=[ids for _, ids, _ in done],
            weights=[weights for _, _, weights in done]))
    for word, value in vectors.items():
        tensors["vectors." + word] = value

    # n = w + sum of weight * (n_i - e), filled up with e; "word" is the encoded prompt of <sour> alone.
    e = states([])[0]
    words = tensors["long.states"]
    one, two = (torch.randn(1, 77, WIDTH, generator=generator) for _ in range(2))
    chunks = words.shape[1] // 77
    fill = lambda t: torch.cat([t] + [e] * (chunks - 1), dim=1)
    tensors |= {
        "negative.one": one, "negative.two": two, "combined.both": e + 0.5 * (one - e) + 1.25 * (two - e),
        "combined.words": words + (fill(one) - fill(e)), "combined.learned": states([(v, 1.0) for v in vectors["<sour>"]])[0],
    }

    base, noise = probe(encoder), torch.Generator().manual_seed(1)
    spaces = {
        "float16": distance(base, probe(changed(lambda p: p.half().float()))),
        "bfloat16": distance(base, probe(changed(lambda p: p.bfloat16().float()))),
        "other": distance(base, probe(changed(lambda p: torch.randn(p.shape, generator=noise) / p.shape[-1] ** 0.5 if p.dim() > 1 else p))),
    }
    tensors["probe"] = base
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(here, "prompts.safetensors"))
    with open(os.path.join(here, "prompts.json"), "w") as file:
        json.dump(listed, file, separators=(",", ":"))
        file.write("\n")
    with open(os.path.join(here, "spaces.json"), "w") as file:
        json.dump(spaces, file, indent=1)
        file.write("\n")
    print(spaces, {k: tuple(v.shape) for k, v in tensors.items()})


if __name__ == "__main__":
    with torch.no_grad():
        main()
