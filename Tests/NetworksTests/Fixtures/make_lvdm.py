"""Makes lvdm_vc1 and lvdm_vc2: outputs and gradients of tiny networks of VideoCrafter, computed by its own code.

    git clone https://github.com/AILab-CVC/VideoCrafter
    python make_lvdm.py VideoCrafter        (torch 2.13, einops 0.8)

As make_networks.py: weights and inputs are not stored, formula.py makes them from their names, so that nothing that the original
starts at zero hides. The names are those below `model.diffusion_model.`.
"""
import sys
import types

import torch

from formula import fill, tensor
from make_networks import first, gradients, last, save

sys.path.insert(0, sys.argv[1])
# Only for other parts of VideoCrafter.
sys.modules["utils.utils"] = types.SimpleNamespace(instantiate_from_config=None)

from lvdm.modules.networks.openaimodel3d import UNetModel  # noqa: E402


def unet(name, latents, fps, weights, **config):
    model = UNetModel(**config).eval()
    parameters = fill(model)
    latents = tensor("latents", latents).requires_grad_()
    text = tensor("text", (2, 7, config["context_dim"])).requires_grad_()
    timesteps = torch.tensor([7, 801])
    out = model(latents.permute(0, 4, 1, 2, 3), timesteps, context=text, fps=torch.tensor(fps))
    results = {"output": last(out)}
    if config.get("fps_cond"):
        # A whole number counts for all samples.
        results["slow"] = last(model(latents.permute(0, 4, 1, 2, 3), timesteps, context=text, fps=8))
    results |= gradients(out, {"latents": latents, "text": text}, model, weights)
    save(name, config, parameters, results)


unet(
    "lvdm_vc2", (2, 3, 6, 4, 4), [28, 8], (
        "fps_embedding.0.weight", "init_attn.0.proj_in.weight", "input_blocks.1.0.temopral_conv.conv4.3.weight",
        "middle_block.2.transformer_blocks.0.attn2.to_k.weight", "output_blocks.1.1.conv.bias"),
    in_channels=4, out_channels=4, model_channels=64, channel_mult=[1, 2], attention_resolutions=[1], num_res_blocks=1,
    num_head_channels=32, context_dim=24, use_linear=True, temporal_conv=True, temporal_selfatt_only=True,
    use_relative_position=False, temporal_length=16, addition_attention=True, fps_cond=True)
# Frames further from each other than distances are told; projections by convolutions.
unet(
    "lvdm_vc1", (2, 5, 4, 4, 4), [28, 8], (
        "init_attn.0.transformer_blocks.0.attn1.relative_position_k.embeddings_table",
        "middle_block.2.transformer_blocks.0.attn2.relative_position_v.embeddings_table",
        "output_blocks.1.2.proj_in.weight"),
    in_channels=4, out_channels=4, model_channels=64, channel_mult=[1, 1], attention_resolutions=[2, 1], num_res_blocks=1,
    num_head_channels=16, context_dim=24, use_linear=False, temporal_conv=False, temporal_selfatt_only=True,
    use_relative_position=True, temporal_length=3, addition_attention=True)
