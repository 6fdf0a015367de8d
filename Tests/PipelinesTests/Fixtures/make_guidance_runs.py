"""Whole runs of the tiny models of make_pipelines.py under other rules of guidance.

    python make_guidance_runs.py        (torch 2.15, diffusers at 58eb52c (0.40.0.dev0), kornia 0.9.0, transformers 4.57)

diffusers' guiders and networks; what changes attention is that of make_attention.py in NetworksTests, by the papers'
formulas. Writes guidance_runs.json, the settings as our requests write them, and guidance_runs.safetensors, the final
latents in PyTorch's layout. Pipelines with guiders for these models do not exist, so the loop is here.
"""
import copy
import json
import pathlib
import sys

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel, UNet3DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizerFast

HERE = pathlib.Path(__file__).parent
for module in ("NetworksTests", "SamplingTests"):
    sys.path.insert(0, str(HERE.parents[1] / module / "Fixtures"))
from make_attention import Avoiding, Blurred, Identity, nag, processors, skipping  # noqa: E402
from make_guiders import make  # noqa: E402

torch.set_num_threads(1)
PROMPT, NEGATIVE, SEED = "a red apple on a table", "blurred, small", 7
IMAGE = dict(model="tiny-image", steps=8, guidance_scale=5.0)
VIDEO = dict(model="tiny-video", steps=6, guidance_scale=5.0)
MIDDLE = "mid_block.attentions.0.transformer_blocks.0"
APG = {"adaptive_projected_guidance_momentum": -0.5, "adaptive_projected_guidance_rescale": 2.5, "eta": 0.2}
PAG = {"perturbed_guidance_stop": 0.9}
RULES = {
    "apg": dict(guidance_rule="apg", guidance_options=APG, guidance_rescale=0.3, guidance_interval=[0.2, 1.0]),
    "cfg_zero_star": dict(guidance_rule="cfg_zero_star"),
    "apg_mix": dict(guidance_rule="apg_mix", guidance_options={"adaptive_projected_guidance_start_step": 2}),
    "tcfg": dict(guidance_rule="tcfg"),
    "mambo_g": dict(guidance_rule="mambo_g", guidance_options={"alpha": 2.0}),
    "pag": dict(guidance_rule="pag", guidance_options=PAG),
    "seg": dict(guidance_rule="seg", guidance_options={"seg_blur_sigma": 0.8}),
    "slg": dict(guidance_rule="slg", guidance_options={"skip_layer_guidance_stop": 0.9}),
    "auto": dict(guidance_rule="auto"),
    "nag": dict(attention_negative="nag", guidance_scale=1.0),
    "nag-guided": dict(attention_negative="nag", attention_options={"nag_scale": 3.0, "nag_norm": "l2"}),
    "nasa": dict(attention_negative="nasa", guidance_scale=1.0),
    "vsf": dict(attention_negative="vsf", guidance_scale=1.0, attention_options={"vsf_scale": 0.8}),
    "negative_interval": dict(negative_interval=[0.25, 0.75]),
    "negative_model": dict(negative_model=True),
}
RUNS = {f"image-{name}": IMAGE | run for name, run in RULES.items()}
RUNS |= {f"video-{name}": VIDEO | run for name, run in RULES.items() if name not in ("negative_model", "apg_mix")}
RUNS["image-fdg"] = IMAGE | dict(guidance_rule="fdg", guidance_options={"guidance_scales": [6.0, 3.0]})
RUNS["image-pag-unguided"] = IMAGE | dict(guidance_rule="pag", guidance_options=PAG, guidance_scale=1.0)
RUNS["image-velocity"] = IMAGE | RULES["apg"] | dict(velocity=True)
RUNS["video-velocity"] = VIDEO | RULES["mambo_g"] | dict(velocity=True)


def as_texts(options):
    return {key: ",".join(map(str, value)) if isinstance(value, list) else str(value) for key, value in options.items()}


@torch.no_grad()
def compute(run):
    folder = HERE / run["model"]
    is_video = run["model"] == "tiny-video"
    unet = (UNet3DConditionModel if is_video else UNet2DConditionModel).from_pretrained(folder / "unet").eval()
    tokenizer = CLIPTokenizerFast.from_pretrained(folder / "tokenizer")
    encoder = CLIPTextModel(CLIPTextConfig.from_pretrained(folder / "text_encoder")).eval()
    weights = load_file(folder / "text_encoder" / "model.safetensors")
    # transformers 5 left the prefix out.
    own = encoder.state_dict()
    encoder.load_state_dict({key if key in own else f"text_model.{key}": value for key, value in weights.items()})

    def states(text):
        ids = tokenizer(text, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
        return encoder(ids).last_hidden_state

    positive, negative, empty = states(PROMPT), states(NEGATIVE), states("")
    other = copy.deepcopy(unet)
    other.conv_out.weight.mul_(0.9)
    scheduler = DDIMScheduler.from_pretrained(folder / "scheduler")
    if run.get("velocity"):
        scheduler = DDIMScheduler.from_config(scheduler.config, prediction_type="v_prediction")
    scheduler.set_timesteps(run["steps"])
    shape = (1, 4, 3, 8, 8) if is_video else (1, 4, 8, 8)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(SEED))

    rule, scale = run.get("guidance_rule", "cfg"), run["guidance_scale"]
    guider = make(rule, scale, run.get("guidance_rescale", 0.0), run.get("guidance_interval", [0, 1]),
                  run.get("guidance_options", {}))
    guider.prepare_models = lambda *_: None
    # The middle's states have half the latents' sides.
    disturbing = {"pag": Identity(), "seg": Blurred(0.8, (4, 4))}.get(rule)
    interval = run.get("negative_interval", [0, 1])
    avoiding = {"nag": nag(run.get("attention_options", {}).get("nag_scale", 5.0), p={"l2": 2}.get(
        run.get("attention_options", {}).get("nag_norm"), 1)), "nasa": lambda plus, minus: plus - 0.1 * minus,
        "vsf": run.get("attention_options", {}).get("vsf_scale", 3.5)}.get(run.get("attention_negative"))

    for step, t in enumerate(scheduler.timesteps):
        guider.set_state(step=step, num_inference_steps=run["steps"], timestep=t)
        if step == 0 and getattr(guider, "adaptive_projected_guidance_momentum", None) is not None:
            guider.prepare_inputs({})
        first, end = (int(share * run["steps"]) for share in interval)
        avoided = negative if first <= step < end else empty
        third = rule in ("pag", "seg", "slg") and guider.num_conditions > 1 and (
            guider._is_seg_enabled() if rule == "seg" else guider._is_slg_enabled())
        cross = Avoiding(avoided, avoiding) if avoiding is not None else None

        unet.set_attn_processor(processors(unet, cross=cross))
        outputs = {"pred_cond": unet(x, t, positive).sample}
        unet.set_attn_processor(processors(unet))
        hooks = skipping(unet, MIDDLE) if rule == "auto" else []
        outputs["pred_uncond"] = (other if run.get("negative_model") else unet)(x, t, avoided).sample
        for hook in hooks:
            hook.remove()
        if third:
            unet.set_attn_processor(processors(unet, layer=MIDDLE, own=disturbing))
            hooks = skipping(unet, MIDDLE) if rule == "slg" else []
            outputs["pred_cond_seg" if rule == "seg" else "pred_cond_skip"] = unet(x, t, positive).sample
            for hook in hooks:
                hook.remove()
            unet.set_attn_processor(processors(unet))
        x = scheduler.step(guider.forward(**outputs).pred, t, x).prev_sample
    return x


def main():
    results, requests = {}, []
    for name, run in RUNS.items():
        results[name] = compute(run)
        request = {key: value for key, value in run.items() if key not in ("negative_model",)}
        for key in ("guidance_options", "attention_options"):
            if key in request:
                request[key] = as_texts(request[key])
        size = dict(width=32, height=32) | (dict(frames=3) if run["model"] == "tiny-video" else {})
        request |= dict(name=name, prompt=PROMPT, negative_prompt=NEGATIVE, seed=SEED, sampler="ddim", scale=1, **size)
        request["other"] = run.get("negative_model", False)
        requests.append(request)
        print(name, tuple(results[name].shape), f"{results[name].std():.3f}", flush=True)
    save_file({key: value.contiguous() for key, value in results.items()}, HERE / "guidance_runs.safetensors")
    (HERE / "guidance_runs.json").write_text(json.dumps(requests, indent=1) + "\n")


if __name__ == "__main__":
    main()
