"""How fast a host is asked: never faster than its source file and its robots.txt say, slower if it answers slowly."""

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response


class Politeness(AutoThrottle):
    """AutoThrottle with a floor a host: the greatest of the sources' `delay` (request.meta "delay") and Crawl-delay.

    Scrapy's own would sink below a slot's configured delay. `concurrency` comes from request.meta too.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._floors: dict[str, float] = {}
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        crawler.signals.connect(self._reached, signal=signals.request_reached_downloader)
        crawler.signals.connect(self._robots, signal=signals.robots_parsed)

    def _reached(self, request: Request, spider: Spider) -> None:
        slot = self.crawler.engine.downloader.slots[request.meta["download_slot"]]
        delay = request.meta.get("delay")
        if delay is None:
            return
        host = _host(request)
        self._floors[host] = max(self._floors.get(host, 0.0), delay)
        slot.concurrency = max(1, int(request.meta.get("concurrency", 1)))
        self._hold(host, slot)

    def _robots(self, robotparser: Any, request: Request) -> None:
        delay = robotparser.crawl_delay(self._agent)
        if delay:
            host = _host(request)
            self._floors[host] = max(self._floors.get(host, 0.0), float(delay))

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        _, slot = self._get_slot(request, spider)
        if slot is not None:
            self._hold(_host(request), slot)

    def _hold(self, host: str, slot: Slot) -> None:
        floor = self._floors.get(host, 0.0)
        slot.delay = max(slot.delay, floor)
        slot.jitter = 0.0  # the delay is the least one, not the middle of a range


def _host(request: Request) -> str:
    return (urlsplit(request.url).hostname or "").lower()
