"""RSS and Atom feeds, by feedparser, from bytes."""

import calendar
import io
from datetime import UTC, datetime
from typing import Any, ClassVar

import feedparser  # type: ignore[import-untyped]
from w3lib.html import remove_tags, replace_entities

from crawler.discovery.base import Answer, Ask, DiscoveryError, Reading, found, unique
from dealwatch.archive.frontier import Found


class Feed:
    kind: ClassVar[str] = "feed"

    def __init__(self, url: str) -> None:
        self._url = url

    def first(self) -> Ask:
        return Ask(self._url)

    def read(self, ask: Ask, answer: Answer) -> Reading:
        """Broken XML is read as far as it goes; what is no feed at all is an error. Identity is the address: guids
        repeat in the wild."""
        if not answer.body.strip():
            raise DiscoveryError("the feed is empty")
        headers = {"content-location": answer.url}
        if answer.content_type:
            headers["content-type"] = answer.content_type
        parsed = feedparser.parse(io.BytesIO(answer.body), response_headers=headers, sanitize_html=False)
        if not parsed.get("version") and not parsed.entries:
            raise DiscoveryError(_what_it_is(answer.body))
        return Reading(unique(_link(entry, answer) for entry in parsed.entries))

    def following(self, ask: Ask, reading: Reading, new: int) -> None:
        return None


def _link(entry: Any, answer: Answer) -> Found | None:
    url = entry.get("feedburner_origlink") or entry.get("link") or entry.get("id") or ""
    content = entry.get("content") or [{}]
    published = _time(entry.get("published_parsed"))
    return (
        found(
            url,
            answer.url,
            title=plain_text(entry.get("title")),
            summary=plain_text(entry.get("summary") or content[0].get("value")),
            published=published,
            modified=_time(dict.get(entry, "updated_parsed")) or published,
        )
        if url
        else None
    )


def _time(parsed: Any) -> datetime | None:
    """feedparser's struct_time, always UTC; None if absent or absurd."""
    try:
        at = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return at if at is not None and at.year >= 1970 else None


def plain_text(markup: str | None) -> str:
    text = (markup or "").replace("</p>", "</p>\n").replace("<br", "\n<br")
    lines = (" ".join(line.split()) for line in replace_entities(remove_tags(text)).splitlines())
    return "\n".join(line for line in lines if line)


def _what_it_is(body: bytes) -> str:
    start = body[:2000].lstrip().lower()
    if b"<html" in start or start.startswith(b"<!doctype html"):
        return "the feed is an HTML page, not XML"
    if start.startswith((b"{", b"[")):
        return "the feed is JSON, not XML"
    if start.startswith((b"<urlset", b"<sitemapindex")) or b"sitemaps.org" in start:
        return "the feed is a sitemap; list it under sitemaps"
    return "the feed is not XML"
