"""Writes lvdm_trajectories.json: what VideoCrafter's own sampler computes.

    git clone https://github.com/AILab-CVC/VideoCrafter
    python make_lvdm.py VideoCrafter        (torch 2.13, numpy 2, tqdm, einops)

The network is the formula of make_schedulers.py. `LatentDiffusion` and `DDIMSampler` are the original's; what they import and do not need
for this is stubbed, and tables stay on the processor.
"""

import json
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).parent
SHAPE = (1, 2, 4, 4)
sys.path.insert(0, str(HERE.parents[1] / "PipelinesTests" / "Fixtures"))
import video_crafter_code  # noqa: E402

video_crafter_code.use(sys.argv[1])

from lvdm.models.ddpm3d import LatentDiffusion  # noqa: E402
from lvdm.models.samplers.ddim import DDIMSampler  # noqa: E402


Sampler = video_crafter_code.on_the_processor(DDIMSampler)


def network(x, t):
    return 0.8 * x + 0.2 * x / (1 + x * x) + 0.05 * (t / 1000)


def numbers(tensor):
    return [float(f"{value:.9g}") for value in torch.as_tensor(tensor).flatten().tolist()]


def trajectory(steps, eta, **scale):
    model = LatentDiffusion(
        first_stage_config={}, cond_stage_config={}, unet_config=video_crafter_code.Configuration(),
        timesteps=1000, linear_start=0.00085, linear_end=0.012, use_ema=False, conditioning_key="crossattn", **scale)
    calls = []

    def apply_model(x, t, cond, **kwargs):
        calls.append(int(t[0]))
        return network(x, t[0].float())

    model.apply_model = apply_model
    latents, denoised = [], []
    sampler = Sampler(model)
    step = sampler.p_sample_ddim

    def watched(*args, **kwargs):
        x, x0 = step(*args, **kwargs)
        latents.append(numbers(x))
        denoised.append(numbers(x0))
        return x, x0

    sampler.p_sample_ddim = watched
    torch.manual_seed(steps)
    start = torch.randn(SHAPE)
    sampler.sample(S=steps, batch_size=1, shape=SHAPE[1:], conditioning=torch.zeros(1), eta=eta, x_T=start, verbose=False)

    # A picture with the noise of a call in the middle.
    begin = len(calls) // 2
    picture, noise = (torch.randn(SHAPE, generator=torch.Generator().manual_seed(s)) for s in (1, 2))
    noised = model.q_sample(picture, torch.tensor([calls[begin]]), noise)
    configuration = {
        "_class_name": "LVDMDDIMScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
    configuration |= {key: value for key, value in scale.items() if key != "fix_scale_bug"}
    return {
        "steps": steps, "eta": eta, "configuration": json.dumps(configuration), "timesteps": calls, "latents": latents,
        "denoised": denoised, "begin": begin, "noised": numbers(noised)}


if __name__ == "__main__":
    entries = [
        trajectory(4, 1.0, use_scale=True, scale_b=0.7),
        # A step more than asked for.
        trajectory(7, 0.0, use_scale=True, scale_b=0.7),
        trajectory(10, 0.5, use_scale=True, fix_scale_bug=True),
        trajectory(5, 1.0),
    ]
    (HERE / "lvdm_trajectories.json").write_text("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")
