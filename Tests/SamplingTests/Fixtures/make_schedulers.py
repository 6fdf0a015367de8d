"""Writes trajectories.json, schedules.json and arithmetic.json: what diffusers' schedulers compute.

Made with diffusers 0.42.1, torch 2.15.0, numpy 2.4.6. The network is a formula, `model` below; the latents are
(1, 2, 4, 4) in PyTorch's layout, and everything stored is in that layout.
"""

import json
import pathlib

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)
from diffusers.guiders import ClassifierFreeGuidance
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg

HERE = pathlib.Path(__file__).parent
SHAPE = (1, 2, 4, 4)


def model(x, t):
    return 0.8 * x + 0.2 * x / (1 + x * x) + 0.05 * (t / 1000)


def numbers(tensor):
    return [float(f"{value:.9g}") for value in torch.as_tensor(tensor).flatten().tolist()]


def write(name, entries):
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")


STABLE_DIFFUSION = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def trajectory(kind, steps, whole=False, eta=0.0, **configuration):
    """`whole` stores the file as diffusers saves it, with all defaults; else only the given keys."""
    scheduler = kind(**configuration)
    text = scheduler.to_json_string() if whole else json.dumps({"_class_name": kind.__name__, **configuration})
    scheduler.set_timesteps(steps)
    # Else the search for the first timestep fails where rounding made two of them equal.
    scheduler.set_begin_index(0) if hasattr(scheduler, "set_begin_index") else None
    generator = torch.Generator("cpu").manual_seed(steps)
    latents = torch.randn(SHAPE, generator=generator) * scheduler.init_noise_sigma
    denoised = []

    def run(latents, timesteps, generator):
        extra = {"eta": eta, "generator": generator} if kind is DDIMScheduler else {}
        if kind in (EulerAncestralDiscreteScheduler, DDPMScheduler, LCMScheduler):
            extra = {"generator": generator}
        states = []
        for timestep in timesteps:
            output = model(scheduler.scale_model_input(latents, timestep), timestep.to(torch.float32))
            result = scheduler.step(output, timestep, latents, **extra)
            latents = result.prev_sample
            states.append(numbers(latents))
            for name in ["pred_original_sample", "denoised"]:
                if name in result:
                    denoised.append(numbers(result[name]))
        return states

    states = run(latents, scheduler.timesteps, generator)
    denoised = list(denoised)

    # A start in the middle, from a picture
    begin = len(scheduler.timesteps) // 2
    scheduler.set_timesteps(steps)
    scheduler.set_begin_index(begin) if hasattr(scheduler, "set_begin_index") else None
    picture, noise = (torch.randn(SHAPE, generator=torch.Generator().manual_seed(s)) for s in (1, 2))
    noised = scheduler.add_noise(picture, noise, scheduler.timesteps[begin : begin + 1])

    late = run(noised, scheduler.timesteps[begin:], torch.Generator("cpu").manual_seed(steps))

    # Of long ways every fifth step and the last
    kept = [i for i in range(len(states)) if len(states) <= 10 or i % 5 == 0 or i == len(states) - 1]
    return {
        "class": kind.__name__,
        "steps": steps,
        "eta": eta,
        "configuration": text,
        "timesteps": numbers(scheduler.timesteps.to(torch.float32)),
        "initialNoiseScale": float(scheduler.init_noise_sigma),
        "kept": kept,
        "latents": [states[i] for i in kept],
        "denoised": [denoised[i] for i in kept] if denoised else None,
        "begin": begin,
        "noised": numbers(noised),
        "late": late[-1],
    }


ddim, dpm, euler, ancestral = (
    DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler, EulerAncestralDiscreteScheduler)
unipc, pndm, lcm, ddpm = UniPCMultistepScheduler, PNDMScheduler, LCMScheduler, DDPMScheduler
sd = STABLE_DIFFUSION
zero_snr = dict(sd, rescale_betas_zero_snr=True, prediction_type="v_prediction", timestep_spacing="trailing")
trajectories = [
    # Stable Diffusion 1.x's own settings, and a file as saved
    trajectory(ddim, 10, **sd, clip_sample=False, set_alpha_to_one=False, steps_offset=1),
    trajectory(ddim, 7, whole=True, **sd, clip_sample=False, set_alpha_to_one=False, steps_offset=1),
    trajectory(ddim, 10),
    trajectory(ddim, 1, **sd, clip_sample=False),
    trajectory(ddim, 10, eta=1.0, **sd, clip_sample=False, steps_offset=1, set_alpha_to_one=False),
    trajectory(ddim, 6, eta=0.5, **sd, clip_sample=False),
    trajectory(ddim, 25, **sd, clip_sample=False, timestep_spacing="trailing"),
    trajectory(ddim, 9, **sd, clip_sample=False, timestep_spacing="linspace", prediction_type="v_prediction"),
    trajectory(ddim, 8, **sd, clip_sample=True, clip_sample_range=1.5, prediction_type="sample"),
    trajectory(ddim, 8, whole=True, **zero_snr, clip_sample=False),
    trajectory(ddim, 10, beta_schedule="squaredcos_cap_v2", clip_sample=False, num_train_timesteps=100),
    trajectory(dpm, 10, **sd),
    trajectory(dpm, 25, whole=True, **sd, steps_offset=1),
    trajectory(dpm, 10, whole=True, **sd, use_karras_sigmas=True),
    trajectory(dpm, 25, **sd, use_karras_sigmas=True),
    trajectory(dpm, 8, **sd, use_exponential_sigmas=True),
    trajectory(dpm, 10, **sd, final_sigmas_type="sigma_min"),
    trajectory(dpm, 16, **sd, final_sigmas_type="sigma_min"),
    trajectory(dpm, 16, **sd, final_sigmas_type="sigma_min", euler_at_final=True),
    trajectory(dpm, 10, **sd, final_sigmas_type="sigma_min", lower_order_final=False, solver_type="heun"),
    trajectory(dpm, 9, **sd, timestep_spacing="leading", steps_offset=1, prediction_type="v_prediction"),
    trajectory(dpm, 9, **sd, timestep_spacing="trailing", solver_order=1),
    trajectory(dpm, 8, whole=True, **zero_snr),
    trajectory(dpm, 8, beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1, prediction_type="sample"),
    trajectory(dpm, 8, beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True),
    trajectory(dpm, 1, **sd),
    trajectory(dpm, 2, **sd),
    trajectory(euler, 10, **sd),
    trajectory(euler, 25, whole=True, **sd, timestep_spacing="leading", steps_offset=1),
    trajectory(euler, 10, whole=True, **sd, use_karras_sigmas=True),
    trajectory(euler, 12, **sd, use_karras_sigmas=True, timestep_spacing="leading", steps_offset=1),
    trajectory(euler, 7, **sd, use_karras_sigmas=True, sigma_min=0.1, sigma_max=10.0),
    trajectory(euler, 8, **sd, use_exponential_sigmas=True, final_sigmas_type="sigma_min"),
    trajectory(euler, 8, **sd, timestep_spacing="trailing", prediction_type="v_prediction"),
    trajectory(euler, 8, **zero_snr),
    trajectory(euler, 5, prediction_type="sample"),
    trajectory(euler, 1, **sd, timestep_spacing="leading"),
    trajectory(ancestral, 10, **sd),
    trajectory(ancestral, 25, whole=True, **sd, timestep_spacing="leading", steps_offset=1),
    trajectory(ancestral, 8, **sd, timestep_spacing="trailing", prediction_type="v_prediction"),
    trajectory(unipc, 10, **sd),
    trajectory(unipc, 25, whole=True, **sd, steps_offset=1),
    # With bh1 diffusers ends in NaN where the last level is 0.
    trajectory(unipc, 10, **sd, solver_type="bh1", final_sigmas_type="sigma_min"),
    trajectory(unipc, 12, **sd, solver_order=3),
    trajectory(
        unipc, 12, **sd, solver_order=3, solver_type="bh1", timestep_spacing="trailing", final_sigmas_type="sigma_min"),
    trajectory(unipc, 9, **sd, solver_order=1),
    trajectory(unipc, 10, whole=True, **sd, use_karras_sigmas=True),
    trajectory(unipc, 8, **sd, use_karras_sigmas=True, sigma_min=0.1, sigma_max=10.0, final_sigmas_type="sigma_min"),
    trajectory(unipc, 8, **sd, use_exponential_sigmas=True),
    trajectory(unipc, 8, beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True),
    trajectory(unipc, 10, **sd, disable_corrector=[0, 1, 5]),
    trajectory(unipc, 10, **sd, predict_x0=False, final_sigmas_type="sigma_min"),
    trajectory(unipc, 10, **sd, predict_x0=False, final_sigmas_type="sigma_min", prediction_type="v_prediction"),
    trajectory(unipc, 10, **sd, lower_order_final=False, final_sigmas_type="sigma_min", solver_order=3),
    trajectory(unipc, 9, **sd, timestep_spacing="leading", steps_offset=1, prediction_type="v_prediction"),
    trajectory(unipc, 8, **sd, timestep_spacing="trailing", prediction_type="sample", solver_type="midpoint"),
    trajectory(unipc, 8, whole=True, **zero_snr),
    trajectory(unipc, 1, **sd),
    trajectory(unipc, 2, **sd),
    # Stable Diffusion 1.5's own file
    trajectory(pndm, 10, whole=True, **sd, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1),
    trajectory(pndm, 25, **sd, skip_prk_steps=True, steps_offset=1),
    trajectory(pndm, 4, **sd, skip_prk_steps=True),
    trajectory(pndm, 2, **sd, skip_prk_steps=True),
    trajectory(pndm, 1, **sd, skip_prk_steps=True),
    trajectory(pndm, 10, **sd, skip_prk_steps=True, set_alpha_to_one=True, prediction_type="v_prediction"),
    trajectory(pndm, 9, **sd, skip_prk_steps=True, timestep_spacing="trailing"),
    trajectory(pndm, 9, **sd, skip_prk_steps=True, timestep_spacing="linspace"),
    trajectory(pndm, 10, **sd),
    trajectory(pndm, 4, **sd, steps_offset=1, prediction_type="v_prediction"),
    trajectory(pndm, 7, beta_schedule="squaredcos_cap_v2", timestep_spacing="trailing"),
    trajectory(lcm, 4),
    trajectory(lcm, 1, **sd),
    trajectory(lcm, 8, whole=True, **sd, set_alpha_to_one=False, steps_offset=1),
    trajectory(lcm, 7, **sd, prediction_type="v_prediction", original_inference_steps=100, timestep_scaling=0.1),
    trajectory(lcm, 6, **sd, prediction_type="sample", clip_sample=True, clip_sample_range=1.5),
    trajectory(lcm, 4, whole=True, **sd, rescale_betas_zero_snr=True, prediction_type="v_prediction"),
    trajectory(ddpm, 10),
    trajectory(ddpm, 10, whole=True, **sd, clip_sample=False, steps_offset=1),
    trajectory(ddpm, 9, **sd, variance_type="fixed_large", clip_sample=False, timestep_spacing="linspace"),
    trajectory(ddpm, 8, **sd, variance_type="fixed_small_log", prediction_type="v_prediction", clip_sample=False),
    trajectory(ddpm, 8, **sd, timestep_spacing="trailing", prediction_type="sample", clip_sample_range=1.5),
]
write("trajectories.json", trajectories)


def fnv1a(values):
    result = 0xCBF29CE484222325
    for value in np.ascontiguousarray(values, dtype=np.float32).view(np.uint32).tolist():
        result = ((result ^ value) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{result:016x}"


def schedule(**configuration):
    scheduler = DDIMScheduler(**configuration)
    count = scheduler.betas.numel()
    # Rescaling takes square roots, which PyTorch leaves to MKL's vector library: not the correctly rounded ones.
    exact = not configuration.get("rescale_betas_zero_snr")
    return {
        "configuration": json.dumps(configuration),
        "betas": fnv1a(scheduler.betas) if exact else None,
        "alphasCumprod": fnv1a(scheduler.alphas_cumprod) if exact else None,
        "some": {str(i): numbers(scheduler.alphas_cumprod[i])[0] for i in (0, 1, count // 2, count - 2, count - 1)},
    }


write("schedules.json", [
    schedule(),
    schedule(**sd),
    schedule(**sd, rescale_betas_zero_snr=True),
    schedule(beta_start=0.0015, beta_end=0.0195, beta_schedule="scaled_linear", num_train_timesteps=250),
    schedule(beta_schedule="linear", rescale_betas_zero_snr=True, num_train_timesteps=77),
    schedule(beta_schedule="squaredcos_cap_v2"),
    schedule(beta_schedule="squaredcos_cap_v2", rescale_betas_zero_snr=True),
    schedule(trained_betas=[0.1, 0.2, 0.3, 0.4], num_train_timesteps=4),
])


def randn(seed, *shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


scheduler = DDIMScheduler(**sd)
original, noise, steps = randn(1, 3, 2, 4, 4), randn(2, 3, 2, 4, 4), torch.tensor([0, 500, 999])
conditional, unconditional = randn(3, 2, 2, 4, 4), 1.5 * randn(4, 2, 2, 4, 4)
guided = unconditional + 7.5 * (conditional - unconditional)


def enabled(start, stop, steps):
    guidance = ClassifierFreeGuidance(guidance_scale=7.5, start=start, stop=stop)
    result = []
    for step in range(steps):
        guidance.set_state(step=step, num_inference_steps=steps, timestep=torch.tensor(0))
        if guidance._is_cfg_enabled():
            result.append(step)
    return {"interval": [start, stop], "count": steps, "guided": result}


def gradient_through_a_step():
    """d sum(weights * next latents) / d unconditional, through rescaled guidance and a DDIM step."""
    inputs = unconditional.clone().requires_grad_()
    mixed = inputs + 7.5 * (conditional - inputs)
    output = rescale_noise_cfg(mixed, conditional, guidance_rescale=0.7)
    stepper = DDIMScheduler(**sd, clip_sample=False)
    stepper.set_timesteps(10)
    latents, weights = randn(8, 2, 2, 4, 4), randn(9, 2, 2, 4, 4)
    loss = (stepper.step(output, stepper.timesteps[4], latents).prev_sample * weights).sum()
    loss.backward()
    return numbers(inputs.grad)


arithmetic = {
    "gradient": gradient_through_a_step(),
    "configuration": json.dumps(sd),
    "timesteps": steps.tolist(),
    "addNoise": numbers(scheduler.add_noise(original, noise, steps)),
    "velocity": numbers(scheduler.get_velocity(original, noise, steps)),
    "guided": numbers(guided),
    "rescaled": numbers(rescale_noise_cfg(guided, conditional, guidance_rescale=0.7)),
    "intervals": [
        enabled(0.0, 1.0, 10), enabled(0.2, 0.8, 10), enabled(0.0, 0.7, 10), enabled(0.3, 0.3, 10),
        enabled(0.15, 0.95, 25), enabled(0.5, 1.0, 7), enabled(0.1, 0.6, 1),
    ],
    "picture": numbers(randn(5, 2, 3, 4, 5).permute(0, 2, 3, 1).contiguous()),
    "video": numbers(randn(6, 1, 2, 3, 4, 5).permute(0, 2, 3, 4, 1).contiguous()),
    # Frames as a batch of pictures, (B·F, C, H, W), read as a video
    "frames": numbers(randn(7, 3, 2, 4, 5).permute(0, 2, 3, 1).contiguous()),
}
(HERE / "arithmetic.json").write_text(json.dumps(arithmetic) + "\n")
