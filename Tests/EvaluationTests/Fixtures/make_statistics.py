"""Intervals of scores by numpy and scipy: python make_statistics.py writes statistics.json (numpy 2.4, scipy 1.17).

The bootstrap's indices come from the same random source as the package's (SplitMix64, multiplied into range), so that means and percentiles
have to agree to rounding; the Wilson intervals are scipy's own.
"""

import json

import numpy as np
from scipy import stats

MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        return ((self.next() >> 32) * bound) >> 32


def bootstrap(groups, resamples):
    """Prompts with replacement, then the seeds of each; a group of one seed draws none."""
    random = SplitMix64(1979)
    means = []
    for _ in range(resamples):
        drawn = []
        for _ in groups:
            group = np.asarray(groups[random.below(len(groups))])
            if len(group) > 1:
                group = group[[random.below(len(group)) for _ in group]]
            drawn.append(group.mean())
        means.append(np.mean(drawn))
    low, high = np.percentile(means, [2.5, 97.5])
    return {"value": float(np.mean([np.mean(g) for g in groups])), "low": float(low), "high": float(high)}


rng = np.random.default_rng(0)
cases = []
for prompts, seeds in [(64, 4), (12, 1), (5, 3), (1, 4)]:
    groups = (rng.normal(0.2, 1, (prompts, 1)) + rng.normal(0, 0.5, (prompts, seeds))).round(6).tolist()
    cases.append({"groups": groups, "resamples": 2000, "estimate": bootstrap(groups, 2000)})
uneven = [[0.1, 0.4], [0.3], [-0.2, 0.0, 0.7, 0.25]]
cases.append({"groups": uneven, "resamples": 1000, "estimate": bootstrap(uneven, 1000)})

# A table: two arms, six prompts, three seeds; ties among them, and what is missing in one prompt.
base = rng.integers(0, 5, (6, 3)).astype(float)
arm = base + rng.integers(-1, 3, (6, 3))
difference = arm - base
wins = np.where(arm > base, 1.0, np.where(arm == base, 0.5, 0.0))
table = {
    "baseline": base.tolist(),
    "arm": arm.tolist(),
    "difference": float(difference.mean()),
    "t_test": float(stats.ttest_rel(arm.mean(1), base.mean(1)).statistic),
    "win_rate": float(wins.mean()),
    "pairs": [int((wins == 1).sum()), int((wins == 0.5).sum()), int((wins == 0).sum())],
    "by_prompt": difference.mean(1).tolist(),
}

wilson = []
for k, n in [(0, 10), (10, 10), (5, 10), (58, 64), (1, 3), (900, 1000)]:
    interval = stats.binomtest(k, n).proportion_ci(method="wilson")
    wilson.append({"wins": k, "count": n, "low": float(interval.low), "high": float(interval.high)})

# What the bootstrap's interval should be near to where the analytic one holds: many normal values, one seed each.
normal = rng.normal(1, 2, 400).round(6)
t = stats.t.interval(0.95, len(normal) - 1, normal.mean(), stats.sem(normal))
analytic = {"values": normal.tolist(), "low": float(t[0]), "high": float(t[1])}

with open("statistics.json", "w") as file:
    json.dump({"bootstrap": cases, "table": table, "wilson": wilson, "analytic": analytic}, file)
