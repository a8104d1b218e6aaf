"""Type, status and direction of a deal; type and status together, since one rules out some of the other."""

from dataclasses import dataclass

from dealwatch.deals.judging.linear import Cues, sigmoid
from dealwatch.deals.judging.models import Models
from dealwatch.deals.judging.story import anywhere
from dealwatch.deals.records import DEAL_TYPES, STATUSES, DealType, Direction, Status

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
    types, statuses, (inbound,) = models.fields_of(anywhere(cues))
    type_odds = dict(zip(DEAL_TYPES, map(sigmoid, types), strict=True))
    status_odds = dict(zip(STATUSES, map(sigmoid, statuses), strict=True))
    kind, status = max(_PAIRS, key=lambda pair: type_odds[pair[0]] * status_odds[pair[1]])
    return Fields(kind, status, "inbound" if inbound >= 0 else "outbound")


def _together(kind: DealType, status: Status) -> bool:
    """An exit is terminated once it is settled, and nothing else ever is."""
    return status in (_ENDED if kind == "exit" else _TIED)


_PAIRS = [(kind, status) for kind in DEAL_TYPES for status in STATUSES if _together(kind, status)]
