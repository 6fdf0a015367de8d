"""Makes motion.safetensors and motion_plain.safetensors with their .json as make_networks.py does: AnimateDiff's UNetMotionModel.

    python make_motion.py        (torch 2.15, diffusers 0.42.1, safetensors)

The configuration is that of the image denoiser and that of the adapter in one object, whose keys do not meet. In `motion`
the tables of positions are filled like parameters, so that only the stored ones give its result; `motion_plain` has none
in its list, and no module in the middle.
"""
import torch
from diffusers import MotionAdapter, UNet2DConditionModel, UNetMotionModel

from formula import fill, parameter, tensor
from make_networks import gradients, last, save


def motion(name, latent, has_tables, weights, adapter, **config):
    unet = UNet2DConditionModel(norm_num_groups=8, cross_attention_dim=24, **config)
    adapter = MotionAdapter(
        block_out_channels=config["block_out_channels"], motion_layers_per_block=config["layers_per_block"],
        motion_norm_num_groups=8, **adapter)
    model = UNetMotionModel.from_unet2d(unet, adapter).eval()
    parameters = fill(model)
    for key, table in model.named_buffers():
        assert key.endswith("pos_embed.pe"), key
        if has_tables:
            parameters[key] = list(table.shape)
            table.copy_(torch.from_numpy(parameter(key, tuple(table.shape))))
    frames = latent[0]
    latents = tensor("latents", (2, *latent, 4)).requires_grad_()
    text = tensor("text", (2, 7, 24)).requires_grad_()
    out = model(latents.permute(0, 4, 1, 2, 3), torch.tensor([7, 801]), text.repeat_interleave(frames, 0)).sample
    results = {"output": last(out)}
    results |= gradients(out, {"latents": latents, "text": text}, model, weights)
    save(name, dict(unet.config) | dict(adapter.config), parameters, results)


if __name__ == "__main__":
    torch.set_num_threads(1)
    # Odd sizes; one frame less than there are places.
    motion(
        "motion", (4, 6, 5), True, ["mid_block.motion_modules.0.transformer_blocks.0.attn2.to_k.weight",
        "down_blocks.1.motion_modules.0.proj_out.weight", "up_blocks.1.motion_modules.1.norm.bias"],
        dict(motion_num_attention_heads=2, motion_max_seq_length=5, use_motion_mid_block=True),
        block_out_channels=(16, 32), layers_per_block=1, attention_head_dim=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
    motion(
        "motion_plain", (3, 4, 4), False, ["up_blocks.0.motion_modules.2.transformer_blocks.1.ff.net.2.weight"],
        dict(motion_num_attention_heads=(2, 4), motion_max_seq_length=3, use_motion_mid_block=False,
             motion_transformer_layers_per_block=2),
        block_out_channels=(16, 32), layers_per_block=2, attention_head_dim=2, use_linear_projection=True,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"))
