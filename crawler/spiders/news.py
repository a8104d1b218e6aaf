"""The one spider: driven by source files, all given sources interleaved in one process.

    scrapy crawl news -a source=technode,pandaily [-a since=2026-01-01]

An outlet that needs code names a subclass under `spider:` in its file; the subclass overrides `places`, `links` or
`article` and is asked for that outlet alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from crawler import discovery
from crawler.discovery.base import Place
from crawler.fetching import Fetching
from crawler.locks import SourceLock
from crawler.report import CrawlReport, State, complaints
from crawler.source_run import SourceRun
from crawler.verdict import cause
from crawler.walking import Walking
from dealwatch.archive import Archive, crawls, frontier
from dealwatch.archive.frontier import Found
from dealwatch.clock import now
from dealwatch.errors import ArchiveError, WatchlistError
from dealwatch.watchlist.settings import load_settings
from dealwatch.watchlist.sources import Source, load_sources, pick
from pipelines.items import Page

GRACE = 6.0
BACKFILL_DEADLINE = 12
"""A back-fill walks through an outlet's past at its polite pace: its deadline is this many times the usual one."""


class NewsSpider(Spider):
    name = "news"

    def __init__(
        self,
        source: str = "",
        since: str = "",
        trigger: str = "hand",
        watch: "Callable[[NewsSpider], None] | None" = None,
        **kwargs: Any,
    ) -> None:
        """`source`: names joined by commas, none for all. `since`: a date. `trigger`: hand, clock or due. `watch` is
        called whenever something has happened."""
        super().__init__(**kwargs)
        self.names = [name.strip() for name in source.split(",") if name.strip()]
        self.since = datetime.combine(date.fromisoformat(since), datetime.min.time(), UTC) if since else None
        self.trigger = "backfill" if self.since else trigger
        self.runs: list[SourceRun] = []
        self.others: list[CrawlReport] = []  # sources that could not begin
        self._watch = watch
        self._over = False

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        agent = load_settings(Path(settings["DEALWATCH_WATCHLIST"])).user_agent
        settings.set("USER_AGENT", agent, priority="spider")
        settings.set("ROBOTSTXT_USER_AGENT", agent.partition("/")[0].partition(" ")[0], priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.db = Path(crawler.settings["DEALWATCH_DB"])
        spider.sources = pick(load_sources(Path(crawler.settings["DEALWATCH_WATCHLIST"])), spider.names)
        spider.outlets = {name: spider._outlet(source) for name, source in spider.sources.items()}
        spider.archive = Archive.open(spider.db)
        spider.walking, spider.fetching = Walking(spider), Fetching(spider)
        crawler.signals.connect(spider.close_runs, signal=signals.spider_closed)
        crawler.signals.connect(spider._stored, signal=signals.item_scraped)
        crawler.signals.connect(spider._dropped, signal=signals.item_dropped)
        crawler.signals.connect(spider._not_stored, signal=signals.item_error)
        crawler.signals.connect(spider._robots, signal=signals.robots_parsed)
        return spider

    db: Path
    sources: dict[str, Source]
    outlets: dict[str, "NewsSpider"]
    archive: Archive
    walking: Walking
    fetching: Fetching

    # What a subclass may do otherwise.

    def places(self, source: Source, since: datetime | None) -> Iterable[Place]:
        """Where the source announces its articles."""
        return discovery.places(source, since)

    def links(self, source: Source, found: Iterable[Found]) -> list[Found]:
        """Those of the links that are articles."""
        return [link for link in found if source.wants(link.url)]

    def article(self, response: Response) -> bytes:
        """The HTML to clean, of an article's response."""
        return response.body

    def _outlet(self, source: Source) -> "NewsSpider":
        outlet = spider_class(source)
        return self if outlet is None else outlet()

    # The course of a crawl.

    async def start(self) -> AsyncIterator[Request]:
        for source in self.sources.values():
            for request in self._begin(source):
                yield request

    def _begin(self, source: Source) -> list[Request]:
        lock = SourceLock(self.db, source.name)
        if not lock.take():
            self.others.append(CrawlReport(source.name, "skipped", error="another process is crawling it now"))
            return []
        try:
            crawls.interrupted(self.archive, source.name)  # the lock is ours: what still says `running` was killed
            run = SourceRun(source, crawls.start(self.archive, source.name, self.trigger, now()), lock)
        except ArchiveError as error:
            lock.release()
            self.others.append(CrawlReport(source.name, "failed", error=str(error)))
            return []
        self.runs.append(run)
        deadline = source.politeness.deadline * (BACKFILL_DEADLINE if self.since else 1)
        run.timers.append(asyncio.get_running_loop().call_later(deadline, self._end, run, "deadline"))
        try:
            self.walking.begin(run)
        except Exception as error:  # a mistake in an outlet's own code, or the archive: that outlet ends, not the crawl
            run.broken = True
            run.note(str(error) if isinstance(error, ArchiveError) else f"{type(error).__name__}: {error}")
        return self.more(run)

    def more(self, run: SourceRun) -> list[Any]:
        """The next requests of a source: what discovery still asks, then the articles that wait in the archive."""
        articles_may_go = run.asking == 0 or self.since is not None
        if run.ending is None and articles_may_go and run.room and len(run.waiting) < run.source.politeness.concurrency:
            try:
                self.fetching.take_pending(run)
            except ArchiveError as error:
                run.note(str(error))
                run.broken = True
        requests = run.hand_out(lambda address_id: frontier.settled(self.archive, address_id))
        self._settle(run)
        return requests

    # What the pipelines made of a page.

    def _stored(self, item: Any) -> None:
        run = self._run_of(item)
        if run is None:
            return
        saved = getattr(item, "saved", None)
        if saved is not None:
            run.counts.new_articles += saved.outcome in {"new", "copy"}
            run.counts.new_versions += saved.outcome == "updated"
        if item.cleaned is not None and item.cleaned.text_source == "feed":
            run.remarks[f"{item.reason}; the feed's words stand in"] += 1
        run.counts.flagged += bool(item.mentions)
        self._page_over(run)

    def _dropped(self, item: Any, exception: Exception) -> None:
        run = self._run_of(item)
        if run is not None:
            run.note(f"{item.url}: {exception}")
            self._page_over(run)

    def _not_stored(self, item: Any, failure: Failure) -> None:
        run = self._run_of(item)
        if run is not None:
            why = cause(failure.value or DropItem("no cause given"))
            if isinstance(failure.value, ArchiveError):
                run.note(f"{item.url}: {why}")
            else:
                self.fetching.put_off(run, item.address_id, item.url, why)
            run.broken = True
            self._page_over(run)

    def _run_of(self, item: Any) -> SourceRun | None:
        return next((run for run in self.runs if isinstance(item, Page) and run.crawl_id == item.crawl_id), None)

    def _page_over(self, run: SourceRun) -> None:
        run.pages -= 1
        self._settle(run)

    def _robots(self, request: Request) -> None:
        run = request.meta.get("run")
        if run is not None:
            run.counts.requests += 1

    # The end.

    def interrupt(self) -> None:
        """End every source that still runs; what waits is in the archive."""
        for run in self.runs:
            self._end(run, "interrupted")

    def _end(self, run: SourceRun, state: State) -> None:
        if run.state is not None or run.ending is not None:
            return
        if state == "deadline":
            run.note(f"ended at its deadline of {run.source.politeness.deadline:g} s; what is left waits")
        run.end(state)
        self._forget_queued(run)
        run.timers.append(asyncio.get_running_loop().call_later(GRACE, self._finish, run))
        self._settle(run)

    def _forget_queued(self, run: SourceRun) -> None:
        """Requests that wait for their host's delay inside Scrapy are let go now, not after it."""
        for slot in self.crawler.engine.downloader.slots.values():
            for queued in [entry for entry in slot.queue if entry[0].meta.get("run") is run]:
                slot.queue.remove(queued)
                queued[1].errback(IgnoreRequest("the source has ended"))

    def _settle(self, run: SourceRun) -> None:
        if run.state is None and run.idle:
            self._finish(run)
        if self._watch is not None:
            self._watch(self)

    def _finish(self, run: SourceRun) -> None:
        if run.state is not None:
            return
        run.state = run.ending or ("failed" if run.broken else "done")
        run.ended = time.monotonic()
        for timer in run.timers:
            timer.cancel()
        try:
            crawls.finish(self.archive, run.crawl_id, run.state, run.counts, run.error, now())
        except ArchiveError as error:
            run.state = "failed"
            run.note(str(error))
        run.lock.release()

    def close_runs(self) -> None:
        """Write down every source that is not over yet as interrupted, and close the archive. Safe to repeat."""
        if self._over:
            return
        self._over = True
        for run in self.runs:
            if run.state is None:
                run.ending = run.ending or "interrupted"
                self._finish(run)
        self.archive.close()
        for line in complaints(self.reports):
            self.logger.warning(line)

    @property
    def reports(self) -> list[CrawlReport]:
        """One a source, by name."""
        return sorted([*(run.report() for run in self.runs), *self.others], key=lambda report: report.source)


def spider_class(source: Source) -> type[NewsSpider] | None:
    """The class that the source's file names; None if it names none. Raises WatchlistError."""
    if source.spider is None:
        return None
    try:
        outlet = load_object(source.spider)
    except Exception as error:  # an outlet's own code may fail in any way while it is imported
        raise WatchlistError(f"{source.name}: spider: {source.spider} cannot be loaded: {error}") from error
    if not (isinstance(outlet, type) and issubclass(outlet, NewsSpider)):
        raise WatchlistError(f"{source.name}: spider: {source.spider} is no subclass of NewsSpider")
    return outlet
