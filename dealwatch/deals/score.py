"""What a candidate is worth where it stands, and how sure a story is to report a deal."""

import math
from collections.abc import Mapping, Sequence

from dealwatch.deals.candidates import Candidate, Index
from dealwatch.deals.names import Name
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.rules import Veto
from dealwatch.deals.topic import Topic

FEATURES = (
    "bias",
    "best",
    "second",
    "third",
    "title",
    "lead",
    "topic",
    "about",
    "sector",
    "named",
    "hook",
    "domestic",
    "figures",
    "asks",
    "words",
    "cross",
    "retail",
    "shop",
    "rules",
)
"""The composite scores that `dealwatch rules fit` weighs."""
PRIOR = {
    "bias": -5.0,
    **{"best": 2.2, "second": 1.8, "third": 1.4, "title": 0.8, "lead": 0.6, "rules": 0.6, "hook": 0.5},
    **{"topic": 1.0, "about": 0.7, "sector": 1.5, "domestic": -1.0, "figures": -0.5, "asks": -0.4},
    **{"named": 0.5, "words": 1.0, "cross": 0.8, "retail": 0.8, "shop": 0.8},
}
"""What each is worth before any labelled news is seen; fitting starts here and is held near."""


SURE = 0.25
"""A veto no milder than this tells what a story is about from its first sentence; milder ones need the headline."""


class Vetoes:
    """The vetoes met in a story: factors for single lines, and those that say what the whole story is about."""

    def __init__(self, reading: Reading, index: Index[Veto]) -> None:
        self.lines: dict[int, float] = {}
        self.story: dict[str, tuple[Veto, Line]] = {}
        self.sector: dict[int, list[Veto]] = {}
        for line in reading.lines:
            met = index.met(line, reading.texts.lower[line.sentence.field])
            factor = 1.0
            for veto, _ in met:
                if veto.kind == "sector":
                    self.sector.setdefault(line.index, []).append(veto)
                elif veto.scope == "sentence":
                    factor *= veto.factor
                elif line.index == 0 or (line.index <= 2 and veto.scope != "title") or veto.scope == "story":
                    self.story.setdefault(veto.id, (veto, line))
            self.lines[id(line)] = 1.0 if line.index == 0 else max(factor, 0.3)

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
    """Fills each candidate's factors: position, background, and whether its sides are those of headline and lead."""
    for candidate in found:
        candidate.factors = {
            "position": _position(candidate.line),
            "background": vetoes.lines[id(candidate.line)],
            "salience": _salience(candidate, topic),
        }


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


def best_lines(found: Sequence[Candidate]) -> list[float]:
    """The scores of the three best lines, best first, each line counted once."""
    lines: dict[int, float] = {}
    for candidate in found:
        lines[candidate.line.index] = max(lines.get(candidate.line.index, 0.0), candidate.score)
    return [*sorted(lines.values(), reverse=True)[:3], 0.0, 0.0, 0.0][:3]


def worth(found: Sequence[Candidate]) -> float:
    """One number for a group of candidates: real deals are restated, so the second and third line count too."""
    first, second, third = best_lines(found)
    return first + 0.6 * second + 0.4 * third


def features(group: Sequence[Candidate], reading: Reading, vetoes: Vetoes, deal_type: str) -> dict[str, float]:
    """The composite scores of one possible deal."""
    first, second, third = best_lines(group)
    sides = [name for name in (group[0].chinese, group[0].foreign) if name]
    return {
        "bias": 1.0,
        "best": min(first, 1.3),
        "second": min(second, 1.2),
        "third": min(third, 1.0),
        "title": max((c.score for c in group if c.line.index == 0), default=0.0),
        "lead": max((c.score for c in group if 0 < c.line.index <= 2), default=0.0),
        "topic": vetoes.topic_weight(deal_type, headline=True),
        "about": vetoes.topic_weight(deal_type, headline=False),
        "sector": vetoes.sector_weight([c.line.index for c in sorted(group, key=lambda c: -c.score)[:2]]),
        "named": len(sides) / 2,
        "domestic": _one_sided(reading, "chinese"),
        "figures": min(sum(len(line.marks.get("{percent}", ())) for line in reading.lines if line.index <= 4), 6) / 6,
        "asks": 1.0
        if any(line.index == 0 and line.text.rstrip("\"' ").endswith(("?", "？")) for line in reading.lines)
        else 0.0,
        "words": _deal_words(reading),
        "cross": _both_told(reading),
        "retail": sum(_in_retail(name, reading) for name in sides) / 2,
        "shop": min(
            sum(min(len(line.marks.get("<retail_word>", ())), 3) for line in reading.lines if line.index <= 3), 5
        )
        / 5,
        "rules": min(len({c.rule.id for c in group if c.score >= 0.2}), 6) / 6,
        "hook": 1.0 if any(c.pairing == 1.0 and c.line.index <= 2 for c in group) else 0.0,
    }


OTHER_INDUSTRIES = frozenset(
    [
        "technology",
        "media",
        "travel",
        "telecom",
        "telecoms",
        "software",
        "property",
        "vehicles",
        "mobility",
        "advertising",
        "internet",
        "hotels",
        "robotics",
        "insurance",
        "port",
        "games",
        "cloud",
        "maps",
        "airline",
        "banking",
        "semiconductors",
        "film",
        "music",
        "sport",
        "football",
        "energy",
    ]
) | {"trade body", "artificial intelligence", "social media"}
"""Industries of listed names whose deals are seldom about retail."""


def _in_retail(name: Name, reading: Reading) -> float:
    """1 for a house of retail or brands, 0 for another industry, between for one nobody listed."""
    if name.tier == 3:
        times = sum(each.name == name.name for line in reading.lines for each in line.names)
        return 0.4 if times > 1 else 0.1
    return 0.0 if name.industry in OTHER_INDUSTRIES else 1.0


def _deal_words(reading: Reading) -> float:
    """How thick headline and lead are with words of deals, 0 to 1."""
    return (
        min(
            sum(
                min(len(line.marks.get("<deal_word>", ())), 3) * (2 if line.index == 0 else 1)
                for line in reading.lines
                if line.index <= 4
            ),
            8,
        )
        / 8
    )


def _both_told(reading: Reading) -> float:
    """1 where headline and first two sentences name both sides, 0.5 where one of them is told as a market alone."""
    head = [line for line in reading.lines if line.index <= 2]
    names = [any(line.has("{" + side + "}") for line in head) for side in ("chinese", "foreign")]
    told = [
        names[0] or any(line.has("{china}") for line in head),
        names[1] or any(line.has("{abroad}") for line in head),
    ]
    return 1.0 if all(names) else 0.5 if all(told) and any(names) else 0.0


def _one_sided(reading: Reading, side: str) -> float:
    """1 where headline and first two sentences speak of one side alone, 0.5 where only the headline does."""
    others = {"chinese": ("{foreign}", "{abroad}"), "foreign": ("{chinese}", "{china}")}[side]
    title = [line for line in reading.lines if line.index == 0]
    if not any(line.has("{" + side + "}") for line in title) or any(line.has(tag) for line in title for tag in others):
        return 0.0
    worth = 0.5 if any(line.has(tag) for line in reading.lines if 0 < line.index <= 2 for tag in others) else 1.0
    houses = {name.family for line in title for name in line.names if not name.bystander and name.side == side}
    return worth + (0.7 if len(houses) > 1 else 0.0)


def probability(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Logistic regression over the composite scores."""
    total = sum(weights.get(name, 0.0) * value for name, value in values.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
