"""Fréchet distances and Inception Scores by torch-fidelity: python make_distances.py writes distances.json (torch-fidelity 0.4.0).

One case has fewer rows than columns, so that the covariances are singular.
"""

import json

import numpy as np
import torch
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric

rng = np.random.default_rng(0)
cases = []
for rows, others, columns in [(40, 50, 6), (5, 7, 8)]:
    mix = rng.normal(size=(columns, columns))
    one = (rng.normal(size=(rows, columns)) @ mix).astype(np.float32).round(4)
    two = (rng.normal(0.4, 1.3, size=(others, columns))).astype(np.float32).round(4)
    statistics = [fid_features_to_statistics(torch.tensor(x)) for x in (one, two)]
    distance = fid_statistics_to_metric(*statistics, False)["frechet_inception_distance"]
    cases.append({"one": one.tolist(), "two": two.tolist(), "distance": float(distance)})

logits = torch.tensor(rng.normal(0, 2, size=(60, 5)).round(4))
score = isc_features_to_metric(logits, splits=4, shuffle=False)
out = {
    "frechet": cases,
    "shares": torch.softmax(logits, 1).tolist(),
    "score": {"mean": score["inception_score_mean"], "deviation": score["inception_score_std"]},
}
with open("distances.json", "w") as file:
    json.dump(out, file, separators=(",", ":"))
