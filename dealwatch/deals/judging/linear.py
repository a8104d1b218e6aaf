"""Linear models over named cues: small enough to read, quick enough to need no library."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Cues = dict[str, float]
"""What speaks for or against, by name; most between 0 and 1, see `summary` for others."""


@dataclass(frozen=True, slots=True)
class Model:
    """Logistic regression, one row of weights a label."""

    weights: Mapping[str, Mapping[str, float]]
    """Label -> cue -> weight. The cue "" is the bias."""

    def probability(self, cues: Mapping[str, float]) -> float:
        """For a model of one label: how likely the answer is yes."""
        (row,) = self.weights.values()
        return sigmoid(row.get("", 0.0) + sum([row[cue] * value for cue, value in cues.items() if cue in row]))

    def strongest(self, cues: Mapping[str, float], label: str, most: int) -> list[tuple[str, float]]:
        """The cues that add or take most for a label: (cue, what it adds), weightiest first."""
        row = self.weights[label]
        adds = [(cue, row[cue] * value) for cue, value in cues.items() if cue in row]
        return sorted(adds, key=lambda pair: -abs(pair[1]))[:most]


class Table:
    """The weights of several labels side by side, for stories of which all of them are asked."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        cues = dict.fromkeys(("", *(cue for row in weights.values() for cue in row)))
        self._rows = {cue: tuple(row.get(cue, 0.0) for row in weights.values()) for cue in cues}

    def totals(self, cues: Mapping[str, float]) -> list[float]:
        """The weighted sum of the cues for each label."""
        told: dict[float, list[tuple[float, ...]]] = {}
        for cue, value in cues.items():
            row = self._rows.get(cue)
            if row is not None:  # many cues of a story weigh nothing
                told.setdefault(value, []).append(row)
        sums = list(self._rows[""])
        for value, rows in told.items():  # few values are different, and whole columns are quick to add
            for label, total in enumerate(map(sum, zip(*rows, strict=True))):
                sums[label] += value * total
        return sums


def sigmoid(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
