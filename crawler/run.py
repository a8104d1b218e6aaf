"""Crawl the given sources once, all in this process, and say what came of each."""

import logging
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.report import CrawlReport
from crawler.spiders.news import GRACE, NewsSpider
from dealwatch.archive import Archive, crawls
from dealwatch.clock import now
from dealwatch.watchlist.due import due as due_names
from dealwatch.watchlist.sources import load_sources, pick


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

    `since` walks further back. `watch` is called with the spider whenever something has happened. Once a process only:
    Twisted's reactor cannot start twice. Raises WatchlistError or ArchiveError before anything is fetched.
    """
    sources = pick(load_sources(watchlist), names)
    with Archive.open(db) as archive:
        last = crawls.last_starts(archive)
        wanted = due_names(sources, last, now()) if due else list(sources)
        if not wanted:
            return []
        archive.prove_writable()
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


class CrawlProcess(AsyncCrawlerProcess):
    """Ends within ten seconds of SIGTERM or Ctrl-C: sources are ended first, then Scrapy closes."""

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        from twisted.internet import reactor

        reactor.callFromThread(self._end_sources)
        super()._signal_shutdown(signum, frame)

    def _end_sources(self) -> None:
        from twisted.internet import reactor

        for crawler in self.crawlers:
            if isinstance(crawler.spider, NewsSpider):
                crawler.spider.interrupt()
        reactor.callLater(GRACE + 2, self._stop_reactor)  # type: ignore[arg-type]


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
