"""Crawl the given sources once, all in this process, and say what came of each."""

import logging
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.report import CrawlReport
from crawler.spiders.news import GRACE, NewsSpider
from dealwatch.archive import Archive, crawls
from dealwatch.clock import now
from dealwatch.watchlist.cron import cron
from dealwatch.watchlist.sources import Source, load_sources, pick


def crawl(
    names: Iterable[str],
    db: Path,
    watchlist: Path,
    *,
    due: bool = False,
    since: date | None = None,
    trigger: str = "hand",
    verbose: bool = False,
    watch: Callable[[NewsSpider], None] | None = None,
) -> list[CrawlReport]:
    """One report a source, by name. No names: all sources; `due`: those whose cron time has come since they last ran.

    `since` walks further back. `watch` is called with the spider whenever something
    has happened. Once a process only: Twisted's reactor
    cannot start twice. Raises WatchlistError or ArchiveError before anything is fetched.
    """
    sources = pick(load_sources(watchlist), names)
    with Archive.open(db) as archive:
        wanted = [name for name, source in sources.items() if not due or is_due(archive, source)]
    if not wanted:
        return []
    process = CrawlProcess(_settings(db, watchlist, verbose))
    if not verbose:
        logging.getLogger().addHandler(logging.NullHandler())
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    crawler = process.create_crawler(NewsSpider)
    task = process.crawl(
        crawler, source=",".join(wanted), since=since.isoformat() if since else "", trigger=trigger, watch=watch
    )
    process.start()
    spider = crawler.spider
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        raise error
    assert isinstance(spider, NewsSpider)
    spider.close_runs()
    return spider.reports


def is_due(archive: Archive, source: Source) -> bool:
    """Whether the source's cron line has named a minute since its last crawl started; true if there was none."""
    last = crawls.last_started(archive, source.name)
    if last is None:
        return True
    following = cron(source.schedule).get_next_fire_time(None, last + timedelta(seconds=1))
    return following is not None and following <= now()


class CrawlProcess(AsyncCrawlerProcess):
    """Ends within ten seconds of SIGTERM or Ctrl-C: sources are ended first, then Scrapy closes."""

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        from twisted.internet import reactor

        reactor.callFromThread(self._end_sources)  # type: ignore[attr-defined]
        super()._signal_shutdown(signum, frame)

    def _end_sources(self) -> None:
        from twisted.internet import reactor

        for crawler in self.crawlers:
            if isinstance(crawler.spider, NewsSpider):
                crawler.spider.interrupt()
        reactor.callLater(GRACE + 2, self._stop_reactor)  # type: ignore[attr-defined]


def _settings(db: Path, watchlist: Path, verbose: bool) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(
        {
            "DEALWATCH_DB": str(db),
            "DEALWATCH_WATCHLIST": str(watchlist),
            "LOG_ENABLED": verbose,
            "LOG_INSTALL_ROOT_HANDLER": verbose,
        },
        priority="cmdline",
    )
    return settings
