"""The first step of a page: HTML in, the story's title, text, times and names out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dealwatch.errors import DealwatchError


class CleanError(DealwatchError):
    """A page that holds no story we can read. Its text is the reason in one line."""


@dataclass(frozen=True, slots=True)
class CleanedPage:
    """What a page says. Times have a zone; `*_from` says where they stood: json-ld, meta, time, url, text or feed.

    `text` is plain text, a paragraph a line. `canonical_url` is the page's rel=canonical made absolute, as written
    otherwise: whether to believe it is decided later. `lang` is ISO 639-1.
    """

    title: str
    text: str
    author: str | None = None
    site: str | None = None
    lang: str | None = None
    published: datetime | None = None
    published_from: str | None = None
    modified: datetime | None = None
    modified_from: str | None = None
    canonical_url: str | None = None
    text_source: Literal["page", "feed"] = "page"


def clean(body: bytes, url: str, encoding: str | None = None) -> CleanedPage:
    """The story on the page `body` fetched from `url`; `encoding` is the HTTP header's. Raises CleanError."""
    import trafilatura

    document = trafilatura.bare_extraction(
        body, url=url, fast=True, favor_recall=True, include_comments=False, with_metadata=True
    )
    if document is None or isinstance(document, dict) or not document.text:
        raise CleanError("no text to speak of on the page")
    return CleanedPage(title=document.title or "", text=document.text, author=document.author, site=document.sitename)
