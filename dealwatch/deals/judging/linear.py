"""Linear models over named cues: small enough to read, quick enough to need no library."""

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

Cues = dict[str, float]
"""What speaks for or against, by name; most between 0 and 1, see `summary` for others."""


@dataclass(frozen=True, slots=True)
class Model:
    """Logistic regression, one row of weights a label. With a single label it answers yes or no."""

    weights: Mapping[str, Mapping[str, float]]
    """Label -> cue -> weight. The cue "" is the bias."""
    _columns: "dict[str, tuple[bytes, array[float]]]" = field(init=False, repr=False, compare=False)
    """Cue -> the labels it weighs for, by number, and how much: packed, since tens of thousands of loose numbers are
    slow to fetch from memory."""

    def __post_init__(self) -> None:
        columns: dict[str, list[tuple[int, float]]] = {}
        for number, row in enumerate(self.weights.values()):
            for cue, weight in row.items():
                columns.setdefault(cue, []).append((number, weight))
        packed = {
            cue: (bytes(number for number, _ in pairs), array("d", (weight for _, weight in pairs)))
            for cue, pairs in columns.items()
        }
        object.__setattr__(self, "_columns", packed)

    def totals(self, cues: Mapping[str, float]) -> list[float]:
        """The weighted sum of the cues for each label."""
        sums = [0.0] * len(self.weights)
        for number, weight in zip(*self._columns.get("", ()), strict=True):
            sums[number] += weight
        columns = self._columns
        for cue in [cue for cue in cues if cue in columns]:  # most cues of a story weigh nothing
            value = cues[cue]
            for number, weight in zip(*columns[cue], strict=True):
                sums[number] += weight * value
        return sums

    def probability(self, cues: Mapping[str, float]) -> float:
        """For a model of one label: how likely the answer is yes."""
        (row,) = self.weights.values()
        return sigmoid(row.get("", 0.0) + sum([row[cue] * value for cue, value in cues.items() if cue in row]))

    def strongest(self, cues: Mapping[str, float], label: str, most: int) -> list[tuple[str, float]]:
        """The cues that add or take most for a label: (cue, what it adds), weightiest first."""
        row = self.weights[label]
        adds = [(cue, row[cue] * value) for cue, value in cues.items() if cue in row]
        return sorted(adds, key=lambda pair: -abs(pair[1]))[:most]


def sigmoid(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
