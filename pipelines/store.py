"""The last step: the story and all that follows from it, in one short transaction."""

from pathlib import Path
from typing import TYPE_CHECKING

from dealwatch import clock
from dealwatch.archive import Archive
from dealwatch.archive.stories import StoryRecord, save
from dealwatch.watchlist.settings import load_settings

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from pipelines.items import Page


class StorePipeline:
    """Sets `item.saved`."""

    def __init__(self, archive: Archive, history_after_days: int) -> None:
        self._archive = archive
        self._history_after_days = history_after_days

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "StorePipeline":
        settings = load_settings(Path(crawler.settings["DEALWATCH_WATCHLIST"]))
        return cls(Archive.open(Path(crawler.settings["DEALWATCH_DB"])), settings.history_after_days)

    def close_spider(self) -> None:
        self._archive.close()

    def process_item(self, item: "Page") -> "Page":
        item.saved = save(
            self._archive, record(item), item.mentions, item.ruleset, clock.now(), self._history_after_days
        )
        return item


def record(item: "Page") -> StoryRecord:
    """The cleaned page as the archive takes it."""
    page = item.cleaned
    assert page is not None
    return StoryRecord(
        source=item.source,
        address_id=item.address_id,
        key=item.article_key,
        url=item.article_url,
        title=page.title,
        text=page.text,
        author=page.author,
        site=page.site,
        lang=page.lang,
        published=page.published,
        published_from=page.published_from,
        modified=page.modified,
        modified_from=page.modified_from,
        text_source=page.text_source,
    )
