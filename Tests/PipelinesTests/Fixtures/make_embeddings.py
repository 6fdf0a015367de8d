"""Makes the fixtures of EmbeddingCarrierTests: learned words as A1111's web UI and DreamArtist's extension share them.

    python make_embeddings.py STABLE-DIFFUSION-WEBUI        (torch 2.15, pillow 13, numpy 2.4; a clone of the web UI)

The pictures are made by the web UI's own modules/textual_inversion/image_embedding.py (before version 1.4 its np.product is np.prod
of today's numpy):

    embeddings/it.pt, it-neg.pt   a pair as `Embedding.save` writes it
    embeddings/text.png           the same in the PNG's text `sd-ti-embedding` alone
    embeddings/strips.png         the same in strips at the sides alone
"""
import importlib
import pathlib
import sys
import types

import torch
from PIL import Image, PngImagePlugin

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "NetworksTests" / "Fixtures"))
from formula import tensor  # noqa: E402

sys.path.insert(0, sys.argv[1])
sys.modules["modules.shared"] = types.SimpleNamespace(opts=None)
carrier = importlib.import_module("modules.textual_inversion.image_embedding")


def saved(name, count):
    vectors = tensor(f"carrier {name}", (count, 32)).requires_grad_()
    return {
        "string_to_token": {"*": 265}, "string_to_param": {"*": vectors}, "name": name, "step": 8000,
        "sd_checkpoint": "81761151", "sd_checkpoint_name": "v1-5-pruned-emaonly"}


folder = HERE / "embeddings"
folder.mkdir(exist_ok=True)
for name, count in [("it", 3), ("it-neg", 6)]:
    torch.save(saved(name, count), folder / f"{name}.pt")
picture = Image.linear_gradient("L").resize((48, 64)).convert("RGB")
info = PngImagePlugin.PngInfo()
info.add_text("sd-ti-embedding", carrier.embedding_to_b64(saved("it", 3)).decode())
picture.save(folder / "text.png", pnginfo=info)
carrier.insert_image_data_embed(picture, saved("it-neg", 6)).save(folder / "strips.png")
