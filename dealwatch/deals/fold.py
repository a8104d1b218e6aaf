"""Whether two stories report one deal: points for and against, summed up, each of them named in the reason."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from dealwatch.deals import similarity, worth
from dealwatch.deals.families import NAMED, Families
from dealwatch.deals.records import SINGLE, DealType, Mention, Party, Side, Status

ENOUGH = 1.7
"""Points from which two reports tell of one deal."""
LADDER: dict[Status, int] = {"reported": 0, "announced": 1, "completed": 2, "denied": 3, "terminated": 3}
"""How far a deal has come. A denial may follow at any step."""
DAY = 86_400
REACH = timedelta(days=730)
"""Reports further apart in time are never of one deal."""
BOTH, ONE_SIDE, HALF_TOLD, OTHER_TYPE = 3.0, 1.5, -0.5, -2.5
OTHER_WAY, UNDATED = -0.5, -0.75
PLATFORM = -0.75
"""What it takes from a half-told deal that the Chinese side is the one told: a platform has many deals at a time."""
DENIED = -0.5
"""What it costs half-told reports that one denies what the other tells as settled."""
ASIDE = 0.5
"""How sure a side is that one story names, though as no principal."""
SAME_SUM = 1.06
SURELY = 0.85
"""How alike two spellings are that mean one company."""
APART = -9.0
_TYPES: dict[frozenset[str], float] = {
    frozenset(pair): points
    for pair, points in {
        ("storefront", "market_entry"): -0.5,
        ("storefront", "partnership"): -0.75,
        ("partnership", "market_entry"): -0.75,
        ("partnership", "joint_venture"): -0.25,
        ("market_entry", "joint_venture"): -1.0,
        ("investment", "acquisition"): -0.25,
        ("investment", "partnership"): -1.25,
        ("investment", "joint_venture"): -1.0,
        ("acquisition", "joint_venture"): -1.0,
        ("acquisition", "partnership"): -1.0,
        ("acquisition", "market_entry"): -1.0,
        ("acquisition", "exit"): -0.75,
        ("investment", "exit"): -1.0,
    }.items()
}
"""Types that two readers may give to one event, and what the difference costs. Other differences part."""
_EQUITY: frozenset[DealType] = frozenset({"investment", "acquisition", "joint_venture"})
_ONCE: frozenset[DealType] = frozenset({"acquisition", "joint_venture", "exit"})
"""Types that happen once between two sides, so that another sum is rather one misread than another deal."""
_PLACED: frozenset[DealType] = frozenset({"storefront", "market_entry", "exit"})


@dataclass(frozen=True)
class Report:
    """One mention with what folding needs of its story. `id` is stable and unique, as is `story`.

    `at` is the time of the news, None if nobody said. `sketch` is the text's MinHash (similarity.signature).
    """

    id: str
    story: str
    mention: Mention
    at: datetime | None = None
    lang: str | None = None
    title: str = ""
    sketch: bytes | None = None

    @cached_property
    def words(self) -> frozenset[str]:
        names = similarity.words(" ".join(self.mention.names))
        return similarity.words(f"{self.title} {self.mention.sentence}") - names

    def side(self, side: Side) -> tuple[Party, ...]:
        return tuple(party for party in self.mention.parties if party.side == side)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`same` if the reports tell of one deal; `apart` if they cannot, whatever links them; `score` is 0 to 1, the line
    at 0.5; `why` is one line that names every point."""

    same: bool
    apart: bool
    score: float
    why: str


Point = tuple[str, float]


def same_deal(a: Report, b: Report, families: Families | None = None) -> Verdict:
    """Weigh two reports. Symmetric: the order of the two does not matter."""
    if a.story == b.story and a.id != b.id:
        return Verdict(False, True, 0.0, "kept apart: one story reports both as two deals")
    if _order(b) < _order(a):
        a, b = b, a
    families = families or Families()
    a, b = _aligned(a, b, families), _aligned(b, a, families)
    points = [*_parties(a, b, families), _types(a, b), _time(a, b), *_amount(a, b), *_market(a, b), *_text(a, b)]
    if a.mention.direction != b.mention.direction:
        points.append((f"{a.mention.direction} against {b.mention.direction}", OTHER_WAY))
    if (_is_lone(a) or _is_lone(b)) and _contradict(a.mention.status, b.mention.status):
        points.append((f"{a.mention.status} against {b.mention.status}", DENIED))
    total = sum(value for _, value in points)
    apart = any(value <= APART for _, value in points)
    same = total >= ENOUGH and not apart
    score = 0.0 if apart else 1 / (1 + math.exp(ENOUGH - total))
    said = "; ".join(f"{text} {value:+.2f}" if value > APART else text for text, value in points)
    sums = "" if apart else f" = {total:.2f} of {ENOUGH}"
    return Verdict(same, apart, round(score, 3), f"{'one deal' if same else 'kept apart'}: {said}{sums}")


def _contradict(a: Status, b: Status) -> bool:
    return "denied" in (a, b) and bool({a, b} & {"announced", "completed"})


def _aligned(report: Report, other: Report, families: Families) -> Report:
    """The report with each unlisted name on the side on which the other one lists it, else on the foreign one: which
    side a name nobody listed stands on is a guess, and two stories may guess otherwise."""
    parties = tuple(_resided(party, other.mention.parties, families) for party in report.mention.parties)
    if parties == report.mention.parties:
        return report
    return replace(report, mention=replace(report.mention, parties=parties))


def _resided(party: Party, others: Sequence[Party], families: Families) -> Party:
    if party.listed:
        return party
    for other in others:
        if other.side != party.side and (families.alike(party, other) or 0.0) >= SURELY:
            return replace(party, side=other.side if other.listed else "foreign")
    return party


def _order(report: Report) -> tuple[float, int, str]:
    at = report.at.timestamp() if report.at else 0.0
    return at, LADDER[report.mention.status], report.id


def _parties(a: Report, b: Report, families: Families) -> list[Point]:
    chinese = _side(a, b, "chinese", families)
    foreign = _side(a, b, "foreign", families)
    names = f"{_names(a)} / {_names(b)}"
    if chinese == 0 or foreign == 0 or (chinese is None and foreign is None):
        return [(f"other principals: {names}", APART)]
    if chinese is None or foreign is None:
        sure = chinese or foreign or 0.0
        lone = _is_lone(a) and _is_lone(b) and {a.mention.type, b.mention.type} <= SINGLE
        half = 0.0 if lone else HALF_TOLD if foreign else HALF_TOLD + PLATFORM
        return [(f"one side the same, {names} ({sure:.2f})", ONE_SIDE * sure + half)]
    return [(f"both sides the same, {names} ({chinese * foreign:.2f})", BOTH * chinese * foreign)]


def _side(first: Report, second: Report, side: Side, families: Families) -> float | None:
    """How sure it is that one side is the same; None where one report names nobody there or in another script."""
    a, b = first.side(side), second.side(side)
    if not a or not b:
        told, silent = (a, second) if a else (b, first)
        return ASIDE if told and _cross_named(told, silent, families) else None
    across = bool(first.lang and second.lang) and first.lang != second.lang
    if _cross_named(a, second, families) and _cross_named(b, first, families):
        return max(NAMED, _likeness(a, b, families, across) or 0.0)
    likeness = _likeness(a, b, families, across)
    if likeness == 0 and (_mistaken(a, b, second) or _mistaken(b, a, first) or _sold(a, b, first, second, families)):
        return None
    return likeness


def _sold(a: Sequence[Party], b: Sequence[Party], first: Report, second: Report, families: Families) -> bool:
    """Whether one story may name the seller and the other the target of a purchase: the sums are the same, and one of
    the two stories names the other's principal besides."""
    factor = worth.apart(first.mention, second.mention)
    if factor is None or factor > SAME_SUM or not {first.mention.type, second.mention.type} <= _EQUITY:
        return False
    return _cross_named(a, second, families) or _cross_named(b, first, families)


def _mistaken(parties: Sequence[Party], others: Sequence[Party], other: Report) -> bool:
    """Whether the other story names one of the parties, which nobody listed, but took another name for the principal
    that nobody listed either: one of the two guesses is wrong."""
    told = {name.lower() for name in other.mention.named}
    guessed = not all(party.listed for party in others)
    return guessed and any(not party.listed and party.name.lower() in told for party in parties)


def _cross_named(parties: Sequence[Party], other: Report, families: Families) -> bool:
    """Whether the other story names one of the parties, or its owner, too."""
    names = {*other.mention.named, *other.mention.names}
    return any(
        name == party.name or (party.listed and name in families.owners(party.name))
        for party in parties
        for name in names
    )


def _likeness(a: Sequence[Party], b: Sequence[Party], families: Families, across: bool) -> float | None:
    few, many = sorted((a, b), key=lambda side: (len(side), [party.name for party in side]))
    best: list[float] = []
    for party in few:
        likes = [families.alike(party, other, across) for other in many]
        told = [like for like in likes if like is not None]
        if told:
            best.append(max(told))
    if not best:
        return None
    if max(best) == 0 and len(best) < len(few):
        return None
    return (max(best) + sum(best) / len(best)) / 2


def _is_lone(report: Report) -> bool:
    return not (report.side("chinese") and report.side("foreign"))


def _names(report: Report) -> str:
    return " + ".join(sorted(report.mention.names)) or "nobody"


def _types(a: Report, b: Report) -> Point:
    first, second = sorted((a.mention.type, b.mention.type))
    if first == second:
        return first, 1.0
    factor = worth.apart(a.mention, b.mention)
    other = OTHER_TYPE if factor is not None and factor <= SAME_SUM else APART  # one sum, read as two kinds of deal
    return f"{first} against {second}", _TYPES.get(frozenset({a.mention.type, b.mention.type}), other)


def _time(a: Report, b: Report) -> Point:
    """`a` is the earlier one. A deal that moves up the ladder may take a year; one that stands still is soon old."""
    if a.at is None or b.at is None:
        return "time not told", UNDATED if _is_lone(a) or _is_lone(b) else -0.25
    days = abs((b.at - a.at).total_seconds()) / DAY
    earlier, later = LADDER[a.mention.status], LADDER[b.mention.status]
    moves = earlier < later
    text = f"{days:.0f} days apart, {a.mention.status} then {b.mention.status}"
    for limit, moving, still in (
        (10, 1.0, 1.0),
        (45, 0.5, 0.5),
        (120, 0.0, 0.0),
        (240, 0.0, -0.75),
        (400, -0.5, -1.75),
    ):
        if days <= limit:
            back = days > 45 and later == 0 < earlier
            return text, (moving if moves else still) - back
    if days <= REACH.days and moves and a.mention.type in _EQUITY:
        return text, -1.75
    return text, APART


def _amount(a: Report, b: Report) -> list[Point]:
    factor = worth.apart(a.mention, b.mention)
    if factor is None:
        return []
    text = f"{a.mention.amount} and {b.mention.amount}"
    near = a.at is not None and b.at is not None and abs((b.at - a.at).total_seconds()) <= 10 * DAY
    if factor <= SAME_SUM:
        return [(text, 2.0)]
    if factor <= 1.25:
        return [(text, 1.0)]
    if factor <= 1.6:
        return [(text, 0.0)]
    once = {a.mention.type, b.mention.type} <= _ONCE
    if factor <= (8 if once else 4) or near:
        return [(text, -1.5)]
    return [(text, -3.0)]


def _market(a: Report, b: Report) -> list[Point]:
    first, second = a.mention.market, b.mention.market
    lone = _is_lone(a) or _is_lone(b)
    if not first or not second:
        return [("market not told", -0.5)] if lone and (first or second) is None else []
    if a.mention.direction != b.mention.direction and "CN" in (first, second):
        return []  # the market follows from the direction: one doubt, not two
    if first == second:
        return [(f"market {first}", (0.5 if lone else 0.0) if first == "CN" else 1.0)]
    placed = {a.mention.type, b.mention.type} <= _PLACED and (lone or "exit" not in (a.mention.type, b.mention.type))
    soft = 0.0 if {a.mention.type, b.mention.type} & (_EQUITY | {"exit"}) else -3.0
    return [(f"market {first} against {second}", APART if placed else soft)]


def _text(a: Report, b: Report) -> list[Point]:
    """Copies tell of one deal; headlines that share words, probably."""
    if a.sketch and b.sketch:
        like = similarity.likeness(a.sketch, b.sketch)
        if like >= similarity.COPY:
            return [(f"text {like:.2f} alike", 3.0)]
    if a.lang != b.lang or min(len(a.words), len(b.words)) < 4:
        return []
    share = similarity.overlap(a.words, b.words)
    if share >= 0.5:
        return [(f"headlines {share:.2f} alike", 1.0)]
    if share >= 0.25:
        return [(f"headlines {share:.2f} alike", 0.5)]
    return [(f"headlines {share:.2f} alike", -0.5)] if share < 0.08 else []
