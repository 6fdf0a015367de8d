"""A whole picture by whole programs: from the start of the process to the finished file, here and in other engines.

Usage: python scripts/compare_programs.py MODEL [--peers torch openvino] [--sdcpp FILE] [--steps 25] [--dtype bfloat16] [--rounds 3]
MODEL is a diffusers folder of Stable Diffusion 1.5's size (scripts/make_full_size.py makes one of random weights), FILE the same model as
one file, for stable-diffusion.cpp, which computes in the file's type. Needs a release build (`make build`) and, for the peers that are
asked for, torch, diffusers, transformers, openvino, Pillow and stable-diffusion-cpp-python; OpenVINO's models are converted beforehand, in
a folder of their own. Prints a Markdown table: median seconds, what part of each peer's our own are, peak of resident memory.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from comparison_table import ComparisonTable, in_reach

ROOT = pathlib.Path(__file__).parents[1]
PEERS = ["torch", "openvino"]
PROMPT, NEGATIVE = "a red fox in the snow", "blurry, low quality"


def torch_program(model, dtype, steps, out):
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    torch.set_num_threads(os.cpu_count())
    pipe = StableDiffusionPipeline.from_pretrained(
        model, torch_dtype=getattr(torch, dtype), safety_checker=None, local_files_only=True)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe(PROMPT, negative_prompt=NEGATIVE, num_inference_steps=int(steps), guidance_scale=7.5,
         generator=torch.Generator("cpu").manual_seed(42)).images[0].save(out)


def openvino_program(model, dtype, steps, out, folder):
    import numpy
    import openvino
    from PIL import Image
    from transformers import CLIPTokenizer

    core = openvino.Core()
    options = {"INFERENCE_PRECISION_HINT": "bf16" if dtype == "bfloat16" else "f32", "PERFORMANCE_HINT": "LATENCY",
               "INFERENCE_NUM_THREADS": os.cpu_count()}
    text, unet, vae = (core.compile_model(f"{folder}/{name}.xml", "CPU", options) for name in ("text", "unet", "vae"))
    tokens = CLIPTokenizer.from_pretrained(f"{model}/tokenizer")(
        [NEGATIVE, PROMPT], padding="max_length", max_length=77, return_tensors="np").input_ids
    states = numpy.concatenate([text([row[None]])[0] for row in tokens])
    # DDIM without noise, as scheduler_config.json has it: scaled linear betas, steps_offset 1, the first alpha at the end.
    alphas = numpy.cumprod(1 - numpy.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=numpy.float32) ** 2)
    x = numpy.random.RandomState(42).standard_normal((1, 4, 64, 64)).astype(numpy.float32)
    stride = 1000 // int(steps)
    for t in (numpy.arange(int(steps)) * stride)[::-1] + 1:
        both = unet([numpy.concatenate([x, x]), numpy.float32(t), states])[0]
        noise = both[:1] + 7.5 * (both[1:] - both[:1])
        now, before = alphas[t], alphas[t - stride] if t >= stride else alphas[0]
        clean = (x - (1 - now) ** 0.5 * noise) / now**0.5
        x = before**0.5 * clean + (1 - before) ** 0.5 * noise
    picture = (vae([x / 0.18215])[0][0].transpose(1, 2, 0) / 2 + 0.5).clip(0, 1)
    Image.fromarray((picture * 255).round().astype(numpy.uint8)).save(out)


def sdcpp_program(model, steps, out):
    from stable_diffusion_cpp import StableDiffusion

    # Its flash attention is off by default, and slower here.
    engine = StableDiffusion(model_path=model, n_threads=os.cpu_count(), vae_decode_only=True, verbose=False)
    engine.generate_image(
        PROMPT, negative_prompt=NEGATIVE, width=512, height=512, cfg_scale=7.5, sample_method="ddim_trailing",
        sample_steps=int(steps), seed=42)[0].save(out)


def convert(model, folder):
    import openvino
    import torch
    from diffusers import StableDiffusionPipeline

    pipe = StableDiffusionPipeline.from_pretrained(model, safety_checker=None, local_files_only=True)

    class Call(torch.nn.Module):
        def __init__(self, inner, function):
            super().__init__()
            self.inner, self.function = inner, function

        def forward(self, *values):
            return self.function(self.inner, *values)[0]

    parts = {
        "text": (pipe.text_encoder, lambda m, ids: m(ids, return_dict=False), (torch.ones(1, 77, dtype=torch.long),)),
        "unet": (pipe.unet, lambda m, x, t, s: m(x, t, s, return_dict=False),
                 (torch.randn(2, 4, 64, 64), torch.tensor(501.0), torch.randn(2, 77, 768))),
        "vae": (pipe.vae, lambda m, x: m.decode(x, return_dict=False), (torch.randn(1, 4, 64, 64),)),
    }
    for name, (inner, function, inputs) in parts.items():
        with torch.no_grad():
            converted = openvino.convert_model(
                Call(inner, function).eval(), example_input=inputs, input=[tuple(x.shape) for x in inputs])
        openvino.save_model(converted, f"{folder}/{name}.xml", compress_to_fp16=False)


def timed(command):
    """Seconds of a process, and the gigabytes that were resident at once."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, (command, status)
    return time.perf_counter() - start, usage.ru_maxrss / 2**20


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--peers", nargs="*", choices=PEERS)
    parser.add_argument("--sdcpp", metavar="FILE")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--dtype", nargs="*", default=["bfloat16", "float32"])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    steps, model = str(arguments.steps), arguments.model
    peers = (PEERS if arguments.peers is None else arguments.peers) + ["sdcpp"] * bool(arguments.sdcpp)
    table = ComparisonTable(["type"], peers)
    with tempfile.TemporaryDirectory() as folder:
        if "openvino" in peers:
            timed([sys.executable, __file__, "--convert", model, folder])
        for dtype in arguments.dtype:
            programs = {
                "here": [ROOT / ".build/release/negspace", "image", PROMPT, "-n", NEGATIVE, "-m", model, "--sampler", "ddim",
                         "--steps", steps, "--guidance-scale", "7.5", "--dtype", dtype, "-o", f"{folder}/here.png"]}
            for peer in in_reach(PEERS, dtype) if arguments.peers is None else arguments.peers:
                programs[peer] = [sys.executable, __file__, f"--{peer}", model, dtype, steps, f"{folder}/{peer}.png"]
                programs[peer] += [folder] if peer == "openvino" else []
            if arguments.sdcpp:
                programs["sdcpp"] = [sys.executable, __file__, "--child-sdcpp", arguments.sdcpp, steps, f"{folder}/sdcpp.png"]
            results = {name: [] for name in programs}
            for _ in range(arguments.rounds):
                for name, command in programs.items():
                    results[name].append(timed(command))
            table.row([dtype], results, digits=1)


if __name__ == "__main__":
    kinds = {"--torch": torch_program, "--openvino": openvino_program, "--child-sdcpp": sdcpp_program, "--convert": convert}
    if sys.argv[1:] and sys.argv[1] in kinds:
        kinds[sys.argv[1]](*sys.argv[2:])
    else:
        main()
