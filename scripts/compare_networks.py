"""Networks of full size here, in PyTorch and in OpenVINO: one call each in turn, on the same machine, with random weights.

Usage: python scripts/compare_networks.py [--network sd15-unet ...] [--dtype float32 bfloat16] [--rounds 5] [--peers torch openvino] [--json FILE]
Needs a release build (`make build`), torch, diffusers, transformers and openvino; up to 24 GB of memory for ModelScope in float32.
Prints a Markdown table of the medians, their ratios, and each process's peak of resident memory while it loads and computes.

Each engine is a process of its own that is started once, waits, and computes when it is told to. PyTorch is eager, with as many threads
as there are cores. OpenVINO reads a model that was converted from PyTorch's beforehand, with its latency defaults.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from comparison_table import ComparisonTable, in_reach

ROOT = pathlib.Path(__file__).parents[1]
PEERS = ["torch", "openvino"]
NETWORKS = ["sd15-unet", "modelscope-unet", "vae-decoder", "clip-l-text", "vit-h-text"]


def module(name):
    """The network with random weights, and the inputs of one call."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel, UNet3DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    timestep = torch.tensor(501.0)
    if name == "sd15-unet":
        return UNet2DConditionModel(cross_attention_dim=768).eval(), (
            torch.randn(2, 4, 64, 64), timestep, torch.randn(2, 77, 768))
    if name == "modelscope-unet":
        return UNet3DConditionModel().eval(), (torch.randn(2, 4, 16, 32, 32), timestep, torch.randn(2, 77, 1024))
    if name == "vae-decoder":
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2).eval()
        vae.encoder, vae.quant_conv = None, None
        return vae, (torch.randn(1, 4, 64, 64),)
    width, layers, heads, activation = {
        "clip-l-text": (768, 12, 12, "quick_gelu"), "vit-h-text": (1024, 23, 16, "gelu")}[name]
    text = CLIPTextModel(CLIPTextConfig(
        hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers, num_attention_heads=heads,
        hidden_act=activation, vocab_size=49408, bos_token_id=49406, eos_token_id=49407)).eval()
    return text, (torch.tensor([[49406] + [300 + 17 * i for i in range(75)] + [49407]]),)


def wrapped(name):
    """The same with one way to be called: tensors in, one tensor out."""
    import torch

    inner, inputs = module(name)

    class Call(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = inner

        def forward(self, *values):
            if name == "vae-decoder":
                return self.inner.decode(values[0], return_dict=False)[0]
            return self.inner(*values, return_dict=False)[0]

    return Call().eval(), inputs


def peak():
    """Gigabytes that were resident at once."""
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 2**20


def child(engine, name, dtype, model):
    """Prepares one call and makes it for every line that comes in."""
    if engine == "torch":
        import torch

        torch.set_num_threads(os.cpu_count())
        network, inputs = wrapped(name)
        if dtype == "bfloat16":
            network = network.to(torch.bfloat16)
            inputs = [x.to(torch.bfloat16) if x.is_floating_point() and x.ndim > 0 else x for x in inputs]

        def call():
            with torch.inference_mode():
                network(*inputs)
    else:
        import numpy
        import openvino

        core = openvino.Core()
        compiled = core.compile_model(model, "CPU", {
            "INFERENCE_PRECISION_HINT": "bf16" if dtype == "bfloat16" else "f32", "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": os.cpu_count()})
        inputs = [numpy.load(f"{model}.{i}.npy") for i in range(len(compiled.inputs))]
        request = compiled.create_infer_request()

        def call():
            request.infer(inputs)
    call()
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        call()
        print(json.dumps([time.perf_counter() - start, peak()]), flush=True)


def convert(name, model):
    """The network as OpenVINO's files, not rounded."""
    import numpy
    import openvino
    import torch

    network, inputs = wrapped(name)
    with torch.no_grad():
        converted = openvino.convert_model(network, example_input=inputs, input=[tuple(x.shape) for x in inputs])
    openvino.save_model(converted, model, compress_to_fp16=False)
    for i, value in enumerate(inputs):
        numpy.save(f"{model}.{i}.npy", value.numpy())


class Engine:
    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--child", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        while (line := self.process.stdout.readline().strip()) != "ready":
            if not line and self.process.poll() is not None:
                raise RuntimeError(f"{arguments} ended with status {self.process.returncode}")

    def call(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def ours(name, dtype):
    """The program is started anew for each call: what it holds does not stand in the others' way."""
    process = subprocess.Popen(
        [ROOT / ".build/release/negspace", "bench", "networks", "--network", name, "--dtype", dtype, "--runs", "2", "--json"],
        stdout=subprocess.PIPE)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    row = json.loads(text)[0]
    return [row["seconds"], usage.ru_maxrss / 2**20], row


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", nargs="*", default=NETWORKS)
    parser.add_argument("--dtype", nargs="*", default=["float32", "bfloat16"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", nargs="*", choices=PEERS)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    rows = []
    peers = PEERS if arguments.peers is None else arguments.peers
    table = ComparisonTable(["network", "type"], peers, beside=["of a product's rate"])
    for name in arguments.network:
        with tempfile.TemporaryDirectory() as folder:
            model = f"{folder}/model.xml"
            if "openvino" in peers:
                subprocess.run([sys.executable, __file__, "--convert", name, model], check=True, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
            for dtype in arguments.dtype:
                asked = in_reach(peers, dtype) if arguments.peers is None else peers
                engines = {peer: Engine(peer, name, dtype, model) for peer in asked}
                results, shares = {"here": []} | {engine: [] for engine in engines}, []
                for _ in range(arguments.rounds):
                    result, row = ours(name, dtype)
                    results["here"].append(result)
                    shares.append(row["share"])
                    for engine in engines:
                        results[engine].append(engines[engine].call())
                for engine in engines.values():
                    engine.close()
                table.row([name, dtype], results, digits=3, beside=[f"{statistics.median(shares):.0%}"])
                rows.append({"network": name, "dtype": dtype, "calls": results})
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    elif sys.argv[1:2] == ["--convert"]:
        convert(*sys.argv[2:])
    else:
        main()
