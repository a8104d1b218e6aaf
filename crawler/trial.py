"""Asking a few addresses outside of a crawl, with the crawl's own guards, robots.txt, pace and user agent."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.discovery.base import Answer
from crawler.discovery.sitemap import MAX_UNPACKED
from crawler.verdict import cause, judge_failure, phrase
from dealwatch.clock import now
from dealwatch.watchlist.settings import load_settings
from dealwatch.watchlist.sources import Politeness

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking one address brought: an answer, or in one line why there is none. `status` is None where nobody
    answered."""

    url: str
    status: int | None
    answer: Answer | None
    error: str | None


Get = Callable[..., Awaitable[Outcome]]
"""`await get(url, politeness, robots=True)`; never raises for what the web does. `robots=False` is for robots.txt."""


def ask(work: Callable[[Get], Awaitable[T]], watchlist: Path) -> T:
    """Run `work` inside a Scrapy of its own and return what it returns. Once a process only."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    agent = load_settings(watchlist).user_agent
    own = {"USER_AGENT": agent, "ROBOTSTXT_USER_AGENT": agent.partition("/")[0].partition(" ")[0]}
    settings.setdict(
        {**own, "ITEM_PIPELINES": {}, "LOG_ENABLED": False, "LOG_INSTALL_ROOT_HANDLER": False}, priority="cmdline"
    )
    logging.getLogger().addHandler(logging.NullHandler())
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Trial)
    results: list[T] = []
    task = process.crawl(crawler, work=work, results=results)
    process.start()
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        raise error
    spider = crawler.spider
    if isinstance(spider, Trial) and spider.trouble is not None:
        raise spider.trouble
    if not results:
        raise KeyboardInterrupt
    return results[0]


class Trial(Spider):
    """Lets one coroutine ask addresses, one call an address, instead of Scrapy's callbacks."""

    name = "trial"

    def __init__(self, work: Callable[[Get], Awaitable[Any]], results: list[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.work = work
        self.results = results
        self.trouble: Exception | None = None

    async def start(self) -> AsyncIterator[Request]:
        try:
            self.results.append(await self.work(self.get))
        except Exception as error:  # raised again by `ask`, outside of Scrapy, which would only log it
            self.trouble = error
        return
        yield  # Scrapy wants an asynchronous generator

    async def get(self, url: str, politeness: Politeness, *, robots: bool = True) -> Outcome:
        meta = {
            "delay": politeness.delay,
            "concurrency": politeness.concurrency,
            "private_hosts": {urlsplit(url).hostname or ""} if politeness.allow_private else set(),
            "dont_obey_robotstxt": not robots,
            "download_maxsize": MAX_UNPACKED,
        }
        try:
            request: Request = Request(url, meta=meta, dont_filter=True)
            async with asyncio.timeout(politeness.deadline):
                response = await self.crawler.engine.download_async(request)
        except TimeoutError:
            return Outcome(url, None, None, "no complete answer in time")
        except Exception as error:  # whatever the web or Scrapy may come up with is what is to be reported
            return Outcome(url, None, None, judge_failure(error).reason or cause(error))
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
        answer = Answer(response.url, response.body, now(), content_type)
        error_text = None if response.status == 200 else f"answered {phrase(response.status)}"
        return Outcome(url, response.status, answer, error_text)
