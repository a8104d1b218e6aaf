"""A story summed up in a few scores: how much the rules found, where, and what the vetoes leave of it."""

from collections.abc import Sequence

from dealwatch.deals.candidates import Candidate
from dealwatch.deals.judging.linear import Cues
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.records import Side
from dealwatch.deals.weigh import Vetoes

LEAD = 2
FIRM = 0.85
"""The pairing of a rule whose sides are both named, one of them perhaps by a noun."""


def summary(found: Sequence[Candidate], reading: Reading, vetoes: Vetoes) -> Cues:
    """The composite scores of a story in which some rule was met; {} for one in which none was.

    What vetoes leave is a logarithm, 0 or less; `one side told` goes up to 1.7; all others are 0 to 1.3.
    """
    if not found:
        return {}
    ranked = sorted(found, key=lambda candidate: -candidate.score)
    first, second, third = best_lines(ranked)
    return {
        "best line": min(first, 1.3),
        "second line": min(second, 1.2),
        "third line": min(third, 1.0),
        "best of title": max((c.score for c in ranked if c.line.index == 0), default=0.0),
        "best of lead": max((c.score for c in ranked if 0 < c.line.index <= LEAD), default=0.0),
        "title and lead alike": _alike(ranked),
        "vetoes of title": vetoes.topic_weight(ranked[0].type, headline=True),
        "vetoes of lead": vetoes.topic_weight(ranked[0].type, headline=False),
        "vetoes of sector": vetoes.sector_weight([candidate.line.index for candidate in ranked[:2]]),
        "rules met": min(len({c.rule.id for c in ranked if c.score >= 0.2}), 6) / 6,
        "both sides told": _both_told(reading),
        "one side told": _one_sided(reading),
    }


def _alike(found: Sequence[Candidate]) -> float:
    """How surely headline and lead both tell of a deal of one type, with both sides named: plain news does."""
    best = 0.0
    for kind in {candidate.type for candidate in found}:
        firm = [c for c in found if c.type == kind and c.pairing >= FIRM]
        title = max((c.score for c in firm if c.line.index == 0), default=0.0)
        lead = max((c.score for c in firm if 0 < c.line.index <= LEAD), default=0.0)
        best = max(best, min(title, lead, 1.0))
    return best


def best_lines(found: Sequence[Candidate]) -> tuple[float, float, float]:
    """The scores of the three best lines, best first, each line counted once: real deals are restated."""
    lines: dict[int, float] = {}
    for candidate in found:
        lines[candidate.line.index] = max(lines.get(candidate.line.index, 0.0), candidate.score)
    first, second, third = [*sorted(lines.values(), reverse=True), 0.0, 0.0, 0.0][:3]
    return first, second, third


def _both_told(reading: Reading) -> float:
    """1 where headline and lead name both sides, 0.5 where one of them is told as a market alone."""
    head = [line for line in reading.lines if line.index <= LEAD]
    names = [any(line.has("{" + side + "}") for line in head) for side in ("chinese", "foreign")]
    told = [
        names[0] or any(line.has("{china}") for line in head),
        names[1] or any(line.has("{abroad}") for line in head),
    ]
    return 1.0 if all(names) else 0.5 if all(told) and any(names) else 0.0


def _one_sided(reading: Reading) -> float:
    """1 where headline and lead speak of Chinese houses alone, 0.5 where only the headline does; more for several."""
    abroad = ("{foreign}", "{abroad}")
    title = [line for line in reading.lines if line.index == 0]
    if not any(line.has("{chinese}") for line in title) or _has(title, abroad):
        return 0.0
    lead = [line for line in reading.lines if 0 < line.index <= LEAD]
    chinese: Side = "chinese"
    houses = {name.family for line in title for name in line.names if not name.bystander and name.side == chinese}
    return (0.5 if _has(lead, abroad) else 1.0) + (0.7 if len(houses) > 1 else 0.0)


def _has(lines: Sequence[Line], tags: Sequence[str]) -> bool:
    return any(line.has(tag) for line in lines for tag in tags)
