"""Makes the fixtures of NegOpt's tests: steps of learning from examples and by PPO, computed by PyTorch and transformers.

    python make_negopt.py        (torch 2.15, transformers 5.24, safetensors, rouge_score 0.1.2)

negopt/texts.json           token ids, what PPO's texts were thought of, ROUGE of pairs of texts
negopt/results.safetensors  losses, gradients, weights after the steps
Weights come from formula.py by their names; value_head is a linear layer on the decoder's states.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "NetworksTests/Fixtures"))

import torch
from rouge_score.rouge_scorer import RougeScorer
from safetensors.torch import save_file
from transformers import T5Config, T5ForConditionalGeneration

from formula import fill, spread

OUT = HERE / "negopt"
torch.set_num_threads(1)

CONFIG = dict(
    vocab_size=40, d_model=16, d_kv=4, d_ff=24, num_layers=2, num_decoder_layers=2, num_heads=4,
    relative_attention_num_buckets=8, relative_attention_max_distance=12, decoder_start_token_id=0,
    feed_forward_proj="gated-gelu")
ROWS = [
    ([5, 17, 33, 20, 1], [9, 8, 30, 1]), ([7, 3, 1], [11, 12, 13, 14, 15, 16, 1]), ([2, 39, 22, 6, 31, 18, 1], [4, 1])]
ROUGE = [
    ("ugly, blurry, bad hands", "blurry, ugly, bad anatomy"), ("", "ugly"), ("a a a b", "a b b"), ("Low-Quality 3D", "low quality 3d"),
    ("one two three four", "one three two four five"), ("caf\u00e9 noir", "cafe noir")]


class Policy(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = T5ForConditionalGeneration(T5Config(**CONFIG)).eval()
        self.value_head = torch.nn.Linear(16, 1)

    def named(self):
        return {name.removeprefix("model."): value for name, value in self.named_parameters()}


def policy():
    policy = Policy()
    fill(policy, lambda name: name.removeprefix("model."))
    return policy


def pad(rows, value=0):
    length = max(map(len, rows))
    return torch.tensor([list(row) + [value] * (length - len(row)) for row in rows])


def optimizer(named):
    decayed = [value for value in named.values() if value.ndim > 1]
    others = [value for value in named.values() if value.ndim <= 1]
    return torch.optim.AdamW([dict(params=decayed, weight_decay=0.01), dict(params=others, weight_decay=0.0)], lr=1e-3)


def update(named, adam):
    torch.nn.utils.clip_grad_norm_(list(named.values()), 1.0)
    adam.step()
    adam.zero_grad()


KEPT = [
    "shared.weight", "encoder.block.0.layer.0.SelfAttention.q.weight", "decoder.block.1.layer.1.EncDecAttention.v.weight",
    "decoder.final_layer_norm.weight"]


def examples(results):
    network = policy()
    named = {name: value for name, value in network.named().items() if not name.startswith("value_head")}
    adam = optimizer(named)
    prompts, targets = pad([row[0] for row in ROWS]), pad([row[1] for row in ROWS], -100)
    losses = []
    for step in range(3):
        loss = network.model(input_ids=prompts, attention_mask=(prompts != 0).long(), labels=targets).loss
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            results |= {f"examples.gradient.{name}": named[name].grad.clone() for name in KEPT}
        update(named, adam)
    results |= {f"examples.weight.{name}": named[name].detach().clone() for name in KEPT}
    results["examples.losses"] = torch.tensor(losses)


def texts():
    found = []
    for index, (prompt, written) in enumerate(ROWS + [([5, 6, 1], [22, 23, 24, 25, 26])]):
        noise = lambda name: torch.from_numpy(spread(f"{name}.{index}", (len(written),)).copy())
        found.append(dict(prompt=prompt, written=written, old=noise("old"), reference=noise("reference"), values=0.5 * noise("value"),
                          reward=[0.8, -0.4, 0.1, 0.5][index]))
    return found


def rollouts(results):
    network = policy()
    named = network.named()
    adam = optimizer(named)
    rows = texts()
    prompts, written = pad([row["prompt"] for row in rows]), pad([row["written"] for row in rows])
    mask = pad([[1.0] * len(row["written"]) for row in rows])
    inputs = torch.cat([torch.zeros(len(rows), 1, dtype=torch.long), written[:, :-1]], 1)

    def forward():
        out = network.model(
            input_ids=prompts, attention_mask=(prompts != 0).long(), decoder_input_ids=inputs, output_hidden_states=True)
        logp = out.logits.log_softmax(-1).gather(-1, written[..., None])[..., 0]
        return logp, network.value_head(out.decoder_hidden_states[-1])[..., 0]

    with torch.no_grad():
        logp, _ = forward()
        for index, row in enumerate(rows):
            own = logp[index, : len(row["written"])]
            row["old"] = own + 0.4 * row["old"]
            row["reference"] = row["old"] + 0.3 * row["reference"]

    clip, value_weight, lam, beta = 0.2, 2.3, 0.95, 0.2
    advantages, returns = [], []
    for row in rows:
        count, last, found = len(row["written"]), 0.0, []
        for t in reversed(range(count)):
            reward = -beta * (row["old"][t] - row["reference"][t]) + (row["reward"] if t == count - 1 else 0.0)
            following = row["values"][t + 1] if t + 1 < count else 0.0
            delta = reward + following - row["values"][t]
            last = delta + lam * last
            found.append(last)
        advantage = torch.stack(found[::-1])
        advantages.append(advantage)
        returns.append(advantage + row["values"])
    flat = torch.cat(advantages)
    mean, deviation = flat.mean(), torch.sqrt(flat.var(unbiased=False) + 1e-8)
    advantages = [(a - mean) / deviation for a in advantages]
    stack = lambda values: torch.nn.utils.rnn.pad_sequence(values, batch_first=True)
    A, R = stack(advantages), stack(returns)
    old, V0 = stack([row["old"] for row in rows]), stack([row["values"] for row in rows])

    logp, V = forward()
    ratio = torch.exp((logp - old) * mask)
    n = mask.sum()
    policy_loss = torch.max(-A * ratio, -A * ratio.clamp(1 - clip, 1 + clip)).sum() / n
    near = torch.clamp(V, V0 - clip, V0 + clip)
    value_loss = 0.5 * (torch.max((V - R) ** 2, (near - R) ** 2) * mask).sum() / n
    loss = policy_loss + value_weight * value_loss
    loss.backward()
    kept = KEPT + ["value_head.weight", "value_head.bias"]
    results |= {f"ppo.gradient.{name}": named[name].grad.clone() for name in kept}
    results |= {"ppo.loss": loss.detach(), "ppo.advantages": torch.cat(advantages), "ppo.returns": torch.cat(returns)}
    update(named, adam)
    results |= {f"ppo.weight.{name}": named[name].detach().clone() for name in kept}
    clipped = ((ratio - 1).abs() > clip).float() * mask
    print("clipped", clipped.sum().item(), "of", n.item())
    for row in rows:
        for key in ("old", "reference", "values"):
            row[key] = [float(v) for v in row[key]]
    return rows


def main():
    OUT.mkdir(exist_ok=True)
    results = {}
    examples(results)
    rows = rollouts(results)
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    rouge = []
    for text, reference in ROUGE:
        scores = scorer.score(reference, text)
        rouge.append(dict(text=text, reference=reference, scores=[scores[key].fmeasure for key in ("rouge1", "rouge2", "rougeL")]))
    (OUT / "texts.json").write_text(json.dumps(
        dict(config=CONFIG | {"model_type": "t5"}, rows=[dict(prompt=a, negative=b) for a, b in ROWS], texts=rows, rouge=rouge)) + "\n")
    save_file({key: value.detach().float().contiguous().clone() for key, value in results.items()}, OUT / "results.safetensors")
    print({key: round(value.float().square().mean().sqrt().item(), 5) for key, value in results.items() if "weight" not in key})


if __name__ == "__main__":
    main()
