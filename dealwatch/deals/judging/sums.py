"""The deal's own sum among those of a story: not revenue, valuation, sales or an older deal's."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dealwatch.deals.amounts import Amount
from dealwatch.deals.candidates import Candidate
from dealwatch.deals.judging.linear import Cues, Model
from dealwatch.deals.judging.story import zone
from dealwatch.deals.reading import Line, Reading

LIKELY = 0.5
"""From here on a sum is taken for the deal's own."""
_WORD = re.compile(r"[a-z][a-z'-]*|%|[()（）,;]|[\u3400-\u9fff]")
_BESIDE = 3
"""Words on either side of a sum that are read."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum, the line it stands in, and what makes it the deal's own or another one."""

    line: Line
    amount: Amount
    cues: Cues


def sums(reading: Reading, proofs: Sequence[Candidate], kind: str) -> list[Sum]:
    """Every sum of the story with its cues; `kind` is the deal's type, `proofs` the rules met for it, best first."""
    proving = [candidate.line.index for candidate in proofs[:3]]
    told = [(line, amount) for line in reading.lines for amount in line.amounts]
    return [
        Sum(line, amount, dict.fromkeys([*_around(line, amount), *_place(line, number, proving, kind)], 1.0))
        for number, (line, amount) in enumerate(told)
    ]


def own_sum(found: Sequence[Sum], model: Model) -> Sum | None:
    """The likeliest one, if it is likely at all."""
    best = max(found, key=lambda each: model.probability(each.cues), default=None)
    return best if best and model.probability(best.cues) >= LIKELY else None


def _place(line: Line, number: int, proving: Sequence[int], kind: str) -> Iterator[str]:
    yield f"of {kind}"
    yield f"in {zone(line)}"
    yield f"{zone(line)} of {kind}"
    yield f"number {min(number, 3)}"
    if line.index in proving:
        yield "in a proving line"
        yield f"proof {proving.index(line.index)}"
    for tag in line.marks:
        if tag[0] == "<":
            yield f"beside {tag}"


def _around(line: Line, amount: Amount) -> Iterator[str]:
    at, stop = amount.start - line.sentence.start, amount.end - line.sentence.start
    before = _WORD.findall(line.text[max(0, at - 40) : at])[-_BESIDE:]
    behind = _WORD.findall(line.text[stop : stop + 40])[:_BESIDE]
    for word in before:
        yield f"'{word}' before"
    for word in behind:
        yield f"'{word}' behind"
    yield f"right behind '{' '.join(before[-2:])}'"
    yield f"right before '{' '.join(behind[:2])}'"
    yield f"size {int(math.log10(max(amount.value, 1.0)))}"
    yield f"in {amount.currency}"
