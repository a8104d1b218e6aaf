"""How fast a host is asked: never faster than its source file and its robots.txt say, slower if it answers slowly."""

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response


class HostSlots:
    """Downloader middleware: one download slot a host and port, for robots.txt and for redirects to elsewhere too."""

    def process_request(self, request: Request) -> None:
        request.meta["download_slot"] = urlsplit(request.url).netloc.lower()


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
        delay = request.meta.get("delay")
        if delay is None:
            return
        host, slot = self._get_slot(request, spider)
        assert host is not None and slot is not None
        self._raise_floor(host, delay)
        slot.concurrency = max(1, int(request.meta.get("concurrency", 1)))
        self._hold(host, slot)

    def _robots(self, robotparser: Any, request: Request) -> None:
        delay = robotparser.crawl_delay(self._agent)
        host = request.meta.get("download_slot")
        if delay and host:
            self._raise_floor(host, float(delay))

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        host, slot = self._get_slot(request, spider)
        if host is not None and slot is not None:
            self._hold(host, slot)

    def _raise_floor(self, host: str, delay: float) -> None:
        self._floors[host] = max(self._floors.get(host, 0.0), delay)

    def _hold(self, host: str, slot: Slot) -> None:
        slot.delay = max(slot.delay, self._floors.get(host, 0.0))
        slot.jitter = 0.0  # the delay is the least one, not the middle of a range
