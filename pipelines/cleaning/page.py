"""The record of a cleaned page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dealwatch.errors import DealwatchError


class CleanError(DealwatchError):
    """A page that holds no story we can read. Its text is the reason in one line."""


@dataclass(frozen=True, slots=True)
class CleanedPage:
    """What a page says.

    `text` is plain text, a paragraph a line. `lang` is ISO 639-1. Times have a zone; `published_from` and
    `modified_from` say where they stood: json-ld, meta, time, url, text or feed, with ", zone guessed" or ", day only"
    where that holds. `canonical_url` is the page's rel=canonical made absolute: whether to believe it is decided later.
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


class CleaningBrokeError(CleanError):
    """The cleaning itself was ended from outside or starved: it says nothing about the page. The reason in one line."""
