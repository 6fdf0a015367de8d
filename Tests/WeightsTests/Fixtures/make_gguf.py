"""Makes the GGUF files for the reader's tests (gguf 0.19, numpy 2, safetensors, transformers 5.23).

    python make_gguf.py

gguf/types.gguf         a tensor of every type that is read; blocks are random bytes with finite scales
gguf/types.safetensors  what gguf's reference implementation makes of them, in float32
gguf/t5.gguf, t5_encoder.gguf
                        a T5's tensors under llama.cpp's names, as gguf's own table pairs them, a number each
gguf/t5.json            transformers' names of the same, with the numbers
"""

import json
import os

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T
from safetensors.numpy import save_file
from transformers import T5Config, T5EncoderModel, T5ForConditionalGeneration

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gguf")
os.makedirs(here, exist_ok=True)
random = np.random.default_rng(11)

# Where the float16 scales of a block begin.
SCALES = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q2_K: [80, 82], T.Q3_K: [108],
    T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208],
}


def blocks(kind, count):
    size = gguf.GGML_QUANT_SIZES[kind][1]
    data = random.integers(0, 256, (count, size), dtype=np.uint8)
    for place in SCALES[kind]:
        scales = random.normal(0, 0.1, count).astype(np.float16)
        # One that is subnormal, and none.
        scales[-1], scales[0] = 3e-7, -0.0
        data[:, place:place + 2] = scales.view(np.uint8).reshape(count, 2)
    return data


def types():
    writer = gguf.GGUFWriter(os.path.join(here, "types.gguf"), "sd1")
    writer.add_quantization_version(2)
    writer.add_array("tokenizer.ggml.tokens", ["a", "b", "c"] * 7)
    writer.add_float32("a.fraction", 0.5)
    writer.add_string("modelspec.prediction_type", "v")
    expected = {}
    values = np.array([[-3, 0, 1], [2, 100, 7]])
    for name in "float64 float32 float16 int64 int32 int16 int8".split():
        writer.add_tensor(name, values.astype(name))
        expected[name] = values.astype(np.float32)
    exact = values.astype(np.float32).view(np.uint32) >> 16
    writer.add_tensor("bfloat16", exact.astype(np.uint16).view(np.uint8), raw_dtype=T.BF16)
    expected["bfloat16"] = values.astype(np.float32)
    for kind in SCALES:
        # Two rows, and five blocks or more in all.
        size, width = gguf.GGML_QUANT_SIZES[kind][0], gguf.GGML_QUANT_SIZES[kind][1]
        data = blocks(kind, 6).reshape(2, 3 * width)
        writer.add_tensor(kind.name, data, raw_dtype=kind)
        expected[kind.name] = gguf.quants.dequantize(data, kind).reshape(2, 3 * size)
    # A convolution as ComfyUI-GGUF lays it out: rows of 256.
    data = blocks(T.Q4_K, 3)
    writer.add_array("comfy.gguf.orig_shape.convolution", (16, 16, 3, 1))
    writer.add_tensor("convolution", data, raw_dtype=T.Q4_K)
    expected["convolution"] = gguf.quants.dequantize(data, T.Q4_K).reshape(16, 16, 3, 1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file({name: np.ascontiguousarray(value) for name, value in expected.items()}, os.path.join(here, "types.safetensors"))


def t5(file, model, arch, layers):
    names = gguf.get_tensor_name_map(arch, layers)
    writer = gguf.GGUFWriter(os.path.join(here, file), gguf.MODEL_ARCH_NAMES[arch])
    # What is tied to the table of tokens, llama.cpp's converter leaves out.
    keys = [key for key in model.state_dict() if not key.endswith("embed_tokens.weight")]
    for number, key in enumerate(keys):
        name = names.get_name(key, try_suffixes=(".weight",))
        assert name, key
        writer.add_tensor(name, np.array([number], dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return {key: number for number, key in enumerate(keys)}


types()
sizes = dict(d_model=8, d_kv=4, d_ff=8, num_layers=2, num_heads=2, vocab_size=10)
gated = T5Config(**sizes, feed_forward_proj="gated-gelu", tie_word_embeddings=False)
with open(os.path.join(here, "t5.json"), "w") as file:
    json.dump({
        "t5": t5("t5.gguf", T5ForConditionalGeneration(gated), gguf.MODEL_ARCH.T5, 2),
        "t5_encoder": t5("t5_encoder.gguf", T5EncoderModel(T5Config(**sizes)), gguf.MODEL_ARCH.T5ENCODER, 2),
    }, file, indent=1)
