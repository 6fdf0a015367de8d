"""Writes inception.safetensors: what Inception v3 says of two pictures, by torchvision and by torch-fidelity.

    python make_inception.py          # torch 2.13, torchvision 0.28, torch-fidelity 0.4.0

Weights come from formula.py of NetworksTests by name; variances are made positive.
"""

import sys
from pathlib import Path

import torch
import torchvision
from safetensors.torch import save_file
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "NetworksTests" / "Fixtures"))
from formula import parameter  # noqa: E402


def value(name, shape):
    x = torch.as_tensor(parameter(name, shape))
    if name.endswith("running_var"):
        return 1 + x
    # ReLU halves the variance.
    return x * 2**0.5 if len(shape) == 4 else x


def fill(model):
    model.load_state_dict(
        {
            name: torch.zeros((), dtype=torch.long) if "num_batches" in name else value(name, tuple(t.shape))
            for name, t in model.state_dict().items()
        }
    )
    return model.eval()


torch.manual_seed(0)
bytes_ = torch.randint(0, 256, (2, 3, 5, 6), dtype=torch.uint8)
# Large areas, as of a picture: what blurs differently shows.
bytes_ = torch.nn.functional.interpolate(bytes_.float(), (40, 48), mode="bicubic").clamp(0, 255).round().to(torch.uint8)
result = {"pictures": bytes_.permute(0, 2, 3, 1).contiguous().float() / 255}

with torch.no_grad():
    # The constructor wants a file: it is given one of its own making.
    original, FeatureExtractorInceptionV3.load_state_dict = FeatureExtractorInceptionV3.load_state_dict, lambda *_: None
    load, torch.load = torch.load, lambda *_, **__: None
    old = FeatureExtractorInceptionV3("fid", ["2048", "logits_unbiased"], feature_extractor_weights_path="none")
    FeatureExtractorInceptionV3.load_state_dict, torch.load = original, load
    features, logits = fill(old)(bytes_)
    result |= {"tensorflow.features": features, "tensorflow.shares": logits.softmax(1)}

    new = fill(torchvision.models.inception_v3(weights=None, aux_logits=False, init_weights=False))
    kept = []
    new.dropout.register_forward_hook(lambda _, inputs, __: kept.append(inputs[0].flatten(1)))
    sized = torch.nn.functional.interpolate(
        bytes_.float() / 255, (299, 299), mode="bilinear", align_corners=False, antialias=True
    )
    result |= {"torchvision.shares": new(sized * 2 - 1).softmax(1), "torchvision.features": kept[0]}

save_file({k: v.contiguous() for k, v in result.items()}, str(HERE / "inception.safetensors"))
for k, v in result.items():
    print(k, tuple(v.shape), v.std().item(), v.max().item())
