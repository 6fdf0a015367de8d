"""Makes the T5 fixtures of NetworksTests: outputs and gradients of tiny networks, computed by transformers.

    python make_t5.py        (torch 2.15, transformers 5.24, safetensors)

As make_networks.py: NAME.json has config.json, every parameter with its shape and the token ids, NAME.safetensors the
results. `logits` are of the whole decoder at once; gradients are those of sum(logits * r).
"""
import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import T5Config, T5EncoderModel, T5ForConditionalGeneration, UMT5Config, UMT5ForConditionalGeneration

from formula import fill, tensor

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)

SIZES = dict(
    vocab_size=60, d_model=24, d_kv=6, d_ff=40, num_layers=2, num_decoder_layers=3, num_heads=5,
    relative_attention_num_buckets=8, relative_attention_max_distance=12, decoder_start_token_id=0)
TOKENS = [[5, 17, 33, 20, 41, 8, 8, 59, 12, 9, 30, 21, 45, 6, 3, 22, 1], [7, 50, 3, 1] + [0] * 13]
DECODER_TOKENS = [[0, 11, 25, 37, 4, 4, 19, 52, 8, 13, 29, 31], [0, 9, 2, 48, 1, 0, 0, 0, 0, 0, 0, 0]]


def make(name, model, config, weights, **extra):
    model = model.eval()
    if "lm_head.weight" in weights:
        # transformers 5 ties both tables until a file has two.
        model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
    parameters = fill(model)
    tokens, decoder_tokens = torch.tensor(TOKENS), torch.tensor(DECODER_TOKENS)
    mask = (tokens != 0).long()
    states = model.encoder(input_ids=tokens, attention_mask=mask, output_hidden_states=True)
    out = model(input_ids=tokens, attention_mask=mask, decoder_input_ids=decoder_tokens)
    bare = model.encoder(input_ids=tokens)
    results = {
        "states": states.last_hidden_state, "unmasked": bare.last_hidden_state, "logits": out.logits,
        "penultimate": model.encoder.final_layer_norm(states.hidden_states[-2]),
    }
    named = dict(model.named_parameters())
    r = tensor("r", tuple(out.logits.shape))
    found = torch.autograd.grad((out.logits * r).sum(), [named[key] for key in weights])
    results |= {f"gradient.{key}": value for key, value in zip(weights, found)}
    fields = {key: value for key, value in config.to_dict().items() if key != "_name_or_path"} | extra
    with open(HERE / f"{name}.json", "w") as file:
        json.dump({"config": fields, "parameters": parameters, "tokens": TOKENS, "decoderTokens": DECODER_TOKENS}, file)
        file.write("\n")
    results = {key: value.detach().float().contiguous().clone() for key, value in results.items()}
    save_file(results, HERE / f"{name}.safetensors")
    print(name, {key: round(value.square().mean().sqrt().item(), 3) for key, value in results.items()})


def main():
    config = T5Config(feed_forward_proj="relu", **SIZES)
    make("t5_v1_0", T5ForConditionalGeneration(config), config, [
        "shared.weight", "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        "encoder.block.1.layer.0.SelfAttention.q.weight", "decoder.block.1.layer.1.EncDecAttention.k.weight",
        "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        "decoder.block.2.layer.2.DenseReluDense.wi.weight", "decoder.final_layer_norm.weight"])
    config = T5Config(feed_forward_proj="gated-gelu", tie_word_embeddings=False, **SIZES)
    make("t5_v1_1", T5ForConditionalGeneration(config), config, [
        "shared.weight", "lm_head.weight", "encoder.block.0.layer.1.DenseReluDense.wi_0.weight",
        "encoder.block.0.layer.1.DenseReluDense.wi_1.weight", "decoder.block.0.layer.0.SelfAttention.o.weight",
        "decoder.block.1.layer.0.layer_norm.weight"])
    config = UMT5Config(tie_word_embeddings=False, **SIZES)
    make("umt5", UMT5ForConditionalGeneration(config), config, [
        "shared.weight", "lm_head.weight",
        "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
        "decoder.block.2.layer.0.SelfAttention.relative_attention_bias.weight",
        "decoder.block.2.layer.1.EncDecAttention.v.weight"])


if __name__ == "__main__":
    main()
