"""Type, status and direction of a deal; type and status together, since one rules out some of the other."""

import math
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
    pairs = [(t, s) for t in DEAL_TYPES for s in STATUSES if _together(t, s)]
    kind, status = max(pairs, key=lambda pair: math.log(types[pair[0]] + 1e-9) + math.log(statuses[pair[1]] + 1e-9))
    return Fields(kind, status, cast(Direction, models.direction.likeliest(cues)))


def _together(kind: DealType, status: Status) -> bool:
    """An exit is terminated once it is settled, and nothing else ever is."""
    return status in (_ENDED if kind == "exit" else _TIED)
