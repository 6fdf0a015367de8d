"""Makes the fixtures of WritersTests: tiny writers as transformers saves them, and what `generate` gives with them.

    python make_writers.py             (torch 2.15, transformers 5.24, sentencepiece 0.2.3)
    python make_writers.py old         (transformers 4.44: the last with diverse beam search inside, and with .bin files)

writer/           a T5 v1.1 with a vocabulary of its own; random, with ends and few loops
old-writer/       a T5 v1.0 in pytorch_model.bin, which holds the table of tokens four times
generation.json   settings, prompts and the ids that they give with writer/
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "TextTests/Fixtures"))

import torch
from transformers import T5Config, T5ForConditionalGeneration

torch.set_num_threads(1)
torch.set_grad_enabled(False)

SIZES = dict(
    d_kv=6, d_ff=32, num_layers=2, num_decoder_layers=2, num_heads=4, relative_attention_num_buckets=8,
    relative_attention_max_distance=12, decoder_start_token_id=0)
PROMPTS = [
    [5, 17, 33, 20, 1], [7, 3, 1], [12, 12, 30, 9, 4, 25, 38, 1], [39, 2, 18, 1], [1], [21, 22, 23, 24, 25, 26, 27, 28, 29, 1],
    [8, 31, 14, 1], [36, 11, 1]]
PLAIN = [
    dict(), dict(repetition_penalty=1.5), dict(no_repeat_ngram_size=2), dict(no_repeat_ngram_size=1, max_new_tokens=12),
    dict(min_new_tokens=8), dict(repetition_penalty=0.8, no_repeat_ngram_size=3, min_new_tokens=3), dict(max_new_tokens=1)]
BEAMS = [dict(num_beams=n, **rules) for n in (2, 4, 7) for rules in [
    dict(), dict(early_stopping=True), dict(length_penalty=0.0), dict(length_penalty=2.0), dict(length_penalty=-0.5),
    dict(repetition_penalty=1.3, no_repeat_ngram_size=2), dict(min_new_tokens=6), dict(max_new_tokens=3)]]
DIVERSE = [
    dict(num_beams=n, num_beam_groups=g, diversity_penalty=p, **rules) for n, g, p in [(4, 2, 0.5), (4, 4, 1.0), (6, 3, 2.5)]
    for rules in [dict(), dict(early_stopping=True), dict(length_penalty=2.0), dict(no_repeat_ngram_size=2, min_new_tokens=4)]]


def write():
    import sentencepiece
    from make_tokenizer import CAPTIONS

    folder = HERE / "writer"
    folder.mkdir(exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CAPTIONS), model_prefix=str(folder / "spiece"), vocab_size=56, model_type="unigram", pad_id=0,
        eos_id=1, unk_id=2, bos_id=-1, num_threads=1, minloglevel=1)
    (folder / "spiece.vocab").unlink()
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "T5Tokenizer", "extra_ids": 4}\n')
    torch.manual_seed(1)
    config = T5Config(vocab_size=60, d_model=24, feed_forward_proj="gated-gelu", tie_word_embeddings=False, **SIZES)
    model = T5ForConditionalGeneration(config).eval()
    model.lm_head.weight = torch.nn.Parameter(0.4 * torch.randn(60, 24))
    model.lm_head.weight[1] *= 4
    for name, value in model.named_parameters():
        if name.startswith("decoder") and name.endswith((".o.weight", ".wo.weight", "bias.weight")):
            value *= 3
    model.save_pretrained(folder)


def write_old():
    torch.manual_seed(2)
    config = T5Config(vocab_size=60, d_model=12, **(SIZES | dict(d_ff=16, num_heads=2)))
    model = T5ForConditionalGeneration(config).eval()
    model.save_pretrained(HERE / "old-writer", safe_serialization=False)


def cases(many, **old):
    model = T5ForConditionalGeneration.from_pretrained(HERE / "writer", **old).eval()
    model.generation_config.decoder_start_token_id = 0
    found = []
    for settings in many:
        for prompt in PROMPTS:
            rules = {"max_new_tokens": 16, "do_sample": False} | settings
            ids = model.generate(torch.tensor([prompt]), **rules)[0].tolist()[1:]
            ids = ids[: ids.index(1)] if 1 in ids else ids
            found.append({"settings": {"max_new_tokens": 16} | settings, "prompt": prompt, "ids": ids})
    return found


def main():
    path = HERE / "generation.json"
    document = json.loads(path.read_text()) if path.exists() else {}
    if sys.argv[1:] == ["old"]:
        write_old()
        document["diverse"] = cases(DIVERSE, tie_word_embeddings=False)
    else:
        write()
        document |= {"plain": cases(PLAIN), "beams": cases(BEAMS)}
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    for key in ("plain", "beams", "diverse"):
        ids = [case["ids"] for case in document.get(key, [])]
        print(key, len(ids), "different", len(set(map(str, ids))), "lengths", sorted(map(len, ids)))


if __name__ == "__main__":
    main()
