"""Prompts that change between steps, as A1111's web UI (1.10) reads them with lark 1.3.

    python make_schedules.py stable-diffusion-webui/modules/prompt_parser.py

schedules.json: cases of prompt, steps, and what get_learned_conditioning_prompt_schedules makes of them: [last step, prompt] each.
They are its own doctests, what people write, and 400 texts drawn from the grammar's characters, less two that can be read in two ways,
of which lark takes the one whose choice, though complete, is text.
"""

import importlib.util
import json
import os
import random
import sys

spec = importlib.util.spec_from_file_location("prompt_parser", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

DOCTESTS = ["test", "a [b:3]", "a [b: 3]", "a [[[b]]:2]", "[(a:2):3]", "a [b : c : 1] d", "a[b:[c:d:2]:1]e", "a [unbalanced",
            "a [b:.5] c", "((a][:b:c [d:3]", "[a|(b:1.1)]", "[fe|]male", "[fe|||]male"]
WRITTEN = [
    "", "fantasy landscape with a [mountain:lake:0.25] and [an oak:a christmas tree:0.75][ in foreground::0.6]"
    "[ in background:0.25] [shoddy:masterful:0.5]", "[from:to:0.5] x", "[to:7]", "[from::7]", "[:to:7]", "a [cow|horse|(dog:1.3)] in a field",
    "[a:b:0]", "[a:b:1.0]", "[a:b:3.]", "[a:b:99]", "[a:b:-3]", "[a:b:+2]", "[a:b:1e0]", "[a:b:2e-1]", "[a:b: 3 ]", "[a:b:3\t]", "[a:b:\n.5]",
    "[3:3]", "[:3]", "[a:b:c:3]", "[a:b]", "[a:]", "(a [b:c:3] d:1.2)", "((a:b:c) [d|e])", "[[a:b:2]:c:5]", "[[a|b]:c:5]", "[[a|b]|[c:d:5]]",
    "[a:[b|c]:4]", "[[a:b:2]:c:d:5]", "[a:(b:c:4)]", "[a|b] x | y", "[a|b", "[a [b|c]|d:2]", "[|a]", "[a|", "|", "\\[a:b:3\\]", "[a\\:b:3]",
    "[a\\|b|c]", "a\\", "\\\\[a|b]", "[a\nb:c\n:2]", "a: [b:3], 12:30", "[é:ü😀:2]", "[a:b:.]", "[a:b:3a]", "[a:b:(3)]", "[[[[a:1]:2]:3]:4]",
    "(((a)", "[[[b", ")a(", "]a[b:2]", "[(a]:b:2)", "[(a:b:2]", "(a[b:2)]",
]
random.seed(28)
drawn = ["".join(random.choice(["[", "[", "]", "]", "(", ")", ":", ":", "|", "a", "b ", "2", ":3]", ".5", "\\"]) for _ in range(random.randint(3, 14)))
         for _ in range(400)]

two_ways = ("[[::3].5:3]:)", "[(]:3]2:[a:3]]]")

cases = []
for prompt in DOCTESTS + WRITTEN + [prompt for prompt in drawn if prompt not in two_ways]:
    for steps in (10,) if prompt in drawn else (10, 1, 7):
        cases.append({"prompt": prompt, "steps": steps, "schedule": [
            {"last": last, "prompt": text} for last, text in module.get_learned_conditioning_prompt_schedules([prompt], steps)[0]]})
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "schedules.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
