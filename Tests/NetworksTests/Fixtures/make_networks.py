"""Makes the fixtures of NetworksTests: outputs and gradients of tiny networks, computed by diffusers and transformers.

    python make_networks.py        (torch 2.13, diffusers 0.42.1, transformers 5.23, safetensors)

Each network gets NAME.json (its config.json, and every parameter with its shape) and NAME.safetensors (results, channels
last). Weights and inputs are not stored: formula.py makes them from their names. Gradients are those of sum(output * r).
"""
import json
import pathlib

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, ControlNetModel, UNet2DConditionModel, UNet3DConditionModel
from safetensors.torch import save_file
from transformers import (
    CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from formula import fill, tensor

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def last(x):
    """Channels last."""
    return x.movedim(1, -1) if x.ndim > 3 else x


def first(x):
    return x.movedim(-1, 1)


def gradients(output, inputs, model, weights, rename=lambda name: name):
    """d sum(output * r) / d each of inputs (a dict) and of the named weights."""
    named = {rename(name): value for name, value in model.named_parameters()}
    r = tensor("r", tuple(last(output).shape))
    loss = (last(output) * r).sum()
    leaves = list(inputs.values()) + [named[name] for name in weights]
    found = torch.autograd.grad(loss, leaves)
    result = {f"gradient.{name}": g for name, g in zip(inputs, found)}
    return result | {f"gradient.{name}": g for name, g in zip(weights, found[len(inputs):])}


def save(name, config, parameters, results, **extra):
    config = {key: value for key, value in dict(config).items() if key != "_name_or_path"}
    with open(HERE / f"{name}.json", "w") as file:
        json.dump({"config": config, "parameters": parameters} | extra, file, default=str)
        file.write("\n")
    results = {key: value.detach().float().contiguous().clone() for key, value in results.items()}
    save_file(results, HERE / f"{name}.safetensors")
    print(name, sum(v.numel() for v in results.values()) * 4, "bytes;", "largest", {
        key: round(v.square().mean().sqrt().item(), 3) for key, v in results.items()})


def under(prefix):
    """transformers 5 leaves out the prefix that every published file has."""
    return lambda name: name if name.startswith(prefix) else prefix + name


def clip_text():
    config = CLIPTextConfig(
        vocab_size=100, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
        max_position_embeddings=16, hidden_act="quick_gelu", eos_token_id=2, bos_token_id=0, pad_token_id=1)
    model = CLIPTextModel(config).eval()
    rename = under("text_model.")
    parameters = fill(model, rename)
    tokens = [[98, 5, 17, 5, 60, 99, 99, 99, 99, 99, 99], [98, 1, 2, 3, 4, 70, 71, 33, 99, 0, 0]]
    out = model(torch.tensor(tokens), output_hidden_states=True)
    norm = dict(model.named_modules()).get("final_layer_norm") or model.text_model.final_layer_norm
    penultimate = norm(out.hidden_states[-2])
    results = {"states": out.last_hidden_state, "pooled": out.pooler_output, "penultimate": penultimate}
    results |= gradients(out.last_hidden_state, {}, model, [
        "text_model.embeddings.token_embedding.weight", "text_model.embeddings.position_embedding.weight",
        "text_model.encoder.layers.0.self_attn.q_proj.weight", "text_model.encoder.layers.2.mlp.fc1.bias",
        "text_model.encoder.layers.1.layer_norm2.weight"], rename)
    save("clip_text", config.to_dict(), parameters, results, tokens=tokens)


def clip_text_projection():
    config = CLIPTextConfig(
        vocab_size=100, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=12, hidden_act="gelu", eos_token_id=97, bos_token_id=96, pad_token_id=99,
        projection_dim=20)
    model = CLIPTextModelWithProjection(config).eval()
    parameters = fill(model)
    tokens = [[96, 5, 17, 97, 99, 99, 97, 99], [96, 1, 98, 3, 4, 98, 97, 99]]
    out = model(torch.tensor(tokens))
    results = {"states": out.last_hidden_state, "embeds": out.text_embeds}
    results |= gradients(out.text_embeds, {}, model, [
        "text_projection.weight", "text_model.encoder.layers.0.self_attn.v_proj.weight"])
    save("clip_text_projection", config.to_dict(), parameters, results, tokens=tokens)


def clip_vision():
    config = CLIPVisionConfig(
        hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, image_size=30, patch_size=8,
        hidden_act="gelu", projection_dim=20)
    model = CLIPVisionModelWithProjection(config).eval()
    parameters = fill(model)
    pictures = tensor("pictures", (2, 30, 30, 3)).requires_grad_()
    out = model(first(pictures))
    pooled = model.vision_model.post_layernorm(out.last_hidden_state[:, 0])
    results = {"states": out.last_hidden_state, "pooled": pooled, "embeds": out.image_embeds}
    results |= gradients(out.image_embeds, {"pictures": pictures}, model, [
        "vision_model.embeddings.class_embedding", "vision_model.embeddings.patch_embedding.weight",
        "vision_model.pre_layrnorm.bias"])
    save("clip_vision", config.to_dict(), parameters, results)


def clip():
    config = CLIPConfig(
        text_config=dict(
            vocab_size=50, hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
            max_position_embeddings=8, eos_token_id=49, bos_token_id=48, pad_token_id=49),
        vision_config=dict(
            hidden_size=32, intermediate_size=48, num_hidden_layers=1, num_attention_heads=2, image_size=16, patch_size=4),
        projection_dim=12)
    model = CLIPModel(config).eval()
    parameters = fill(model)
    tokens = [[48, 5, 17, 49, 49], [48, 1, 20, 30, 49], [48, 7, 49, 49, 49]]
    pictures = tensor("pictures", (2, 16, 16, 3)).requires_grad_()
    out = model(input_ids=torch.tensor(tokens), pixel_values=first(pictures))
    results = {"logits": out.logits_per_text}
    results |= gradients(out.logits_per_text, {"pictures": pictures}, model, ["logit_scale", "visual_projection.weight"])
    save("clip", config.to_dict(), parameters, results, tokens=tokens)


def vae(name, size, latent, **variant):
    model = AutoencoderKL(
        block_out_channels=(32, 48), down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=2, norm_num_groups=8, **variant).eval()
    parameters = fill(model)
    pictures = tensor("pictures", (2, *size, 3)).requires_grad_()
    latents = tensor("latents", (2, *latent, 4)).requires_grad_()
    moments = model.encode(first(pictures)).latent_dist
    decoded = model.decode(first(latents)).sample
    results = {"mean": last(moments.mean), "logvar": last(moments.logvar), "kl": moments.kl(), "decoded": last(decoded)}
    if not variant:
        # Tiles of 8 pixels, 4 latents: three by four of them, the last ones narrow.
        model.enable_tiling()
        model.tile_sample_min_size, model.tile_latent_min_size = 8, 4
        results["tiled"] = last(model.decode(first(tensor("large", (1, 7, 11, 4)))).sample)
        model.disable_tiling()
    encoded = torch.cat([moments.mean, moments.logvar], dim=1)
    if not variant:
        results |= gradients(encoded, {"pictures": pictures}, model, [
            "encoder.conv_in.weight", "encoder.mid_block.attentions.0.to_q.weight", "quant_conv.bias"])
        results |= gradients(decoded, {"latents": latents}, model, [
            "decoder.up_blocks.1.resnets.0.conv_shortcut.weight", "decoder.mid_block.attentions.0.to_out.0.weight",
            "decoder.conv_norm_out.weight"])
    save(name, model.config, parameters, results)


def vae_tiny():
    model = AutoencoderTiny(
        encoder_block_out_channels=(24,) * 3, decoder_block_out_channels=(24,) * 3, num_encoder_blocks=(1, 2, 1),
        num_decoder_blocks=(2, 1, 1)).eval()
    parameters = fill(model)
    pictures, latents = tensor("pictures", (2, 21, 13, 3)), 3 * tensor("latents", (2, 5, 7, 4))
    save("vae_tiny", model.config, parameters, {
        "encoded": last(model.encode(first(pictures)).latents), "decoded": last(model.decode(first(latents)).sample)})


def unet2d(name, latent, residuals=False, weights=(), **config):
    model = UNet2DConditionModel(norm_num_groups=8, **config).eval()
    parameters = fill(model)
    latents = tensor("latents", (2, *latent, 4)).requires_grad_()
    text = tensor("text", (2, 7, config["cross_attention_dim"])).requires_grad_()
    timesteps = torch.tensor([7, 801])
    out = model(first(latents), timesteps, text).sample
    results = {"output": last(out)}
    if residuals:
        # The states' sizes are found by watching what the first block up is given.
        seen = {}
        model.mid_block.register_forward_hook(lambda _, __, value: seen.setdefault("middle", value))
        shapes = []
        hooks = [model.conv_in] + [part for block in model.down_blocks for part in (
            list(block.attentions if hasattr(block, "attentions") else block.resnets) + list(block.downsamplers or []))]
        for part in hooks:
            part.register_forward_hook(
                lambda _, __, value: shapes.append(last(value[0] if isinstance(value, tuple) else value).shape))
        model(first(latents), timesteps, text)
        down = [tensor(f"residual.{i}", tuple(shape)) for i, shape in enumerate(shapes)]
        middle = tensor("residual.middle", tuple(last(seen["middle"]).shape))
        results["controlled"] = last(model(
            first(latents), timesteps, text, down_block_additional_residuals=[first(x) for x in down],
            mid_block_additional_residual=first(middle)).sample)
        extra = {"residuals": [list(x.shape) for x in down], "middle": list(middle.shape)}
    else:
        extra = {}
    results |= gradients(out, {"latents": latents, "text": text}, model, weights)
    if not residuals:
        # DeepCache: what the last block up was given above takes the place of what it would be given at another time.
        kept, block = {}, model.up_blocks[-1]
        hook = block.register_forward_pre_hook(
            lambda _, __, given: kept.update(hidden_states=given["hidden_states"]), with_kwargs=True)
        model(first(latents), timesteps, text)
        hook.remove()
        block.register_forward_pre_hook(lambda _, args, given: (args, given | kept), with_kwargs=True)
        later = tensor("later", tuple(latents.shape))
        results["reused"] = last(model(first(later), torch.tensor([3, 760]), text).sample)
    save(name, model.config, parameters, results, **extra)


def controlnet(name, latent, picture, weights=(), **config):
    """All residuals of two different samples in one row, those of the way down first."""
    model = ControlNetModel(norm_num_groups=8, **config).eval()
    parameters = fill(model)
    latents = tensor("latents", (2, *latent, 4)).requires_grad_()
    text = tensor("text", (2, 7, config["cross_attention_dim"])).requires_grad_()
    pictures = tensor("pictures", (*picture, 3)).requires_grad_()
    shown = first(pictures).expand(2, -1, -1, -1)
    out = model(first(latents), torch.tensor([7, 801]), text, shown, conditioning_scale=0.75)
    residuals = torch.cat([last(x).flatten() for x in [*out.down_block_res_samples, out.mid_block_res_sample]])
    results = {"output": residuals}
    results |= gradients(residuals, {"latents": latents, "text": text, "pictures": pictures}, model, weights)
    save(name, model.config, parameters, results)


def unet3d():
    model = UNet3DConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, norm_num_groups=8, cross_attention_dim=24,
        attention_head_dim=16, down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
        up_block_types=("UpBlock3D", "CrossAttnUpBlock3D")).eval()
    parameters = fill(model)
    latents = tensor("latents", (2, 4, 6, 5, 4)).requires_grad_()
    text = tensor("text", (2, 7, 24)).requires_grad_()
    out = model(latents.permute(0, 4, 1, 2, 3), torch.tensor([7, 801]), text).sample
    results = {"output": last(out)}
    results |= gradients(out, {"latents": latents, "text": text}, model, [
        "transformer_in.proj_in.weight", "down_blocks.0.temp_convs.0.conv4.3.weight",
        "mid_block.temp_attentions.0.transformer_blocks.0.attn2.to_k.weight", "time_embedding.linear_1.bias",
        "up_blocks.1.resnets.1.norm1.weight"])
    one = model(latents[:, :1].permute(0, 4, 1, 2, 3), torch.tensor([500]), text).sample
    results["one_frame"] = last(one)
    save("unet3d", model.config, parameters, results)


if __name__ == "__main__":
    clip_text()
    clip_text_projection()
    clip_vision()
    clip()
    vae("vae", (21, 13), (5, 7))
    vae("vae_bare", (12, 8), (4, 3), use_quant_conv=False, use_post_quant_conv=False, mid_block_add_attention=False)
    vae_tiny()
    # SD 1.x: a number of heads, 1x1 convolutions around the transformers. Latents of odd sizes.
    unet2d(
        "unet2d_sd1", (9, 7), residuals=True, block_out_channels=(32, 64), layers_per_block=2,
        cross_attention_dim=24, attention_head_dim=4, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), weights=(
            "conv_in.weight", "time_embedding.linear_1.bias", "down_blocks.0.resnets.1.time_emb_proj.weight",
            "down_blocks.0.attentions.0.proj_in.weight", "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight",
            "up_blocks.1.resnets.2.norm1.weight"))
    # SD 2.x: a list of heads, linear layers around the transformers.
    unet2d(
        "unet2d_sd2", (8, 12), block_out_channels=(16, 32, 48), layers_per_block=1, cross_attention_dim=40,
        attention_head_dim=[1, 2, 3], use_linear_projection=True,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"), weights=(
            "down_blocks.1.attentions.0.proj_out.weight", "up_blocks.0.upsamplers.0.conv.bias",
            "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.bias"))
    unet3d()
    controlnet(
        "controlnet_sd1", (9, 7), (2, 35, 27), block_out_channels=(16, 32), layers_per_block=2, cross_attention_dim=24,
        attention_head_dim=4, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        conditioning_embedding_out_channels=(8, 12, 16), weights=(
            "controlnet_cond_embedding.conv_in.weight", "controlnet_cond_embedding.blocks.3.bias",
            "controlnet_down_blocks.4.weight", "controlnet_mid_block.bias", "conv_in.weight",
            "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight"))
    # One picture for both samples, blue first, averaged over the picture.
    controlnet(
        "controlnet_sd2", (8, 12), (1, 16, 24), block_out_channels=(16, 32, 48), layers_per_block=1,
        cross_attention_dim=40, attention_head_dim=[1, 2, 3], use_linear_projection=True,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        conditioning_embedding_out_channels=(8, 16), controlnet_conditioning_channel_order="bgr",
        global_pool_conditions=True, weights=("controlnet_down_blocks.0.weight", "time_embedding.linear_1.bias"))
