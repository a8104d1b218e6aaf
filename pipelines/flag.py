"""The second step: which deals the story reports."""

from pathlib import Path
from typing import TYPE_CHECKING

from dealwatch.deals.flag import Flagger
from dealwatch.deals.records import Story
from dealwatch.watchlist.flagger import load_flagger

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from pipelines.items import Page


class FlagPipeline:
    """Sets `item.mentions`, and `item.ruleset` that says by which rules they were found."""

    def __init__(self, flagger: Flagger) -> None:
        self._flagger = flagger

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "FlagPipeline":
        return cls(load_flagger(Path(crawler.settings["DEALWATCH_WATCHLIST"])))

    def process_item(self, item: "Page") -> "Page":
        assert item.cleaned is not None
        page = item.cleaned
        story = Story(item.url, page.title, page.text, page.lang, page.published, item.url)
        item.mentions = self._flagger.flag(story)
        item.ruleset = self._flagger.ruleset
        return item
