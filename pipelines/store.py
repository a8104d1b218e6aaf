"""The last step: the story and all that follows from it, deliveries included, in one short transaction."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dealwatch import clock
from dealwatch.archive import Archive, outbox
from dealwatch.archive.stories import StoryRecord, save
from dealwatch.deals.families import Families
from dealwatch.watchlist.families import load_families
from dealwatch.watchlist.settings import load_settings

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from pipelines.items import Page


class StorePipeline:
    """Sets `item.saved`."""

    def __init__(
        self, archive: Archive, history_after_days: int, families: Families, routes: Sequence[outbox.Route] = ()
    ) -> None:
        self._archive = archive
        self._families = families
        self._history_after_days = history_after_days
        self._routes = routes

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "StorePipeline":
        watchlist = Path(crawler.settings["DEALWATCH_WATCHLIST"])
        settings, routes = load_settings(watchlist), outbox.load_routes(watchlist)
        families = load_families(watchlist)
        return cls(Archive.open(Path(crawler.settings["DEALWATCH_DB"])), settings.history_after_days, families, routes)

    def close_spider(self) -> None:
        self._archive.close()

    def process_item(self, item: "Page") -> "Page":
        at = clock.now()
        with self._archive.atomic():
            item.saved = save(
                self._archive,
                record(item),
                item.mentions,
                item.ruleset,
                at,
                self._history_after_days,
                self._families,
            )
            outbox.triggered(self._archive, self._routes, item.saved.alerts, at)
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
        fetched_at=item.fetched_at,
    )
