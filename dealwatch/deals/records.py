"""The records of the pure core: a story goes in, mentions with their evidence come out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

DealType = Literal["storefront", "partnership", "investment", "acquisition", "joint_venture", "market_entry", "exit"]
Direction = Literal["inbound", "outbound"]
Status = Literal["reported", "announced", "completed", "denied", "terminated"]
Side = Literal["chinese", "foreign"]
Field = Literal["title", "text"]

DEAL_TYPES: tuple[DealType, ...] = get_args(DealType)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
STATUSES: tuple[Status, ...] = get_args(Status)
SINGLE: frozenset[DealType] = frozenset({"market_entry", "exit"})
"""Types in which a single player makes a deal, the other side being a market."""


@dataclass(frozen=True, slots=True)
class Story:
    """One news story as a reader sees it.

    `text` is plain text, paragraphs parted by blank lines or newlines. `lang` is an ISO 639-1 code ("en", "zh") or
    None where nobody said. `published` has a time zone, or is None.
    """

    id: str
    title: str
    text: str
    lang: str | None = None
    published: datetime | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The span that made a rule speak: code points `start` to `end` (end not included) of the story's `field`.

    `role` says what the span stands for (trigger, chinese, foreign, hedge, amount ...), so that a page can mark it.
    """

    rule: str
    field: Field
    start: int
    end: int
    quote: str
    role: str = "trigger"


@dataclass(frozen=True, slots=True)
class Party:
    """A principal of a deal. `listed` is False for a name found by its shape alone; `home` is ISO 3166-1 alpha-2."""

    name: str
    side: Side
    listed: bool = True
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """One story reporting one deal. `market` is the country (ISO 3166-1 alpha-2) the business goes to, if told.

    `amount` is as written; `amount_value` is in whole units of `amount_currency` (ISO 4217). `score` is 0 to 1.
    `sentence` is the sentence that proves the deal best; it always holds at least one piece of `evidence`, or is the
    headline. `named` are companies that the story names besides, canonical, the listed ones first: of one purchase one
    outlet names the seller, another the target.
    """

    type: DealType
    parties: tuple[Party, ...]
    direction: Direction
    status: Status
    sentence: str
    score: float
    amount: str | None = None
    amount_value: float | None = None
    amount_currency: str | None = None
    market: str | None = None
    evidence: tuple[Evidence, ...] = field(default=())
    named: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(party.name for party in self.parties)
