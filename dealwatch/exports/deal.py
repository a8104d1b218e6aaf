"""The deal as it leaves the house: one published shape, from which every format and message is made."""

import hashlib
import json
import re
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dealwatch.archive.deal import DealRecord
from dealwatch.clock import iso
from dealwatch.deals.records import DealType, Direction, Side, Status

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
MAX_LINK = 2000


def _clean(text: str) -> str:
    """Without the characters that XML, spreadsheets and terminals choke on."""
    return _CONTROLS.sub("", text)


def safe_link(url: str | None) -> str | None:
    """`url` if a person may be sent there: http or https, with a host, no blanks; else None."""
    if not url or len(url) > MAX_LINK or re.search(r"[\s<>\"\\]", url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _utc(at: datetime | str) -> str:
    return iso(at) if isinstance(at, datetime) else at


Text = Annotated[str, AfterValidator(_clean)]
Time = Annotated[
    str, BeforeValidator(_utc), Field(json_schema_extra={"format": "date-time"}, description="UTC, ISO 8601")
]
Link = Annotated[str | None, BeforeValidator(safe_link), Field(json_schema_extra={"format": "uri"})]


class _Public(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublicParty(_Public):
    """A principal of the deal."""

    name: Text
    side: Side
    home: Text | None = Field(default=None, description="Home market, ISO 3166-1 alpha-2")


class PublicStep(_Public):
    """The deal reached a status."""

    status: Status
    at: Time
    url: Link = None


class PublicStory(_Public):
    """One story that reports the deal, the oldest first. Never its body text."""

    outlet: Text
    title: Text
    url: Link
    published: Time | None = None
    lang: Text | None = None
    sentence: Text = Field(description="The sentence that proves the deal, as the story has it")
    copy_of_another: bool = Field(default=False, description="A syndicated copy of another story")


class Deal(_Public):
    """A deal that ties Chinese retail to the rest of the world."""

    id: int
    type: DealType
    direction: Direction = Field(description="outbound: Chinese business going abroad; inbound: foreign business in")
    status: Status
    state: Literal["waiting", "confirmed", "dismissed", "snoozed", "history"] = Field(
        description="What the analyst said; history: too old when first seen to be asked about"
    )
    revision: int = Field(description="Grows with a new status, a first amount or a new principal; 0 for history")
    parties: tuple[PublicParty, ...]
    amount: Text | None = Field(default=None, description="As written")
    amount_value: float | None = Field(default=None, description="In whole units of amount_currency")
    amount_currency: Text | None = Field(default=None, description="ISO 4217")
    market: Text | None = Field(default=None, description="Where the business goes, ISO 3166-1 alpha-2")
    sentence: Text = Field(description="The sentence that proves the deal, of the story that `told_by` counts")
    score: float = Field(ge=0, le=1)
    first_at: Time
    last_at: Time
    changed_at: Time = Field(description="Of the latest news or the latest revision")
    ends: int | None = Field(default=None, description="For an exit: the id of the deal it ends")
    steps: tuple[PublicStep, ...] = ()
    stories: tuple[PublicStory, ...] = ()
    told_by: int = Field(
        default=0, ge=0, description="Which of `stories`, from 0, moved the deal to its status; else the first"
    )

    def names(self, side: str) -> str:
        return ", ".join(party.name for party in self.parties if party.side == side)

    @property
    def heading(self) -> str:
        """Both sides in one line: `Amazon / Pinduoduo`."""
        return " / ".join(party.name for party in self.parties) or f"Deal {self.id}"

    @property
    def headline(self) -> PublicStory | None:
        """The story that speaks for the deal; `sentence` is its own."""
        return self.stories[self.told_by] if self.told_by < len(self.stories) else None

    @property
    def told(self) -> tuple[PublicStory, ...]:
        """The stories, the one that speaks for the deal before the others."""
        return tuple(sorted(self.stories, key=lambda story: story is not self.headline))

    @property
    def digest(self) -> bytes:
        """Changes when anything a reader sees changes (not the score, which moves with every new ruleset)."""
        seen = self.model_dump(mode="json", exclude={"score", "told_by"})
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).digest()[:16]


def public(record: DealRecord) -> Deal:
    """What of an archive's deal may leave."""
    teller = record.teller
    links = {story.article_id: story.url for story in record.stories}
    return Deal.model_validate(
        {
            **{name: getattr(record, name) for name in _SAME_NAME},
            "sentence": teller.sentence if teller else record.sentence,
            "told_by": record.stories.index(teller) if teller else 0,
            "state": record.state or "history",
            "revision": record.revision or 0,
            "changed_at": max(record.last_at, record.revised_at or record.last_at),
            "parties": [{"name": party.name, "side": party.side, "home": party.home} for party in record.parties],
            "steps": [
                {"status": step.status, "at": step.at, "url": links.get(step.article_id)} for step in record.steps
            ],
            "stories": [
                {
                    "outlet": story.outlet,
                    "title": story.title,
                    "url": story.url,
                    "published": story.published,
                    "lang": story.lang,
                    "sentence": story.sentence,
                    "copy_of_another": story.copy_of is not None,
                }
                for story in record.stories
            ],
        }
    )


_SAME_NAME = (
    "id", "type", "direction", "status", "amount", "amount_value", "amount_currency", "market",
    "score", "first_at", "last_at", "ends",
)  # fmt: skip
