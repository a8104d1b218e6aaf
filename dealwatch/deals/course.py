"""The course of a deal, told by its stories in the order of their news: status ladder, sum, principals, what is new."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from dealwatch.deals.families import OWNER, Families
from dealwatch.deals.fold import LADDER
from dealwatch.deals.records import DEAL_TYPES, DealType, Direction, Mention, Party, Status

T = TypeVar("T", bound=Hashable)
_MOVES: dict[Status, frozenset[Status]] = {
    "reported": frozenset({"announced", "completed", "denied", "terminated"}),
    "announced": frozenset({"completed", "denied", "terminated"}),
    "denied": frozenset({"announced", "completed", "terminated"}),
    "completed": frozenset({"terminated"}),
    "terminated": frozenset(),
}
"""What may follow a status: a later story that says less tells nothing new."""


@dataclass(frozen=True, slots=True)
class Told:
    """One story's mention. `key` orders stories of the same moment; `history`: too old when first seen to be news."""

    key: str
    at: datetime
    mention: Mention
    history: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The story that brought the deal to `status`."""

    status: Status
    told: Told


@dataclass(frozen=True, slots=True)
class News:
    """One revision of the alert: what the story brought, in words for the analyst."""

    what: str
    told: Told


@dataclass(frozen=True, slots=True)
class Course:
    """A deal as its stories have it. `news` is empty while all of them are history."""

    type: DealType
    direction: Direction
    status: Status
    amount: str | None
    amount_value: float | None
    amount_currency: str | None
    market: str | None
    sentence: str
    score: float
    first: Told
    last_at: datetime
    parties: tuple[Party, ...]
    steps: tuple[Step, ...]
    news: tuple[News, ...]


def course(stories: Iterable[Told], families: Families | None = None) -> Course:
    """The deal that these stories (at least one) report. The same for any order of the stories."""
    families = families or Families()
    told = sorted(stories, key=_order)
    mentions = [each.mention for each in told]
    best = max(mentions, key=lambda mention: mention.score)
    steps = _steps(told)
    amount = _amount(mentions)
    return Course(
        type=_most(mentions, lambda mention: mention.type, DEAL_TYPES.index),
        direction=_most(mentions, lambda mention: mention.direction, lambda direction: direction == "inbound"),
        status=steps[-1].status,
        amount=amount.amount if amount else None,
        amount_value=amount.amount_value if amount else None,
        amount_currency=amount.amount_currency if amount else None,
        market=_most([m for m in mentions if m.market], lambda mention: mention.market or "", str)
        if any(m.market for m in mentions)
        else None,
        sentence=best.sentence,
        score=best.score,
        first=told[0],
        last_at=told[-1].at,
        parties=_parties(mentions, families),
        steps=steps,
        news=_news(told, families),
    )


def _order(told: Told) -> tuple[datetime, int, str]:
    return told.at, LADDER[told.mention.status], told.key


def _most(mentions: Sequence[Mention], of: Callable[[Mention], T], rank: Callable[[T], object]) -> T:
    """The value that most of the score stands behind; of equals the first by `rank`."""
    weight: Counter[T] = Counter()
    for mention in mentions:
        weight[of(mention)] += round(1000 * mention.score) + 1
    return min(weight, key=lambda value: (-weight[value], rank(value)))


def moves(old: Status, new: Status) -> bool:
    """Whether a deal of status `old` can go on to `new`."""
    return new in _MOVES[old]


def _steps(told: Sequence[Told]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for each in told:
        status = each.mention.status
        if not steps or status in _MOVES[steps[-1].status]:
            steps.append(Step(status, each))
    return tuple(steps)


def _amount(mentions: Sequence[Mention]) -> Mention | None:
    """The sum that most stories give; of equals the first told."""
    with_one = [mention for mention in mentions if mention.amount]
    counts = Counter((mention.amount_value, mention.amount_currency) for mention in with_one)
    return max(with_one, key=lambda mention: counts[mention.amount_value, mention.amount_currency], default=None)


def _parties(mentions: Sequence[Mention], families: Families) -> tuple[Party, ...]:
    """Every principal once, those of the best mention first; of a brand and its owner the one named more often."""
    counts = Counter(party.name for mention in mentions for party in mention.parties)
    ranked = sorted(mentions, key=lambda mention: -mention.score)
    kept: list[Party] = []
    for party in (party for mention in ranked for party in mention.parties):
        twin = next((index for index, other in enumerate(kept) if _one(party, other, families)), None)
        if twin is None:
            kept.append(party)
        elif counts[party.name] > counts[kept[twin].name] or (party.listed and not kept[twin].listed):
            kept[twin] = party
    return tuple(kept)


def _one(a: Party, b: Party, families: Families) -> bool:
    return a.side == b.side and (families.alike(a, b) or 0.0) >= (OWNER if a.listed and b.listed else 0.86)


def _news(told: Sequence[Told], families: Families) -> tuple[News, ...]:
    """The first story that is no history opens the alert; later ones add to it what they bring anew."""
    news: list[News] = []
    for index, each in enumerate(told):
        if each.history:
            continue
        if not news:
            news.append(News("new deal", each))
            continue
        what = whats_new(told[:index], each, families)
        if what:
            news.append(News("; ".join(what), each))
    return tuple(news)


def whats_new(before: Sequence[Told], told: Told, families: Families) -> list[str]:
    """What `told` says that the stories before it did not: a status, a first amount, a principal."""
    old = _steps(before)[-1].status
    news: list[str] = []
    if told.mention.status in _MOVES[old]:
        news.append(f"status {old} → {told.mention.status}")
    if told.mention.amount and not any(each.mention.amount for each in before):
        news.append(f"first amount {told.mention.amount}")
    known = [party for each in before for party in each.mention.parties]
    for party in told.mention.parties:
        if not any(_one(party, other, families) for other in known):
            news.append(f"new principal {party.name}")
    return news
