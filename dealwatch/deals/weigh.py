"""What a candidate is worth where it stands, and what the vetoes say of its line and of the story."""

import math
from collections.abc import Mapping, Sequence

from dealwatch.deals.candidates import Candidate
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.rules import Veto
from dealwatch.deals.topic import Topic

SURE = 0.25
"""A veto no milder than this tells what a story is about from its first sentence; milder ones need the headline."""


class Vetoes:
    """The vetoes met in a story: factors for single lines, and those that say what the whole story is about."""

    def __init__(self, reading: Reading, met: Mapping[int, Sequence[Veto]]) -> None:
        self.lines: dict[int, float] = {}
        self.story: dict[str, tuple[Veto, Line]] = {}
        self.sector: dict[int, list[Veto]] = {}
        for line in reading.lines:
            factor = 1.0
            for veto in met[line.index]:
                if veto.kind == "sector":
                    self.sector.setdefault(line.index, []).append(veto)
                elif veto.scope == "sentence":
                    factor *= veto.factor
                elif line.index == 0 or (line.index <= 2 and veto.scope != "title") or veto.scope == "story":
                    self.story.setdefault(veto.id, (veto, line))
            self.lines[line.index] = 1.0 if line.index == 0 else max(factor, 0.3)

    def topic_weight(self, deal_type: str, *, headline: bool) -> float:
        """Natural logarithm (0 or less) of what the vetoes of the headline, or of the lead, leave."""
        total = 0.0
        for veto, line in self.story.values():
            if (line.index == 0) != headline or (veto.types and deal_type not in veto.types):
                continue
            if headline or veto.types or veto.factor <= SURE:
                total += math.log(max(veto.factor, 0.05)) * (0.5 if line.index > 1 else 1.0)
        return max(total, -4.0)

    def sector_weight(self, proving: Sequence[int]) -> float:
        """The same for a wrong sector: told by headline, first sentence or the proving lines."""
        total = 0.0
        for index in dict.fromkeys((0, 1, *proving)):
            for veto in self.sector.get(index, ()):
                total += math.log(max(veto.factor, 0.05))
        return max(total, -4.0)


def weigh(found: Sequence[Candidate], topic: Topic, vetoes: Vetoes) -> None:
    """Each candidate's score, and the factors it is made of beside its rule's weight and how firmly its sides are told:
    position, background, and whether its sides are those of headline and lead."""
    for candidate in found:
        candidate.factors = {
            "position": _position(candidate.line),
            "background": vetoes.lines[candidate.line.index],
            "salience": _salience(candidate, topic),
        }
        candidate.score = candidate.rule.weight / 3 * candidate.pairing * math.prod(candidate.factors.values())


def _position(line: Line) -> float:
    if line.index == 0:
        return 1.3
    return (1.1, 1.0, 0.95, 0.85, 0.75, 0.65)[line.index - 1] if line.index <= 6 else 0.5


def _salience(candidate: Candidate, topic: Topic) -> float:
    sides = [name for name in (candidate.chinese, candidate.foreign) if name]
    known = sum(name.name in topic.head for name in sides)
    in_title = any(name.name in topic.title for name in sides)
    share = (0.35, 0.7, 1.0)[known] if len(sides) == 2 else (0.35, 1.0)[min(known, 1)]
    return share * (1.0 if in_title or not topic.title else 0.7)
