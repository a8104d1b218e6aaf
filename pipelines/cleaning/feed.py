"""The feed's own words, where the page cannot be had, and its times, where the page's are worse."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from w3lib.html import remove_comments, remove_tags, remove_tags_with_content, replace_entities

from pipelines.cleaning.page import CleanedPage, CleanError

MAX_CHARACTERS = 200_000
_BREAK = re.compile(r"<(?:br|/p|/li|/div|/h[1-6]|/tr)\b[^>]*>", re.IGNORECASE)
_SIGNATURE = re.compile(r"^The post .{1,300} (?:appeared first on|first appeared on) .{1,100}$")
_NEAR = timedelta(hours=36)
"""How far a day or a guessed zone may be off."""


def plain(html: str) -> str:
    """A feed's title or summary as plain text, a paragraph a line."""
    html = remove_tags_with_content(remove_comments(html[:MAX_CHARACTERS]), ("script", "style", "iframe"))
    text = replace_entities(remove_tags(_BREAK.sub("\n", html)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line and not _SIGNATURE.match(line))


def from_feed(title: str | None, summary: str | None, lang: str | None) -> CleanedPage:
    """A story of the feed's words alone. Raises CleanError where the feed gave none."""
    name, text = plain(title or "").replace("\n", " "), plain(summary or "")
    if not name:
        raise CleanError("the feed gives no title either")
    return CleanedPage(title=name, text=text or name, lang=lang, text_source="feed")


def with_feed(
    page: CleanedPage, title: str | None, lang: str | None, published: datetime | None, modified: datetime | None
) -> CleanedPage:
    """`page` with what it leaves open filled in from the feed; a feed's exact time beats a page's day or guess."""
    if _better(published, page.published, page.published_from):
        page = replace(page, published=published, published_from="feed")
    if _better(modified, page.modified, page.modified_from):
        page = replace(page, modified=modified, modified_from="feed")
    return replace(page, title=page.title or plain(title or "").replace("\n", " "), lang=page.lang or lang)


def _better(feed: datetime | None, page: datetime | None, page_from: str | None) -> bool:
    if feed is None:
        return False
    if page is None:
        return True
    exact = page_from is not None and "," not in page_from
    return not exact and abs(feed - page) < _NEAR
