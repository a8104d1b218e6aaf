"""The rules as plain frozen records: what the watchlist's YAML becomes before the pure core sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dealwatch.deals.patterns import Pattern
from dealwatch.deals.records import DealType, Status

Scope = Literal["sentence", "title", "lead", "story"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way news tells of a deal of one `type`. `weight` is 0 to 3: 3 hardly ever means anything else.

    `where` is `file:line`, for messages.
    """

    id: str
    type: DealType
    patterns: tuple[Pattern, ...]
    weight: float
    why: str = ""
    actor: Literal["buyer", "seller", "target"] = "buyer"
    """What the side before the trigger is in a purchase: a rule of selling or of raising money turns it round."""
    unless: tuple[Pattern, ...] = ()
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Veto:
    """Words that take weight away: from the sentence they stand in, or from the whole story if in its title or lead.

    `factor` multiplies the score (0 forbids). `types` limits it; `spares` names families whose presence lifts it.
    """

    id: str
    scope: Scope
    patterns: tuple[Pattern, ...]
    factor: float
    kind: str = ""
    types: frozenset[str] = frozenset()
    spares: tuple[Pattern, ...] = ()
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Hedge:
    """Words that say how settled a deal is."""

    id: str
    status: Status
    patterns: tuple[Pattern, ...]
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A market by its ISO 3166-1 alpha-2 code (or a region without one) and the words that mean it."""

    code: str
    words: tuple[str, ...]
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything an analyst writes below `watchlist/rules`. `families` maps a name to its spelled-out forms."""

    families: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    hedges: tuple[Hedge, ...] = ()
    places: tuple[Place, ...] = ()
    digest: str = ""
