"""One source in one crawl: what waits to be asked, what is on its way, what came of it."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

from crawler.discovery.base import Place
from crawler.locks import SourceLock
from crawler.report import Counts, CrawlReport, State
from dealwatch.archive.frontier import Found, Validators
from dealwatch.watchlist.sources import Source


@dataclass(slots=True)
class Walk:
    """One place being walked, page after page. Links wait in `held` until the walk's last page, so that a crawl
    that is killed half-way does not look complete to the next one."""

    place: Place
    url: str
    held: list[Found] = field(default_factory=list)
    validators: Validators | None = None


@dataclass(slots=True, eq=False)
class SourceRun:
    """`waiting` requests are handed to Scrapy few at a time, so that ending a source is forgetting them."""

    source: Source
    crawl_id: int
    lock: SourceLock
    counts: Counts = field(default_factory=Counts)
    error: str | None = None
    remarks: Counter[str] = field(default_factory=Counter)
    broken: bool = False
    """A place did not do its part, or the archive could not be written: the source has failed."""
    waiting: deque[Request] = field(default_factory=deque)
    asked: set[int] = field(default_factory=set)
    downloads: set[asyncio.Future[Any]] = field(default_factory=set)
    asking: int = 0
    """Places that are still to answer: the articles wait for them, as a map may know of a newer change."""
    active: int = 0
    pages: int = 0
    ending: State | None = None
    state: State | None = None
    started: float = field(default_factory=time.monotonic)
    ended: float | None = None
    timers: list[asyncio.TimerHandle] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def idle(self) -> bool:
        return self.active == 0 and self.pages == 0 and not self.waiting

    @property
    def room(self) -> int:
        """How many more articles this crawl may fetch."""
        return max(0, self.source.politeness.max_pages - len(self.asked))

    def meta(self) -> dict[str, Any]:
        """The request.meta that politeness, guard and download handler go by."""
        politeness = self.source.politeness
        return {
            "source": self.name,
            "run": self,
            "delay": politeness.delay,
            "concurrency": politeness.concurrency,
            "download_timeout": politeness.timeout,
            "private_hosts": private_hosts(self.source),
            "downloads": self.downloads,
        }

    def hand_out(self, settled: Callable[[int], bool]) -> list[Request]:
        """The requests that may go now, by the source's concurrency; `settled` says of an address by its id that
        another one has led to its article meanwhile."""
        out: list[Request] = []
        while self.waiting and self.active < self.source.politeness.concurrency and self.ending is None:
            request = self.waiting.popleft()
            address = request.cb_kwargs.get("address")
            if address is not None and settled(address.id):
                continue
            out.append(request)
            self.active += 1
        return out

    def note(self, what: str) -> None:
        """Count an error, and keep the first in one line."""
        self.counts.errors += 1
        self.error = self.error or " ".join(what.split())[:500]

    def count_request(self, error: BaseException) -> None:
        """A request that brought no answer; one that was never sent does not count."""
        self.counts.requests += not isinstance(error, IgnoreRequest)

    def end(self, state: State) -> None:
        """Ask nothing more, and cut off what is on its way."""
        self.ending = self.ending or state
        self.waiting.clear()
        for download in tuple(self.downloads):
            download.cancel()

    def report(self) -> CrawlReport:
        seconds = (self.ended or time.monotonic()) - self.started
        return CrawlReport(self.name, self.state or "interrupted", self.counts, self.error, seconds, self.remarks)


def befell(failure: Failure) -> tuple[BaseException, dict[str, Any]]:
    """The error, and the cb_kwargs of the request it befell (Scrapy hangs the request on the failure)."""
    error = failure.value
    assert error is not None
    request: Request = failure.request  # type: ignore[attr-defined]
    return error, request.cb_kwargs


def private_hosts(source: Source) -> frozenset[str]:
    """The hosts for which the source opts out of the address guard: those its own file names, and no others."""
    if not source.politeness.allow_private:
        return frozenset()
    addresses = [source.homepage, *(url for _, url in source.discover.places())]
    return frozenset((urlsplit(url).hostname or "").lower() for url in addresses)
