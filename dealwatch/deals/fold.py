"""Whether two reports tell of one deal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from dealwatch.deals.records import Mention, Status

LADDER: dict[Status, int] = {"reported": 0, "announced": 1, "denied": 2, "completed": 3, "terminated": 3}
"""How far a deal has come; a higher step replaces a lower one."""

ONE_DEAL = timedelta(days=400)
"""Between a first rumour and a closing there is seldom more than a year."""


@dataclass(frozen=True, slots=True)
class Report:
    """What folding looks at: of one mention, or of a deal that several mentions share (`first` to `last`)."""

    type: str
    parties: frozenset[str]
    direction: str
    status: str
    amount_value: float | None
    amount_currency: str | None
    market: str | None
    first: datetime
    last: datetime

    @classmethod
    def of(cls, mention: Mention, at: datetime) -> Self:
        return cls(
            mention.type,
            frozenset(mention.names),
            mention.direction,
            mention.status,
            mention.amount_value,
            mention.amount_currency,
            mention.market,
            at,
            at,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is 0 to 1; `why` is one line."""

    same: bool
    score: float
    why: str


def same_deal(a: Report, b: Report) -> Verdict:
    """One deal: same type and direction, the same principals as far as both name them, near in time."""
    if a.type != b.type:
        return Verdict(False, 0.0, f"{a.type} is not {b.type}")
    if a.direction != b.direction:
        return Verdict(False, 0.0, "the directions differ")
    if a.market and b.market and a.market != b.market:
        return Verdict(False, 0.0, f"the markets differ: {a.market}, {b.market}")
    if max(a.first, b.first) - min(a.last, b.last) > ONE_DEAL:
        return Verdict(False, 0.0, "too far apart in time")
    shared = a.parties & b.parties
    smaller = min(len(a.parties), len(b.parties))
    share = len(shared) / smaller if smaller else 0.0
    if share < 1:
        return Verdict(False, share, f"share {len(shared)} of {smaller} principals")
    return Verdict(True, share, f"share {', '.join(sorted(shared))}")
