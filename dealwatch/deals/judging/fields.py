"""Type, status and direction of a deal; type and status together, since one rules out some of the other."""

from dataclasses import dataclass
from typing import cast

from dealwatch.deals.judging.linear import Cues
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
    cues = anywhere(cues)
    types, statuses = models.type.shares(cues), models.status.shares(cues)
    kind, status = max(_PAIRS, key=lambda pair: types[pair[0]] * statuses[pair[1]])
    return Fields(kind, status, cast(Direction, models.direction.likeliest(cues)))


def _together(kind: DealType, status: Status) -> bool:
    """An exit is terminated once it is settled, and nothing else ever is."""
    return status in (_ENDED if kind == "exit" else _TIED)


_PAIRS = [(kind, status) for kind in DEAL_TYPES for status in STATUSES if _together(kind, status)]
