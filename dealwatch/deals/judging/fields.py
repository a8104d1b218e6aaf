"""Type, status and direction of a deal; type and status together, since one rules out some of the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dealwatch.deals.judging.linear import Cues, sigmoid
from dealwatch.deals.judging.models import Models
from dealwatch.deals.judging.story import anywhere
from dealwatch.deals.records import DEAL_TYPES, DIRECTIONS, STATUSES, DealType, Direction, Status

_ENDED: frozenset[Status] = frozenset({"terminated", "reported", "denied"})
_TIED: frozenset[Status] = frozenset({"announced", "completed", "reported", "denied"})


@dataclass(frozen=True, slots=True)
class Fields:
    """What kind of deal it is."""

    type: DealType
    status: Status
    direction: Direction


def settle(models: Models, cues: Cues) -> Fields:
    """The likeliest type and status that go together, and the direction."""
    totals = models.fields.totals(anywhere(cues))
    types, statuses, ways = (dict(zip(labels, map(sigmoid, part), strict=True)) for labels, part in _parted(totals))
    kind, status = max(_PAIRS, key=lambda pair: types[pair[0]] * statuses[pair[1]])
    return Fields(kind, status, max(DIRECTIONS, key=lambda way: ways[way]))


def _parted(totals: Sequence[float]) -> Iterator[tuple[Sequence[str], Sequence[float]]]:
    """The totals of `Models.fields`, question by question, each with its labels."""
    for labels in (DEAL_TYPES, STATUSES, DIRECTIONS):
        yield labels, totals[: len(labels)]
        totals = totals[len(labels) :]


def _together(kind: DealType, status: Status) -> bool:
    """An exit is terminated once it is settled, and nothing else ever is."""
    return status in (_ENDED if kind == "exit" else _TIED)


_PAIRS = [(kind, status) for kind in DEAL_TYPES for status in STATUSES if _together(kind, status)]
