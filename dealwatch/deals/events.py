"""Candidates of one story gathered into the deals it may report."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dealwatch.deals.candidates import Candidate, is_object
from dealwatch.deals.names import Name
from dealwatch.deals.records import DealType, Side
from dealwatch.deals.score import worth
from dealwatch.deals.topic import Topic

Pair = tuple[str | None, str | None]


@dataclass(slots=True)
class Event:
    """One possible deal: its type and the candidates that speak for it, best first; `all` has other types too."""

    type: DealType
    chinese: Name | None
    foreign: Name | None
    group: list[Candidate]
    all: list[Candidate]

    @property
    def worth(self) -> float:
        return worth(self.all)


def gather(found: Sequence[Candidate], topic: Topic) -> list[Event]:
    """One event for each pair of sides, best first. A side told only as a market joins the pair that names it."""
    pairs: dict[Pair, list[Candidate]] = defaultdict(list)
    for candidate in found:
        pairs[_pair(candidate)].append(candidate)
    for pair in [pair for pair in pairs if None in pair]:
        home = _home(pair, pairs)
        if home is not None:
            pairs[home].extend(pairs.pop(pair))
    events = [event for group in pairs.values() if (event := _event(group, topic, found)) is not None]
    return sorted(events, key=lambda event: -event.worth)


def _pair(candidate: Candidate) -> Pair:
    return (
        candidate.chinese.family if candidate.chinese else None,
        candidate.foreign.family if candidate.foreign else None,
    )


def _home(pair: Pair, pairs: dict[Pair, list[Candidate]]) -> Pair | None:
    """The fuller pair with the same named side, if it weighs more than the half told one."""
    fuller = [other for other in pairs if None not in other and (other[0] == pair[0] or other[1] == pair[1])]
    best = max(fuller, key=lambda other: worth(pairs[other]), default=None)
    if best is None or worth(pairs[best]) < 0.5 * worth(pairs[pair]):
        return None
    return best


def _event(group: list[Candidate], topic: Topic, found: Sequence[Candidate]) -> Event | None:
    by_type: dict[DealType, list[Candidate]] = defaultdict(list)
    for candidate in group:
        by_type[candidate.type].append(candidate)
    kind = choose_type(by_type, [candidate for candidate in found if candidate.line.index <= 2])
    if kind in ("partnership", "acquisition", "investment", "market_entry") and _venture(found):
        by_type["joint_venture"] += by_type.pop(kind)
        kind = "joint_venture"
    if kind == "investment" and _majority(by_type[kind]):
        by_type["acquisition"] += by_type.pop("investment")
        kind = "acquisition"
    own = sorted(by_type[kind], key=lambda candidate: -candidate.score)
    chinese, foreign = _side(own, "chinese", topic), _side(own, "foreign", topic)
    return Event(kind, chinese, foreign, own, group)


def _venture(found: Sequence[Candidate]) -> bool:
    """Does the headline, or a line of the lead in which a rule was met, speak of a joint venture?"""
    return any(candidate.line.index <= 3 and candidate.line.has("<jv_strong>") for candidate in found)


_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|percent|per cent|pc|pct)")


def _majority(found: Sequence[Candidate]) -> bool:
    """Do the best lines speak of more than half of the shares?"""
    for candidate in sorted(found, key=lambda c: -c.score)[:3]:
        line = candidate.line
        for start, end in line.marks.get("{percent}", ()):
            share = _SHARE.match(line.text[start - line.sentence.start : end - line.sentence.start])
            near = -25 <= start - candidate.trigger[1] <= 40 or candidate.trigger[0] <= start <= candidate.trigger[1]
            if share and near and float(share.group(1)) > 50 and not line.has("<sell_stake>"):
                return True
    return False


def _side(own: Sequence[Candidate], side: Side, topic: Topic) -> Name | None:
    """The name that stands in that side most often, by score."""
    votes: dict[str, float] = defaultdict(float)
    names: dict[str, Name] = {}
    for candidate in own:
        name = candidate.chinese if side == "chinese" else candidate.foreign
        if name:
            votes[name.name] += candidate.score * (1.6 if name.name in topic.title else 1.0)
            names.setdefault(name.name, name)
    if not votes:
        return None
    best = names[max(votes, key=lambda name: votes[name])]
    if best.name in topic.title or any(is_object(best, c.trigger) and best in (c.chinese, c.foreign) for c in own[:2]):
        return best
    here = {name.name for candidate in own for name in candidate.line.names}
    return topic.of(side, among=topic.title & here) or best


def choose_type(by_type: dict[DealType, list[Candidate]], head: Sequence[Candidate]) -> DealType:
    """The type of an event that several types' rules met: the weightiest, specific before general.

    Headline and first sentences speak for a type whichever sides their candidates found.
    """
    scores = {
        kind: (worth(found) + HEAD * worth([candidate for candidate in head if candidate.type == kind])) * _PRIOR[kind]
        for kind, found in by_type.items()
    }
    return max(scores, key=lambda kind: scores[kind])


HEAD = 0.6
"""What the headline's and the first sentences' candidates add to the type of every event."""
_PRIOR: dict[DealType, float] = {
    "joint_venture": 0.95,
    "storefront": 0.95,
    "exit": 0.85,
    "acquisition": 1.0,
    "investment": 1.05,
    "partnership": 0.92,
    "market_entry": 0.7,
}
