"""The planted deals, and how many of them a crawl has found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from dealwatch.deals.records import DealType, Direction, Status
from dealwatch.newsroom.addresses import path_of
from dealwatch.newsroom.server import Newsroom
from dealwatch.newsroom.stories import outlets, pages
from dealwatch.watchlist.load import Model, read_document, validate

MANIFEST = Path(__file__).with_name("planted.yaml")


class Later(Model):
    """What the second edition makes of a deal."""

    status: Status
    amount: str | None = None


class Planted(Model):
    """One deal of the manifest."""

    group: str
    type: DealType
    parties: tuple[str, ...]
    direction: Direction
    status: Status
    amount: str | None = None
    later: Later | None = None
    edition: int = Field(default=1, ge=1, le=2)
    """The first edition in which the story can be had."""
    history: bool = False
    """Too old when first seen to raise an alert."""
    stories: tuple[str, ...] = Field(min_length=1)
    """outlet/slug"""

    def status_in(self, edition: int) -> Status:
        return self.later.status if self.later and edition > 1 else self.status


class Manifest(Model):
    deals: tuple[Planted, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A deal as a crawl has it: its fields, and the addresses of the stories that report it."""

    type: str
    parties: tuple[str, ...]
    direction: str
    status: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """`planted`: deals to be had in this edition. `found`: those of them that a claim reports with the right type and
    at least one of the parties (or its arm). `whole`: found ones with all parties, direction and status right.
    `split`: further claims of a found deal. `false`: claims of nothing planted. `missed`: groups not found."""

    planted: int
    found: int
    whole: int
    split: int
    false: int
    missed: tuple[str, ...]


@cache
def planted() -> tuple[Planted, ...]:
    return validate(Manifest, read_document(MANIFEST)).deals


def score(claims: Sequence[Claim], newsroom: Newsroom) -> Score:
    """How the claims compare with what the newsroom's edition tells."""
    edition = newsroom.edition.number
    stories = _stories(newsroom)
    expected = [deal for deal in planted() if deal.edition <= edition]
    told = [{stories.get(_bare(url), url) for url in claim.urls} for claim in claims]
    whole, hits, missed = 0, 0, []
    for deal in expected:
        matching = [claim for claim, of in zip(claims, told, strict=True) if _is(deal, claim, of)]
        hits += len(matching)
        whole += any(_whole(deal, claim, edition) for claim in matching)
        if not matching:
            missed.append(deal.group)
    found = len(expected) - len(missed)
    return Score(len(expected), found, whole, hits - found, len(claims) - hits, tuple(missed))


def _is(deal: Planted, claim: Claim, told: Iterable[str]) -> bool:
    same_story = not set(deal.stories).isdisjoint(told)
    return (
        same_story
        and deal.type == claim.type
        and any(_akin(wanted, given) for wanted in _names(deal.parties) for given in _names(claim.parties))
    )


def _whole(deal: Planted, claim: Claim, edition: int) -> bool:
    return (
        _names(deal.parties) == _names(claim.parties)
        and deal.direction == claim.direction
        and deal.status_in(edition) == claim.status
    )


def _akin(a: str, b: str) -> bool:
    """One name, or a house and its arm (`DiDi`, `DiDi Food`)."""
    return f"{a} ".startswith(f"{b} ") or f"{b} ".startswith(f"{a} ")


def _names(parties: Iterable[str]) -> set[str]:
    return {party.casefold() for party in parties}


def _stories(newsroom: Newsroom) -> dict[str, str]:
    """Address of each page to outlet/slug."""
    return {
        _bare(newsroom.base(outlet.name) + path_of(page)): f"{outlet.name}/{page.slug}"
        for outlet in outlets().values()
        for page in pages(outlet, newsroom.edition)
    }


def _bare(url: str) -> str:
    return url.partition("?")[0].rstrip("/")
