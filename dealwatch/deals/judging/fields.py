"""Type and status settled together, since one rules out some of the other."""

import math
from typing import cast

from dealwatch.deals.judging.linear import Cues
from dealwatch.deals.judging.models import Models
from dealwatch.deals.records import DEAL_TYPES, STATUSES, DealType, Direction, Status

_ENDED: frozenset[Status] = frozenset({"terminated", "reported", "denied"})
_TIED: frozenset[Status] = frozenset({"announced", "completed", "reported", "denied"})


def type_and_status(models: Models, cues: Cues) -> tuple[DealType, Status]:
    """The likeliest pair that goes together: an exit is terminated once it is settled, and nothing else is."""
    types, statuses = models.type.shares(cues), models.status.shares(cues)
    pairs = [(t, s) for t in DEAL_TYPES for s in STATUSES if s in (_ENDED if t == "exit" else _TIED)]
    return max(pairs, key=lambda pair: math.log(types[pair[0]] + 1e-9) + math.log(statuses[pair[1]] + 1e-9))


def status_for(models: Models, cues: Cues, kind: DealType) -> Status:
    """The likeliest status that a deal of this type can have."""
    shares = models.status.shares(cues)
    return max((s for s in STATUSES if s in (_ENDED if kind == "exit" else _TIED)), key=lambda s: shares[s])


def direction(models: Models, cues: Cues) -> Direction:
    return cast(Direction, models.direction.likeliest(cues))
