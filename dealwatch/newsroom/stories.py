"""The outlets and their stories, as an edition of the newsroom prints them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from dealwatch.watchlist.load import Model, read_document, validate, yaml_files

Make = Literal["wordpress", "sitemap", "atom", "listing", "chinese"]
Trouble = Literal["missing", "ill", "huge", "endless", "paywall", "moved", "binary"]

OUTLETS = Path(__file__).parent / "outlets"
_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """What the newsroom shows: in edition 2 one story is rewritten, an ill page well, an endless one ended.

    `opened` is the time on which all dates hang; `printed` is when this edition came out. Both have a time zone.
    """

    number: int
    opened: datetime
    printed: datetime


class Later(Model):
    """What the second edition says instead."""

    title: str
    deck: str
    body: str


class Article(Model):
    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    hours_ago: int = Field(ge=1)
    """Hours between publication and the newsroom's opening."""
    section: str
    author: str
    title: str
    deck: str = ""
    why: tuple[str, ...] = ()
    """The "why it matters" bullets."""
    body: str
    """Paragraphs parted by blank lines; `## ` starts a heading, `- ` a bullet; `{day}` is the day of publication."""
    trouble: Trouble | None = None
    closed: bool = False
    """Behind a door that robots.txt keeps crawlers from."""
    copy_of: str | None = None
    """The outlet whose story of the same slug this one reprints."""
    later: Later | None = None


class Outlet(Model):
    name: str
    title: str
    tagline: str
    language: Literal["en", "zh"]
    make: Make
    port: int = Field(ge=0, le=4)
    """Counted from the newsroom's first port."""
    authors: dict[str, str]
    """Name to the lines about the author under each story."""
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Block:
    kind: Literal["paragraph", "heading", "bullet"]
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One article as this edition prints it."""

    outlet: Outlet
    slug: str
    section: str
    author: str
    bio: str
    title: str
    deck: str
    why: tuple[str, ...]
    blocks: tuple[Block, ...]
    published: datetime
    modified: datetime
    trouble: Trouble | None
    closed: bool
    number: int
    """A post's id."""

    @property
    def words(self) -> str:
        return "\n\n".join(block.text for block in self.blocks)


@cache
def outlets() -> dict[str, Outlet]:
    """Every outlet by name, in the order of the ports."""
    loaded = [validate(Outlet, read_document(path)) for path in yaml_files(OUTLETS)]
    return {outlet.name: outlet for outlet in sorted(loaded, key=lambda outlet: outlet.port)}


def pages(outlet: Outlet, edition: Edition) -> list[Page]:
    """The outlet's articles in this edition, newest first."""
    printed = [_page(outlet, article, index, edition) for index, article in enumerate(outlet.articles)]
    return sorted(printed, key=lambda page: page.published, reverse=True)


def _page(outlet: Outlet, article: Article, index: int, edition: Edition) -> Page:
    published = edition.opened - timedelta(hours=article.hours_ago)
    later = article.later if edition.number > 1 else None
    well = article.trouble in {"ill", "endless"} and edition.number > 1
    blocks = _blocks(_with_original(article))
    told = later or article
    if later:
        blocks = _blocks(later.body)
    day = _WEEKDAYS[outlet.language][published.weekday()]
    return Page(
        outlet=outlet,
        slug=article.slug,
        section=article.section,
        author=article.author,
        bio=outlet.authors[article.author],
        title=told.title,
        deck=told.deck,
        why=article.why,
        blocks=tuple(Block(block.kind, block.text.replace("{day}", day)) for block in blocks),
        published=published,
        modified=edition.printed if later or well else published,
        trouble=None if well else article.trouble,
        closed=article.closed,
        number=4100 + 7 * index,
    )


def _with_original(article: Article) -> str:
    if not article.copy_of:
        return article.body
    original = next(other for other in outlets()[article.copy_of].articles if other.slug == article.slug)
    return f"{original.body}\n\n{article.body}"


def _blocks(body: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for part in body.strip().split("\n\n"):
        if part.startswith("## "):
            blocks.append(Block("heading", part[3:]))
        elif part.startswith("- "):
            blocks += [Block("bullet", line[2:]) for line in part.splitlines()]
        else:
            blocks.append(Block("paragraph", part.replace("\n", " ")))
    return tuple(blocks)
