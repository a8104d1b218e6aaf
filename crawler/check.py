"""Trying an outlet's addresses: do they answer, with what, and do the patterns fit what they announce?"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.utils.misc import load_object

from crawler import discovery
from crawler.discovery.base import Answer, Ask, DiscoveryError, Place, link_time
from crawler.trial import Get, ask
from dealwatch.archive.frontier import Found
from dealwatch.clock import iso
from dealwatch.errors import WatchlistError
from dealwatch.watchlist.sources import Source

SHOWN = 3
AT_ONCE = 20
_MAY_BE_EMPTY = {"news_sitemap"}


@dataclass(frozen=True, slots=True)
class Tried:
    """One address: what was expected there (`kind`), what `found`, how many links, how many of them are `articles`
    by the source's patterns, the newest date, and the problem in one line, None where there is none."""

    source: str
    kind: str
    url: str
    status: int | None
    found: str | None = None
    links: int = 0
    articles: int = 0
    newest: datetime | None = None
    problem: str | None = None
    strange: tuple[str, ...] = field(default=())
    """Some links that the patterns do not take, where they take none."""

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "newest": iso(self.newest) if self.newest else None, "ok": self.problem is None}


def check(sources: Iterable[Source], watchlist: Path) -> list[Tried]:
    """Every address of every source, in their order; sources side by side, each at its own pace. Once a process."""

    async def work(get: Get) -> list[Tried]:
        room = asyncio.Semaphore(AT_ONCE)
        tried = await asyncio.gather(*(_check_source(get, source, room) for source in sources))
        return [one for some in tried for one in some]

    return ask(work, watchlist)


async def _check_source(get: Get, source: Source, room: asyncio.Semaphore) -> list[Tried]:
    async with room:
        return [await _try_place(get, source, place) for place in _places(source)]


def _places(source: Source) -> Iterable[Place]:
    """As the crawl would ask them: an outlet with code of its own may have other places."""
    if source.spider is None:
        return discovery.places(source)
    try:
        outlet = load_object(source.spider)()
    except (ImportError, NameError, ValueError, TypeError) as error:
        raise WatchlistError(f"{source.name}: spider: {source.spider} cannot be loaded: {error}") from error
    places: Iterable[Place] = outlet.places(source, None)
    return places


async def _try_place(get: Get, source: Source, place: Place) -> Tried:
    """Ask the place; of an index also its first map."""
    first = place.first()
    links: list[Found] = []
    status, seen, asked = None, None, first
    for _ in range(3):
        outcome = await get(asked.url, source.politeness)
        status = status if asked is not first else outcome.status
        if outcome.answer is None or outcome.error:
            problem = outcome.error or "no answer"
            problem = problem if asked is first else f"its map {asked.url}: {problem}"
            return Tried(source.name, place.kind, first.url, status, seen, problem=problem)
        seen = seen or sniff(outcome.answer)
        try:
            reading = place.read(asked, outcome.answer)
        except DiscoveryError as error:
            return Tried(source.name, place.kind, first.url, status, seen, problem=str(error))
        links += reading.found
        if links or not reading.more:
            break
        asked = reading.more[0]
    return _judge(source, place, first, status, seen, links)


def _judge(source: Source, place: Place, first: Ask, status: int | None, seen: str | None, links: list[Found]) -> Tried:
    articles = [link for link in links if source.wants(link.url)]
    problem = None
    if not links and place.kind not in _MAY_BE_EMPTY:
        problem = "holds no links"
    elif links and not articles:
        problem = f"none of its {len(links)} links fits include and exclude"
    times = [at for at in (link_time(link) for link in articles) if at is not None]
    return Tried(
        source.name,
        place.kind,
        first.url,
        status,
        seen,
        len(links),
        len(articles),
        max(times, default=None),
        problem,
        tuple(link.url for link in links[:SHOWN]) if links and not articles else (),
    )


def sniff(answer: Answer) -> str:
    """What an answer is by its first bytes: feed, sitemap, sitemap index, news sitemap, posts, page, or other."""
    body = answer.body.lstrip()
    if body.startswith(b"\x1f\x8b"):
        return "gzip"
    head = body[:4000].lower()
    if head.startswith((b"[", b"{")):
        return "posts" if _is_posts(answer.body) else "JSON"
    if b"<sitemapindex" in head:
        return "sitemap index"
    if b"<urlset" in head:
        return "news sitemap" if b"sitemap-news" in head or b"<news:" in head else "sitemap"
    if b"<rss" in head or b"<feed" in head or b"<rdf:rdf" in head:
        return "feed"
    return "page" if b"<html" in head or b"<!doctype html" in head else "other"


def _is_posts(body: bytes) -> bool:
    try:
        posts = json.loads(body)
    except ValueError:
        return False
    return isinstance(posts, list) and bool(posts) and all(isinstance(post, dict) and "link" in post for post in posts)
