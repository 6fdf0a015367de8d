"""Makes the fixtures of the tokenizer tests (transformers 5.23, tokenizers 0.23).

    python make_tokenizer.py [FOLDER WITH CLIP'S OWN VOCABULARY]

tiny/           a vocabulary of 640 entries, learned here from captions.json by the textbook algorithm; pads with <|endoftext|>
tiny-bang/      the same with special_tokens_map.json of Stable Diffusion 2.x: pads with "!"
tiny-document/  the same as transformers 5 saves it: tokenizer.json alone
*.expected.json what transformers.CLIPTokenizer makes of odd texts with each, and with CLIP's own vocabulary
"""

import collections
import json
import os
import shutil
import sys

from transformers import CLIPTokenizer

here = os.path.dirname(os.path.abspath(__file__))

COLOURS = ["red", "green", "blue", "yellow", "purple", "orange"]
THINGS = ["apple", "grinning face", "rocket", "red heart", "umbrella", "cat face", "snowman", "t-shirt", "mother's ring"]
MOTIONS = ["moving left", "moving right", "spinning", "growing", "shrinking", "bouncing", "standing still"]
CAPTIONS = [
    f"a {size}{thing} {motion} on a {colour} background{end}"
    for i, thing in enumerate(THINGS)
    for j, colour in enumerate(COLOURS)
    for size, motion, end in [(["", "small ", "Large "][(i + j) % 3], MOTIONS[(i + 2 * j) % 7], ["", ", blurred", "!"][j % 3])]
]

TEXTS = [
    "", " ", "\n\t  ", "a red apple spinning on a yellow background", "  A   RED\tApple\n", "hello world", "Hello, World!!! wow!",
    "caf\u00e9", "cafe\u0301", "\u212bngstr\u00f6m \u1e9b\u0323", "\u0130stanbul I\u0307 \u03a3\u0391\u03a3 \u1e9e \u00df", "\ufb01ne \u2126 \u01c5",
    "\U0001f34e", "a \U0001f468\u200d\U0001f469\u200d\U0001f467 family \U0001f44d\U0001f3fd", "\u2764\ufe0f heart\u2764",
    "&amp; &lt;b&gt; &#39; &quot;", "it's IT'S don't we'll they're I'd I've I'm o'clock 'sad ''t -'s", "don\u2019t",
    "2023 1/2 \u00bd \u2163 \u00b2 \u0663 100k", "\u4e00\u53ea\u7ea2\u8272\u7684\u82f9\u679c", "\u043a\u0440\u0430\u0441\u043d\u043e\u0435 \u044f\u0431\u043b\u043e\u043a\u043e", "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab", "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22", "\u0928\u092e\u0938\u094d\u0924\u0947",
    "x\u3000y\u00a0z\u200bw\u2028v\u0085u\u180et\ufeff", "nul\u0000 bell\u0007 del\u007f\u001cfs",
    "<|endoftext|>", "a<|endoftext|>b", "a <|ENDOFTEXT|> b", "<|startoftext|> a", "<|startoftext|><|endoftext|>!", "x <|EndOfText|>!! y",
    "<|endoftext", "<|startoftext|", "!<|endoftext|>!", "< |endoftext|>", "</w>", "a</w> b</w>", "!", "!!!", "a!b", "hello!<|endoftext|>",
    "(a:1.3) [b] {c|d} <lora:x:0.8> BREAK", "snake_case kebab-case CamelCase a.b.c http://example.com/?q=1&r=2", "\\ \" / ` ~ ^",
    "a\u0300\u0301\u0302\u0303\u0304b", "\u0344\u0340\u0341 \u0958 \ufb2c \U0001d15e", "new in Unicode 17: a\u088fb a\ua7ceb a\U000323b0b", "\U000e0041\U0010fffd \ufffd \ufffe",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "word " * 74 + "end", "word " * 75 + "end", "word " * 76 + "end",
    "a red apple " * 40 + "and the REST, caf\u00e9 \U0001f34e & more!", "x" * 500, "\U0001f34e" * 60, "<|endoftext|>" * 80, "!" * 80,
]


def byte_characters():
    own = list(range(0x21, 0x7F)) + list(range(0xA1, 0xAD)) + list(range(0xAE, 0x100))
    characters, extra = dict((b, chr(b)) for b in own), 0
    for b in range(256):
        if b not in characters:
            characters[b] = chr(256 + extra)
            extra += 1
    return characters


def learn(captions, entries, least):
    """Counts everything anew for each merge; ties go to the pair that sorts first."""
    characters = byte_characters()
    scratch = CLIPTokenizer(vocab={"<|startoftext|>": 0, "<|endoftext|>": 1}, merges=[]).backend_tokenizer
    words = collections.Counter()
    for caption in captions:
        for word, _ in scratch.pre_tokenizer.pre_tokenize_str(scratch.normalizer.normalize_str(caption)):
            words[tuple(word[:-1]) + (word[-1] + "</w>",)] += 1
    alphabet = sorted(characters.values())
    tokens, merges = alphabet + [c + "</w>" for c in alphabet], []
    while len(tokens) + 2 < entries:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        if not pairs:
            break
        count = max(pairs.values())
        if count < least:
            break
        left, right = min(pair for pair, n in pairs.items() if n == count)
        merges.append((left, right))
        tokens.append(left + right)
        merged_words = collections.Counter()
        for word, n in words.items():
            merged, i = [], 0
            while i < len(word):
                if word[i : i + 2] == (left, right):
                    merged.append(left + right)
                    i += 2
                else:
                    merged.append(word[i])
                    i += 1
            merged_words[tuple(merged)] += n
        words = merged_words
    return tokens + ["<|startoftext|>", "<|endoftext|>"], merges


def flags(content):
    return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}


def write(folder, tokens, merges, pad):
    os.makedirs(folder, exist_ok=True)
    special = dict(bos_token=flags("<|startoftext|>"), eos_token=flags("<|endoftext|>"), unk_token=flags("<|endoftext|>"), pad_token=pad)
    with open(f"{folder}/vocab.json", "w", encoding="utf-8") as f:
        json.dump({t: i for i, t in enumerate(tokens)}, f, ensure_ascii=False)
    with open(f"{folder}/merges.txt", "w", encoding="utf-8") as f:
        f.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    with open(f"{folder}/special_tokens_map.json", "w") as f:
        json.dump(special, f)
    with open(f"{folder}/tokenizer_config.json", "w") as f:
        # As ModelScope ships it: another padding here, which must lose.
        json.dump({**special, "pad_token": "<|endoftext|>", "model_max_length": 77, "tokenizer_class": "CLIPTokenizer"}, f)


def expect(folder, name, texts=TEXTS):
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    cases = []
    for text in texts:
        ids = tokenizer(text, padding="max_length", max_length=77, truncation=True).input_ids
        whole = tokenizer(text).input_ids
        cut = whole[76:-1]
        cases.append(dict(text=text, ids=ids, count=len(whole) - 2, cut=len(cut), cutText=tokenizer.decode(cut) if cut else ""))
    with open(f"{here}/{name}.expected.json", "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


def main():
    with open(f"{here}/captions.json", "w") as f:
        json.dump(CAPTIONS, f, indent=0)
    tokens, merges = learn(CAPTIONS, 640, 2)
    write(f"{here}/tiny", tokens, merges, "<|endoftext|>")
    write(f"{here}/tiny-bang", tokens, merges, "!")
    shutil.rmtree(f"{here}/tiny-document", ignore_errors=True)
    CLIPTokenizer.from_pretrained(f"{here}/tiny").save_pretrained(f"{here}/tiny-document")
    for name in ["tiny", "tiny-bang", "tiny-document"]:
        expect(f"{here}/{name}", name)
    if len(sys.argv) > 1:
        expect(sys.argv[1], "clip")


main()
