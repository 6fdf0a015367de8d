"""Makes the fixtures of the T5 tokenizer's tests (transformers 5.24, tokenizers 0.23, sentencepiece 0.2.3).

    python make_t5_tokenizer.py

t5/                 a unigram vocabulary of 400 pieces, learned here from captions.json and odd texts; 100 sentinels
t5-document/        the same as transformers saves it: tokenizer.json alone
t5.expected.json    what transformers.T5Tokenizer makes of odd texts
"""
import json
import pathlib
import shutil

import sentencepiece
from transformers import T5Tokenizer

from make_tokenizer import CAPTIONS, TEXTS

HERE = pathlib.Path(__file__).parent
OWN = [
    "<extra_id_0>", "a <extra_id_0> b <extra_id_99>c", "the end</s>", "a</s>b", "<pad> a <unk> b", "<extra_id_100>",
    "\u2581 already \u2581there", "a\u2581b", "ugly, blurry, (bad anatomy:1.3), low-res!!", "NSFW,watermark ,text  ,logo",
    "tab\tnew\nline\r\nreturn", "  leading and trailing  "]


def main():
    folder = HERE / "t5"
    folder.mkdir(exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CAPTIONS * 3 + TEXTS[3:20] + OWN), model_prefix=str(folder / "spiece"), vocab_size=400,
        model_type="unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, num_threads=1, minloglevel=1, hard_vocab_limit=False)
    (folder / "spiece.vocab").unlink()
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "T5Tokenizer", "extra_ids": 100}\n')
    tokenizer = T5Tokenizer.from_pretrained(folder)
    shutil.rmtree(HERE / "t5-document", ignore_errors=True)
    tokenizer.save_pretrained(HERE / "t5-document")
    cases = []
    for text in TEXTS + OWN:
        ids = tokenizer(text).input_ids
        cases.append(dict(text=text, ids=ids, decoded=tokenizer.decode(ids, skip_special_tokens=True)))
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / "t5.expected.json").write_text(f'{{"count": {len(tokenizer)}, "cases": [\n{lines}\n]}}\n')
    print(len(cases), "texts")


if __name__ == "__main__":
    main()
