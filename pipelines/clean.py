"""The first step of a page: HTML in, the story's title, text, times and names out."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from dealwatch import clock
from dealwatch.archive import Archive, frontier
from dealwatch.watchlist.settings import load_settings
from pipelines.cleaning.extract import clean
from pipelines.cleaning.feed import from_feed, with_feed
from pipelines.cleaning.page import CleanedPage, CleanError, CleaningBrokeError
from pipelines.cleaning.pool import Cleaner

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from pipelines.items import Page

__all__ = ["CleanError", "CleanPipeline", "CleanedPage", "Cleaner", "CleaningBrokeError", "clean"]

logger = logging.getLogger(__name__)


class CleanPipeline:
    """Sets `item.cleaned`. A page that cannot be cleaned gives way to the feed's words, or is marked as failed."""

    def __init__(self, archive: Archive, cleaner: Cleaner) -> None:
        self._archive = archive
        self._cleaner = cleaner

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "CleanPipeline":
        settings = load_settings(Path(crawler.settings["DEALWATCH_WATCHLIST"]))
        archive = Archive.open(Path(crawler.settings["DEALWATCH_DB"]))
        return cls(archive, Cleaner(settings.clean_workers))

    def close_spider(self) -> None:
        self._cleaner.close()
        self._archive.close()

    async def process_item(self, item: "Page") -> "Page":
        try:
            page = await self._page(item)
        except CleaningBrokeError as error:
            reason = str(error)
            logger.warning("%s: %s: %s; will try again", item.source, item.url, reason)
            frontier.postpone(self._archive, item.address_id, reason, clock.now())
            raise DropItem(f"{item.source}: {item.url}: {reason}", log_level="DEBUG") from error
        except CleanError as error:
            reason = item.reason or str(error)
            logger.warning("%s: %s: %s", item.source, item.url, reason)
            # A page that we have but cannot read stays so until it changes; one we could not have may heal.
            mark = frontier.failed if item.body else frontier.postpone
            mark(self._archive, item.address_id, reason, clock.now())
            raise DropItem(f"{item.source}: {item.url}: {reason}", log_level="DEBUG") from error
        item.cleaned = with_feed(page, item.feed_title, item.lang, item.feed_published, item.feed_modified)
        return item

    async def _page(self, item: "Page") -> CleanedPage:
        if not item.body:
            return from_feed(item.feed_title, item.feed_summary, item.lang)
        try:
            return await self._cleaner.clean(item.body, item.url, item.encoding)
        except CleaningBrokeError:
            raise
        except CleanError as error:
            item.reason = item.reason or str(error)
            if not item.feed_summary:
                raise
            return from_feed(item.feed_title, item.feed_summary, item.lang)
