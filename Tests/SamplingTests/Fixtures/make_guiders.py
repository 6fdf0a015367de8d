"""Makes guiders.safetensors and guiders.json: what diffusers' guiders make of given outputs, step by step.

    python make_guiders.py        (torch 2.15, diffusers at 58eb52c (0.40.0.dev0), kornia 0.9.0, safetensors)

Outputs are made by formula.py of NetworksTests from their names, channels last: OUTPUT.BRANCH.STEP. Guiders know no
prediction type: the same arithmetic serves epsilon and velocity. kornia takes no videos; there each frame is a picture.
Where only some levels of FrequencyDecoupledGuidance are guided, it takes another level's output or none: not compared.
"""
import json
import pathlib
import sys

import torch
from diffusers.guiders import (
    AdaptiveProjectedGuidance, AdaptiveProjectedMixGuidance, AutoGuidance, ClassifierFreeGuidance,
    ClassifierFreeZeroStarGuidance, FrequencyDecoupledGuidance, MagnitudeAwareGuidance, PerturbedAttentionGuidance,
    SkipLayerGuidance, SmoothedEnergyGuidance, TangentialClassifierFreeGuidance,
)
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "NetworksTests" / "Fixtures"))
from formula import tensor  # noqa: E402

torch.set_num_threads(1)
# MagnitudeAwareGuidance takes torch.norm over three axes, which torch 2.15 refuses.
norm = torch.norm
torch.norm = lambda x, p="fro", dim=None, keepdim=False, **more: (
    torch.linalg.vector_norm(x, dim=dim, keepdim=keepdim) if p == "fro" else norm(x, p, dim, keepdim, **more))
SHAPES = {"picture": (2, 8, 12, 2), "video": (1, 2, 8, 12, 2)}
STEPS = 8
ORIGINAL = {"use_original_formulation": True}
LAYERS = {"pag": "perturbed_guidance_layers", "seg": "seg_guidance_layers", "slg": "skip_layer_guidance_layers"}
GUIDERS = {
    "cfg": ClassifierFreeGuidance, "cfg_zero_star": ClassifierFreeZeroStarGuidance, "apg": AdaptiveProjectedGuidance,
    "apg_mix": AdaptiveProjectedMixGuidance, "tcfg": TangentialClassifierFreeGuidance, "fdg": FrequencyDecoupledGuidance,
    "mambo_g": MagnitudeAwareGuidance, "pag": PerturbedAttentionGuidance, "seg": SmoothedEnergyGuidance,
    "slg": SkipLayerGuidance, "auto": AutoGuidance,
}
# rule, guidance scale, rescale, interval, options
CASES = [
    ("cfg", 7.5, 0, (0, 1), {}),
    ("cfg", 4, 0.7, (0.2, 0.8), ORIGINAL),
    ("cfg_zero_star", 7.5, 0, (0, 1), {}),
    ("cfg_zero_star", 5, 0.3, (0.25, 1), {"zero_init_steps": 3} | ORIGINAL),
    ("apg", 7.5, 0, (0, 1), {}),
    ("apg", 9, 0, (0.2, 1), {"adaptive_projected_guidance_momentum": -0.5, "adaptive_projected_guidance_rescale": 2.5,
                             "eta": 0.2}),
    ("apg", 5, 0.5, (0, 1), {"adaptive_projected_guidance_rescale": 0.0, "eta": 0.0} | ORIGINAL),
    ("apg", 6, 0, (0, 1), {"adaptive_projected_guidance_norm_dim": [1, -1],
                           "adaptive_projected_guidance_rescale": 1.5, "eta": 0.3}),
    ("apg_mix", 3.5, 0, (0, 1), {}),
    ("apg_mix", 3.5, 0.4, (0.2, 1), {"adaptive_projected_guidance_start_step": 2,
                                     "adaptive_projected_guidance_momentum": None, "eta": 0.5} | ORIGINAL),
    ("tcfg", 7.5, 0, (0, 1), {}),
    ("tcfg", 3, 0.6, (0, 0.5), ORIGINAL),
    ("fdg", 1, 0, (0, 1), {}),
    ("fdg", 1, 0, (0, 1), {"guidance_scales": [8.0, 4.0, 1.5], "parallel_weights": [0.5, 1.0, 0.0],
                           "start": [0.25] * 3, "stop": [0.75] * 3, "guidance_rescale": [0.2, 0.5, 0.0],
                           "guidance_rescale_space": "freq"}),
    ("fdg", 1, 0, (0, 1), {"guidance_rescale": 0.7} | ORIGINAL),
    ("mambo_g", 10, 0, (0, 1), {}),
    ("mambo_g", 6, 0.5, (0, 0.6), {"alpha": 1.5} | ORIGINAL),
    ("pag", 7.5, 0, (0, 1), {"perturbed_guidance_stop": 0.9}),
    ("pag", 1, 0.5, (0, 1), {"perturbed_guidance_scale": 1.5, "perturbed_guidance_stop": 1.0} | ORIGINAL),
    ("seg", 7.5, 0.5, (0.5, 1), {"seg_guidance_scale": 3.0}),
    ("slg", 7.5, 0, (0, 1), {"skip_layer_guidance_start": 0.2, "skip_layer_guidance_stop": 0.7}),
    ("auto", 3, 0, (0, 1), {}),
]


def make(rule, scale, rescale, interval, options):
    arguments = dict(options)
    if rule == "fdg":
        arguments = {key: float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
                     for key, value in arguments.items()}
    else:
        arguments |= dict(guidance_scale=scale, guidance_rescale=rescale, start=interval[0], stop=interval[1])
    if rule in LAYERS:
        arguments[LAYERS[rule]] = [0]
    if rule == "auto":
        arguments |= dict(auto_guidance_layers=[0], dropout=1.0)
    return GUIDERS[rule](**arguments)


def as_text(value):
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def first(x):
    return x.movedim(-1, 1)


def guided(guider, rule, form, step):
    guider.set_state(step=step, num_inference_steps=STEPS, timestep=torch.tensor(0))
    if getattr(guider, "momentum_buffer", None) is not None and step == 0:
        guider.momentum_buffer = None
    # The buffer is made where inputs are prepared.
    if step == 0 and getattr(guider, "adaptive_projected_guidance_momentum", None) is not None:
        guider.prepare_inputs({})
    branches = {"pred_cond": "c", "pred_uncond": "u"}
    outputs = {key: first(tensor(f"{form}.{branch}.{step}", SHAPES[form])) for key, branch in branches.items()}
    # As near as the branches of a network are.
    outputs["pred_uncond"] = 0.8 * outputs["pred_cond"] + 0.3 * outputs["pred_uncond"]
    if rule in ("pag", "seg", "slg"):
        key = "pred_cond_seg" if rule == "seg" else "pred_cond_skip"
        outputs[key] = outputs["pred_cond"] + 0.2 * first(tensor(f"{form}.d.{step}", SHAPES[form]))
    if rule == "fdg" and form == "video":
        b, c, f, h, w = outputs["pred_cond"].shape
        flat = {key: x.movedim(2, 1).reshape(b * f, c, h, w) for key, x in outputs.items()}
        result = guider.forward(**flat).pred
        return result.reshape(b, f, c, h, w).movedim(2, 1)
    return guider.forward(**outputs).pred


def main():
    results, cases = {}, []
    for index, (rule, scale, rescale, interval, options) in enumerate(CASES):
        cases.append(dict(
            rule=rule, scale=scale, rescale=rescale, interval=list(interval),
            options={key: as_text(value) for key, value in options.items()}))
        for form in SHAPES:
            if form == "video" and "adaptive_projected_guidance_norm_dim" in options:
                options = options | {"adaptive_projected_guidance_norm_dim": [1, -1]}
            guider = make(rule, scale, rescale, interval, options)
            for step in range(STEPS):
                prediction = guided(guider, rule, form, step)
                results[f"{index}.{form}.{step}"] = prediction.movedim(1, -1).float().contiguous().clone()
    save_file(results, HERE / "guiders.safetensors")
    (HERE / "guiders.json").write_text(json.dumps(cases, indent=1) + "\n")
    print(len(cases), "cases,", sum(x.numel() for x in results.values()) * 4, "bytes")


if __name__ == "__main__":
    main()
