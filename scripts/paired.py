"""Statistics of paired differences, for the scripts that make tables."""
import random


def interval(differences):
    """Mean and 95 % interval of {prompt: [differences]}, resampling prompts."""
    groups, draw = list(differences.values()), random.Random(0)

    def mean(some):
        values = [value for group in some for value in group]
        return sum(values) / len(values)
    means = sorted(mean(draw.choices(groups, k=len(groups))) for _ in range(2000))
    return mean(groups), means[50], means[1949]
