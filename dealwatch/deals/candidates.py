"""Rules met in the lines of a story: each meeting is a candidate for a deal, with the two sides it ties."""

from dataclasses import dataclass, field

from dealwatch.deals.names import Name
from dealwatch.deals.patterns import Match
from dealwatch.deals.reading import Line, Span
from dealwatch.deals.records import SINGLE, DealType, Side
from dealwatch.deals.rules import Rule
from dealwatch.deals.topic import Topic

DIRECT = 30
"""Code points between a verb and its object at most."""


@dataclass(slots=True)
class Candidate:
    """One rule met in one line. `chinese` and `foreign` are the sides; a side told only as a place has no name.

    `pairing` says how firmly the sides are told: 1 both named here, less where one is a place or of the headline.
    `actor` is the side that stands before the trigger.
    """

    rule: Rule
    line: Line
    match: Match
    trigger: Span
    chinese: Name | None
    foreign: Name | None
    pairing: float
    actor: Side | None
    score: float = 0.0
    """What it is worth, 0 to about 1.3; `weigh` says it."""
    factors: dict[str, float] = field(default_factory=dict)

    @property
    def type(self) -> DealType:
        return self.rule.type


def candidate(rule: Rule, match: Match, line: Line, topic: Topic) -> Candidate | None:
    """The rule met in the line as a deal between two sides; None where nothing tells who they are."""
    words = [(start, end) for tag, start, end in match.steps if tag[0] != "{"] or [(match.start, match.end)]
    trigger = (min(start for start, _ in words), max(end for _, end in words))
    by_span = {(name.start, name.end): name for name in line.names}
    slotted = [by_span[span] for _, *rest in match.steps if (span := tuple(rest)) in by_span]
    chinese = _nearest("chinese", slotted, line, trigger, topic)
    foreign = _nearest("foreign", slotted, line, trigger, topic)
    actor = _actor(chinese, foreign, trigger)
    pairing = 1.0
    chinese, foreign = _known(chinese, topic, trigger), _known(foreign, topic, trigger)
    if chinese is None and foreign is not None:
        chinese, foreign = _customs_territory(line, foreign)
    if chinese is None or foreign is None:
        pairing, chinese, foreign = _fill(rule, line, topic, chinese, foreign)
    pairing *= _clause(line, trigger, chinese, foreign)
    if any(name.reference for name in (chinese, foreign) if name):
        pairing *= 0.85
    if pairing == 0.0:
        return None
    return Candidate(rule, line, match, trigger, chinese, foreign, pairing, actor)


def _clause(line: Line, trigger: Span, chinese: Name | None, foreign: Name | None) -> float:
    """Less where the trigger stands between two houses of one side: the other side is then only nearby."""
    before = [name for name in line.names if name.end <= trigger[0] and not name.bystander]
    after = [name for name in line.names if name.start >= trigger[1] and not name.bystander]
    if before and after:
        left, right = before[-1], after[0]
        near = right.start - trigger[1] < 60 and trigger[0] - left.end < 80
        if near and left.side == right.side and left.family != right.family and 3 not in (left.tier, right.tier):
            return 0.4
    here = [name for name in (chinese, foreign) if name and name.field == line.sentence.field and name in line.names]
    if len(here) < 2:
        houses = {name.family for name in line.names if not name.bystander and name.tier < 3}
        return 0.5 if len(houses) > 1 else 1.0
    return 1.0


def _known(name: Name | None, topic: Topic, trigger: Span) -> Name | None:
    """A listed name of the headline rather than an unlisted one it does not know, unless that is the object."""
    if name is None or name.tier < 3 or name.name in topic.title or is_object(name, trigger):
        return name
    listed = {each for each in topic.title if topic.best[each].tier < 3}
    return topic.of(name.side, among=listed) or name


def _customs_territory(line: Line, foreign: Name) -> tuple[Name | None, Name]:
    """A house of Hong Kong, Macau or Taiwan is the Chinese side where one from abroad ties up with it for China."""
    near = [n for n in line.names if not n.bystander and n.home in ("HK", "MO", "TW")]
    others = [n for n in line.names if not n.bystander and n.home not in ("HK", "MO", "TW")]
    return (near[0], others[0]) if near and others and line.has("{china}") else (None, foreign)


def is_object(name: Name, trigger: Span) -> bool:
    """Whether the name stands right behind the trigger, as what is bought, joined or left."""
    return 0 <= name.start - trigger[1] <= DIRECT


def _actor(chinese: Name | None, foreign: Name | None, trigger: Span) -> Side | None:
    """The side that stands first, before the trigger."""
    first = min((name for name in (chinese, foreign) if name), key=lambda name: name.start, default=None)
    return first.side if first is not None and first.start < trigger[0] else None


def _nearest(side: Side, slotted: list[Name], line: Line, trigger: Span, topic: Topic) -> Name | None:
    """The name of a side that fills a slot (the headline's first), else the nearest to the trigger."""
    fitting = [name for name in slotted if name.side == side]
    for name in (*(n for n in fitting if n.name in topic.title), *fitting):
        return name
    others = [name for name in line.names if name.side == side and not name.bystander]
    return min(others, key=lambda name: _distance(name, trigger), default=None)


def _distance(name: Name, trigger: Span) -> tuple[int, int]:
    gap = max(name.start - trigger[1], trigger[0] - name.end, 0)
    return name.tier == 3 and gap > DIRECT, gap


def _fill(
    rule: Rule, line: Line, topic: Topic, chinese: Name | None, foreign: Name | None
) -> tuple[float, Name | None, Name | None]:
    """Pairing for a line that names one side or none: a market in the line, else the headline's names."""
    place = (line.has("{abroad}") if chinese else line.has("{china}")) if chinese or foreign else False
    single = rule.type in SINGLE or (rule.type == "acquisition" and foreign is not None)
    if (chinese or foreign) and place and single:
        return 0.9, chinese, foreign
    if chinese or foreign:
        missing: Side = "foreign" if chinese else "chinese"
        other = topic.of(missing, among=topic.title) or topic.of(missing, among=topic.head)
        if other is None:
            return (0.6 if place else 0.0), chinese, foreign
        return (0.75, chinese, other) if chinese else (0.75, other, foreign)
    both = topic.of("chinese", among=topic.head), topic.of("foreign", among=topic.head)
    if both[0] and both[1]:
        return 0.5, both[0], both[1]
    if single and ((both[0] and line.has("{abroad}")) or (both[1] and line.has("{china}"))):
        return 0.6, both[0], both[1]
    return 0.0, None, None
