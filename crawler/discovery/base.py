"""The one shape of all discovery: a place is asked, its answer is read into links and further places."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import ClassVar, Protocol
from urllib.parse import urljoin

from dealwatch.address import LONGEST, canonical, key
from dealwatch.archive.frontier import Found

RECENT = timedelta(days=14)
AT_LEAST = 100
SUMMARY_LIMIT = 10_000
TITLE_LIMIT = 500
_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?([0-2]\d|3[01])?(?=\D)")


class DiscoveryError(Exception):
    """A place answered something that is not what it should be; the text says what, in one line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a place sent: the final address, its bytes, the Content-Type header and the time it came (UTC)."""

    url: str
    body: bytes
    at: datetime
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One address of a place to ask: `depth` counts index levels, `page` the pages of a paged place, from 1."""

    url: str
    depth: int = 0
    page: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer held: links to articles, and further addresses of the same place (of a sitemap index)."""

    found: Sequence[Found] = ()
    more: Sequence[Ask] = field(default=())


class Place(Protocol):
    """One thing to discover articles from. Pure: the spider asks, stores and counts; a place only reads."""

    kind: ClassVar[str]

    def first(self) -> Ask:
        """Where to begin."""

    def read(self, ask: Ask, answer: Answer) -> Reading:
        """The links in `answer`. Raises DiscoveryError."""

    def following(self, ask: Ask, reading: Reading, new: int) -> Ask | None:
        """The next page after `ask`, of whose links `new` were not known before; None to stop."""


def found(
    url: str,
    base: str,
    *,
    title: str | None = None,
    summary: str | None = None,
    published: datetime | None = None,
    modified: datetime | None = None,
) -> Found | None:
    """A link as it stood in the answer from `base`, made canonical; None where it is no web address
    or absurdly long."""
    try:
        address = canonical(urljoin(base, url.strip())) if 0 < len(url.strip()) <= LONGEST else ""
    except ValueError:
        return None
    if not address:
        return None
    return Found(
        url=address,
        key=key(address),
        title=(title or "").strip()[:TITLE_LIMIT] or None,
        summary=(summary or "").strip()[:SUMMARY_LIMIT] or None,
        published=published,
        modified=modified,
    )


def unique(links: Iterable[Found | None]) -> list[Found]:
    """Without empty and repeated ones; the first of equal addresses stays, with the newest time of change."""
    kept: dict[str, Found] = {}
    for link in links:
        if link is None:
            continue
        first = kept.setdefault(link.key, link)
        if link.modified and (first.modified is None or link.modified > first.modified):
            kept[link.key] = replace(first, modified=link.modified)
    return list(kept.values())


def when(text: str | None) -> datetime | None:
    """A time as feeds and maps write it (ISO 8601, RFC 822), in UTC; a time without a zone counts as UTC; None for what
    cannot be read. One in the future is told as it stands: what to make of it is the frontier's to say."""
    at = _parse_time((text or "").strip())
    if at is None:
        return None
    try:
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (OverflowError, ValueError):
        return None
    return at if at.year >= 1970 else None


def _parse_time(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    month = re.fullmatch(r"(\d{4})-(\d{2})", text)
    return datetime(int(month[1]), int(month[2]), 1, tzinfo=UTC) if month and 1 <= int(month[2]) <= 12 else None


def url_time(url: str) -> datetime | None:
    """The last moment of the day or month that stands in an address (`/2026/01/12/`), if one does."""
    match = _URL_DATE.search(url)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2]), match[3]
    try:
        if day:
            return datetime(year, month, int(day), 23, 59, 59, tzinfo=UTC)
        following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    except ValueError:
        return None
    return following - timedelta(seconds=1)


def link_time(link: Found) -> datetime | None:
    return link.modified or link.published or url_time(link.url)


def deep_enough(links: Sequence[Found], now: datetime, since: datetime | None) -> list[Found]:
    """The links to take. With `since`, all that are not older; else what changed in the last 14 days, and if those are
    less than a hundred, undated and then older ones to fill up: a first crawl must not swallow an outlet's whole past.
    """
    if since is not None:
        return [link for link in links if (link_time(link) or now) >= since]
    newest = sorted(links, key=lambda link: link_time(link) or now, reverse=True)
    recent = [link for link in newest if (at := link_time(link)) is not None and at >= now - RECENT]
    others = [link for link in newest if (at := link_time(link)) is None or at < now - RECENT]
    return recent + others[: max(0, AT_LEAST - len(recent))]
