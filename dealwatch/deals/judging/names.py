"""The cues of a name: what makes it a principal of the deal that the story reports, or a bystander."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dealwatch.deals.candidates import Candidate
from dealwatch.deals.judging.linear import Cues
from dealwatch.deals.judging.signs import Signs
from dealwatch.deals.names import Name
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.records import Side
from dealwatch.deals.topic import Topic

DEEP = 3
"""Lines up to this one are read word by word around a name."""
NEAR = 60
"""Code points from a name within which words of a deal stand beside it."""
LOOSE = frozenset({"<on>", "<in>", "<retail_word>", "<deal_word>"})
"""Families too common to say anything by their place beside a name."""
_Family = tuple[str, int, int]
"""A word of a deal: (its family, start, end)."""
_WORD = re.compile(r"[a-z][a-z'&-]*|'s|\d+|[\u3400-\u9fff]|[,:;(\"“]")


@dataclass(frozen=True, slots=True)
class Telling:
    """One place where a name is told, or stood for."""

    line: Line
    name: Name


@dataclass(frozen=True, slots=True)
class Named:
    """A name with all its mentions, pronouns that stand for it included, and its cues."""

    name: Name
    places: Sequence[Telling]
    cues: Cues

    @property
    def side(self) -> Side:
        return self.name.side


def named(reading: Reading, topic: Topic, signs: Signs) -> list[Named]:
    """Every company named in the story, in the order of first mention."""
    places: dict[str, list[Telling]] = defaultdict(list)
    for line in reading.lines:
        for name in line.names:
            places[name.name].append(Telling(line, name))
    told = {key: found for key, found in places.items() if any(not place.name.reference for place in found)}
    shown = {key: next(place.name for place in found if not place.name.reference) for key, found in told.items()}
    story = _Story(reading, topic, signs, told, shown)
    return [Named(shown[key], found, story.cues(key, found)) for key, found in told.items()]


class _Story:
    """What the cues of every name are measured against."""

    def __init__(
        self, reading: Reading, topic: Topic, signs: Signs, told: dict[str, list[Telling]], shown: dict[str, Name]
    ) -> None:
        self._topic = topic
        self._shown = shown
        self._found = sorted(signs.found, key=lambda candidate: -candidate.score)
        head = [line for line in reading.lines if line.index == 0]
        self._title = [name for line in head for name in line.names if not name.bystander]
        self._order = {key: at for at, key in enumerate(dict.fromkeys(name.name for name in self._title))}
        self._sides = {name.side for name in self._title}
        ranked = sorted(told, key=lambda key: -topic.weight[key])
        self._rank = {key: at for at, key in enumerate(ranked)}
        self._mentions = {side: sum(len(p) for p in told.values() if p[0].name.side == side) for side in _SIDES}
        self._families = {line.index: _families(line) for line in reading.lines if line.index <= DEEP}
        types: dict[str, float] = defaultdict(float)
        for candidate in signs.found:
            types[candidate.type] = max(types[candidate.type], candidate.score)
        self._type = max(types, key=lambda kind: types[kind], default="none")

    def cues(self, key: str, places: Sequence[Telling]) -> Cues:
        name = self._shown[key]
        real = [place for place in places if not place.name.reference]
        cues: Cues = dict.fromkeys(self._flags(key, name, real), 1.0)
        cues["mentions"] = min(math.log1p(len(real)) / 2, 1.0)
        cues["stood for"] = min(math.log1p(len(places) - len(real)) / 2, 1.0)
        cues["share of its side"] = len(places) / max(1, self._mentions[name.side])
        cues["first met"] = min(*(place.line.index for place in real), 10) / 10
        cues["beside a comparison"] = sum(place.name.bystander for place in real) / len(real)
        cues.update(self._roles(key, name, places))
        for place in real:
            if place.line.index <= DEEP:
                cues.update(dict.fromkeys(_around(place, self._families[place.line.index]), 1.0))
        return cues

    def _flags(self, key: str, name: Name, real: Sequence[Telling]) -> Iterator[str]:
        yield f"tier {name.tier}"
        yield f"{name.side} {name.kind}"
        yield f"{name.side} in {self._type}"
        yield f"{name.kind} in {self._type}"
        yield f"words {min(len(name.name.split()), 4)}"
        if name.industry:
            yield f"industry {name.industry}"
        if name.home:
            yield f"home {name.home}"
        if name.tier < 3:
            yield f"is {name.name}"
        rank = min(self._rank[key], 4)
        yield f"rank {rank}"
        if key in self._order:
            at = min(self._order[key], 3)
            yield f"headline {at}"
            yield f"headline {at} of {min(len(self._order), 4)}"
            yield f"headline {at} in {self._type}"
            if all(other.side != name.side or other.name == key for other in self._title):
                yield "alone of its side in the headline"
        elif name.side not in self._sides:
            yield "its side is not in the headline"
            yield f"its side is not in the headline, rank {rank}"
        if not self._title:
            yield f"no names in the headline, rank {rank}"
        for line in sorted({place.line.index for place in real if place.line.index <= 4}):
            yield f"line {line}"
        yield from self._kin(key, name)

    def _kin(self, key: str, name: Name) -> Iterator[str]:
        children = [other for other, shown in self._shown.items() if key in shown.parents]
        parents = [parent for parent in name.parents if parent in self._shown]
        for what, kin in (("child", children), ("parent", parents)):
            if not kin:
                continue
            yield f"has its {what} beside it"
            if any(other in self._order for other in kin):
                yield f"its {what} is in the headline"
            if any(self._topic.weight[other] > self._topic.weight[key] for other in kin):
                yield f"its {what} weighs more"

    def _roles(self, key: str, name: Name, places: Sequence[Telling]) -> Iterator[tuple[str, float]]:
        """How the name stands to the rules that were met."""
        mine = [c for c in self._found if any(side and side.name == key for side in (c.chinese, c.foreign))]
        others = [c for c in self._found if (c.chinese if name.side == "chinese" else c.foreign)]
        yield "best rule", min(mine[0].score, 1.0) if mine else 0.0
        total = sum(candidate.score for candidate in others)
        yield "share of rules", sum(candidate.score for candidate in mine) / total if total else 0.0
        for candidate in self._found[:3]:
            for place in places:
                if place.line is candidate.line:
                    yield "in a proving line", 1.0
                    for role in _stands(place.name, candidate):
                        yield role, 1.0
        if self._found and any(place.line is self._found[0].line for place in places):
            yield "in the best line", 1.0


_SIDES: tuple[Side, ...] = ("chinese", "foreign")


def _stands(name: Name, candidate: Candidate) -> Iterator[str]:
    """Before or behind the words of the deal, right there or near."""
    start, end = candidate.trigger
    for where, gap in (("behind", name.start - end), ("before", start - name.end)):
        if 0 <= gap <= 3:
            yield f"right {where} the words of a deal"
        elif 0 <= gap <= 30:
            yield f"{where} the words of a deal"
    if any((name.start, name.end) == (at, to) for _, at, to in candidate.match.steps):
        yield "fills a slot"


def _around(place: Telling, families: Sequence[_Family]) -> Iterator[str]:
    """The words beside the name, and the nearest words of a deal."""
    line, name = place.line, place.name
    zone = "headline" if line.index == 0 else "lead"
    base = line.sentence.start
    left = _WORD.findall(line.text[max(0, name.start - base - 24) : name.start - base])
    right = _WORD.findall(line.text[name.end - base : name.end - base + 24])
    for word in left[-1:]:
        yield f"{zone} '{word}' before"
        yield f"'{word}' before"
    for word in right[:1]:
        yield f"{zone} '{word}' behind"
        yield f"'{word}' behind"
    if len(left) > 1:
        yield f"'{left[-2]} {left[-1]}' before"
    if len(right) > 1:
        yield f"'{right[0]} {right[1]}' behind"
    last = max((end for _, _, end in families if name.start - NEAR < end <= name.start), default=None)
    first = min((start for _, start, _ in families if name.end <= start < name.end + NEAR), default=None)
    for tag, start, end in families:
        if end == last:
            yield f"{tag} before"
        if start == first:
            yield f"{tag} behind"


def _families(line: Line) -> list[_Family]:
    """The words of a deal in a line."""
    told = [(tag, spans) for tag, spans in line.marks.items() if tag[0] == "<" and tag not in LOOSE]
    return [(tag, start, end) for tag, spans in told for start, end in spans]
