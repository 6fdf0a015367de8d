"""diffusers' and transformers' names as those of the models' authors: the inverse of diffusers' conversions.

The scripts that use these run diffusers' own conversion on the result, which must give back what was there.
"""
import torch

UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0", "conv_out": "out.2",
}
UNET_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
    "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}


def unet_key(key, layers, has_attention_up):
    """`layers`: resnets of a block on the way down."""
    parts = key.split(".")
    ending = parts[-1]
    if ".".join(parts[:-1]) in UNET_ENDS:
        return f"{UNET_ENDS['.'.join(parts[:-1])]}.{ending}"
    if parts[0] == "mid_block":
        place = {("resnets", "0"): 0, ("attentions", "0"): 1, ("resnets", "1"): 2}[(parts[1], parts[2])]
        rest = parts[3:]
        start = f"middle_block.{place}"
    else:
        block, kind, index = int(parts[1]), parts[2], int(parts[3])
        rest = parts[4:]
        if parts[0] == "down_blocks":
            number = 1 + block * (layers + 1) + (layers if kind == "downsamplers" else index)
            start = f"input_blocks.{number}.{1 if kind == 'attentions' else 0}"
        else:
            number = block * (layers + 1) + (layers if kind == "upsamplers" else index)
            upsampler = 2 if has_attention_up[block] else 1
            start = f"output_blocks.{number}.{ {'resnets': 0, 'attentions': 1, 'upsamplers': upsampler}[kind]}"
        if kind == "downsamplers":
            return f"{start}.op.{ending}"
        if kind == "upsamplers":
            return f"{start}.conv.{ending}"
    if rest[0] in UNET_RESNET:
        return f"{start}.{UNET_RESNET[rest[0]]}.{ending}"
    return f"{start}.{'.'.join(rest)}"


VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def vae_entry(key, value, levels):
    """Attention is made of 1x1 convolutions there."""
    for new, old in VAE_ATTENTION.items():
        at = f"mid_block.attentions.0.{new}."
        if at in key:
            key = key.replace(at, f"mid.attn_1.{old}.")
            return key, value[:, :, None, None] if value.ndim == 2 else value
    key = key.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")
    parts = key.split(".")
    if parts[1] == "mid_block":
        return ".".join([parts[0], "mid", f"block_{int(parts[3]) + 1}"] + parts[4:]), value
    if parts[1] == "down_blocks":
        middle = ["block", parts[4]] if parts[3] == "resnets" else ["downsample"]
        return ".".join([parts[0], "down", parts[2]] + middle + parts[5:]), value
    if parts[1] == "up_blocks":
        middle = ["block", parts[4]] if parts[3] == "resnets" else ["upsample"]
        return ".".join([parts[0], "up", str(levels - 1 - int(parts[2]))] + middle + parts[5:]), value
    return key, value


OPEN_CLIP = {
    "layer_norm1": "ln_1", "layer_norm2": "ln_2", "self_attn.out_proj": "attn.out_proj", "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
}


def open_clip(state, fuse=lambda key, parts: torch.cat(parts)):
    """transformers' text encoder, names without text_model., as OpenCLIP's; `fuse` puts the projections of attention above each other."""
    result = {
        "token_embedding.weight": state["embeddings.token_embedding.weight"],
        "positional_embedding": state["embeddings.position_embedding.weight"],
        "ln_final.weight": state["final_layer_norm.weight"], "ln_final.bias": state["final_layer_norm.bias"],
    }
    for key, value in state.items():
        if not key.startswith("encoder.layers."):
            continue
        number, rest = key.split(".", 3)[2:]
        name, ending = rest.rsplit(".", 1)
        if name in OPEN_CLIP:
            result[f"transformer.resblocks.{number}.{OPEN_CLIP[name]}.{ending}"] = value
        elif name == "self_attn.q_proj":
            parts = [state[key.replace("q_proj", f"{part}_proj")] for part in "qkv"]
            result[f"transformer.resblocks.{number}.attn.in_proj_{ending}"] = fuse(key, parts)
    return result


def original(unet_model, unet_values, layers, vae_model, vae_values):
    has_attention_up = [name.startswith("CrossAttn") for name in unet_model.config.up_block_types]
    state = {
        "model.diffusion_model." + unet_key(key, layers, has_attention_up): value for key, value in unet_values.items()}
    levels = len(vae_model.config.block_out_channels)
    for key, value in vae_values.items():
        name, value = vae_entry(key, value, levels)
        state["first_stage_model." + name] = value
    return state


HINTS = {
    f"controlnet_cond_embedding.{new}": f"input_hint_block.{2 * index}"
    for index, new in enumerate(["conv_in"] + [f"blocks.{i}" for i in range(6)] + ["conv_out"])
}


def control_key(key, layers):
    """A ControlNet's; `layers`: resnets of a block on the way down."""
    name, ending = key.rsplit(".", 1)
    if name in HINTS:
        return f"control_model.{HINTS[name]}.{ending}"
    if name.startswith("controlnet_down_blocks."):
        return f"control_model.zero_convs.{name.split('.')[1]}.0.{ending}"
    if name == "controlnet_mid_block":
        return f"control_model.middle_block_out.0.{ending}"
    return "control_model." + unet_key(key, layers, [])


def video_key(key, layers, has_attention_up):
    """A denoiser's of ModelScope; `layers`: resnets of a block on the way down."""
    parts = key.split(".")
    if ".".join(parts[:-1]) in UNET_ENDS:
        return f"{UNET_ENDS['.'.join(parts[:-1])]}.{parts[-1]}"
    if parts[0] == "transformer_in":
        return ".".join(["input_blocks.0.1"] + parts[1:])
    if parts[0] == "mid_block":
        kind, index, rest = parts[1], int(parts[2]), parts[3:]
        start = "middle_block"
        first = 3 * index
    else:
        block, kind, index, rest = int(parts[1]), parts[2], int(parts[3]), parts[4:]
        first = 0
        if parts[0] == "down_blocks":
            start = f"input_blocks.{1 + block * (layers + 1) + (layers if kind == 'downsamplers' else index)}"
        else:
            start = f"output_blocks.{block * (layers + 1) + (layers if kind == 'upsamplers' else index)}"
    if kind == "downsamplers":
        return f"{start}.op.{rest[-1]}"
    if kind == "upsamplers":
        return f"{start}.{3 if has_attention_up[block] else 1}.conv.{rest[-1]}"
    if kind == "temp_convs":
        return ".".join([start, str(first), "temopral_conv"] + rest)
    if kind == "resnets":
        return f"{start}.{first}.{UNET_RESNET[rest[0]]}.{rest[1]}"
    return ".".join([start, "1" if kind == "attentions" else "2"] + rest)


def model_scope_unet(state, layers, has_attention_up):
    """ModelScope's denoiser, whose transformers along time project by convolutions."""
    result = {}
    for key, value in state.items():
        is_along_time = key.startswith("transformer_in") or "temp_attentions" in key
        value = value[:, :, None] if is_along_time and (".proj_in.weight" in key or ".proj_out.weight" in key) else value
        result[video_key(key, layers, has_attention_up)] = value
    return result


def motion_key(key):
    """A motion module's, AnimateDiff's."""
    for new, old in [
        (".norm1.", ".norms.0."), (".norm2.", ".norms.1."), (".norm3.", ".ff_norm."), (".attn1.", ".attention_blocks.0."),
        (".attn2.", ".attention_blocks.1."), (".pos_embed.pe", ".attention_blocks.0.pos_encoder.pe"),
    ]:
        key = key.replace(new, old)
    start, rest = key.split(".motion_modules.")
    number, rest = rest.split(".", 1)
    return f"{start}.motion_modules.{number}.temporal_transformer.{rest}"
