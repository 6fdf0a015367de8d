"""VideoCrafter's own code, without what it imports for other parts."""
import sys
import types

import torch


class LightningModule(torch.nn.Module):
    device = torch.device("cpu")


def stub(name, **contents):
    module = types.ModuleType(name)
    module.__dict__.update(contents)
    sys.modules[name] = module


def use(checkout):
    """Makes the modules of a clone of github.com/AILab-CVC/VideoCrafter importable."""
    sys.path.insert(0, checkout)
    stub("pytorch_lightning", LightningModule=LightningModule)
    stub("torchvision.utils", make_grid=None)
    stub("utils.utils", instantiate_from_config=lambda config: config.get("module", torch.nn.Identity()))
    stub("lvdm.modules.encoders.ip_resampler", ImageProjModel=None, Resampler=None)


class Configuration(dict):
    """Of a denoiser, which is `module` if that is there."""
    params = types.SimpleNamespace(temporal_length=16)


def on_the_processor(sampler):
    """A sampler class whose tables stay where they are."""
    class Sampler(sampler):
        def register_buffer(self, name, attr):
            setattr(self, name, attr)

    return Sampler
