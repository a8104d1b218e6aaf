"""What travels through the pipelines: one fetched (or unfetchable) article."""

from dataclasses import dataclass
from datetime import datetime

from dealwatch.archive.stories import Saved
from dealwatch.deals.records import Mention
from pipelines.cleaning.page import CleanedPage


@dataclass(slots=True)
class Page:
    """An article's page as the crawler hands it over; the steps fill in the fields from `cleaned` on, in this order.

    `body` is b"" where the page itself could not be had; `reason` then says why ("403 Forbidden"), and the feed's own
    words stand in for it. `encoding` is the charset of the HTTP header. `lang` is the source's language.
    """

    source: str
    address_id: int
    url: str
    body: bytes
    encoding: str | None
    fetched_at: datetime
    lang: str | None
    feed_title: str | None
    feed_summary: str | None
    feed_published: datetime | None
    feed_modified: datetime | None
    crawl_id: int
    reason: str | None = None
    cleaned: CleanedPage | None = None
    mentions: tuple[Mention, ...] = ()
    ruleset: str = ""
    article_url: str = ""
    article_key: str = ""
    saved: Saved | None = None
