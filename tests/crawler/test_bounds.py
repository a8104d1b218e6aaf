"""What one answer may cost: its whole time is bounded, and what can be no article is not asked for again."""

import threading
from collections.abc import Iterator

import pytest

from tests.crawler.conftest import Monitor
from tests.crawler.outlet import Reply, item


def _drip(stop: threading.Event) -> Iterator[bytes]:
    """A byte now and then, for ever: never silent, never over."""
    while not stop.wait(0.1):
        yield b" "


@pytest.mark.parametrize("place", ["feeds", "sitemaps"])
def test_a_place_that_drips_for_ever_is_ended(monitor: Monitor, place: str) -> None:
    outlet, stop = monitor.outlet(), threading.Event()
    outlet.serve("/place", Reply(chunks=_drip(stop)))
    monitor.source("outlet", outlet.url(), {place: [outlet.url("/place")]}, politeness={"timeout": 0.5})
    report = monitor.crawl()["outlet"]
    stop.set()
    assert report.state == "failed"
    assert "no complete answer in time" in (report.error or "")
    assert report.seconds < 5


def test_an_article_that_drips_for_ever_is_ended_and_waits(monitor: Monitor) -> None:
    outlet, stop = monitor.outlet(), threading.Event()
    outlet.serve("/story", Reply(chunks=_drip(stop)))
    outlet.feed("/feed", item(outlet.url("/story"), "Story"))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, politeness={"timeout": 0.5})
    report = monitor.crawl()["outlet"]
    stop.set()
    assert report.seconds < 5
    assert monitor.address(outlet.url("/story")) == ("pending", "no complete answer in time", 1)


def test_a_file_that_is_no_page_is_given_up_at_once_where_no_words_stand_in(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    outlet.serve("/report", Reply(b"%PDF-1.7", type="application/pdf"))
    outlet.serve("/list", Reply(b"<html><body><a href='/report'></a></body></html>"))
    monitor.source("outlet", outlet.url(), {"listings": [{"url": outlet.url("/list"), "links": "/report"}]})
    monitor.crawl()
    assert monitor.address(outlet.url("/report")) == ("failed", "the page is a PDF file, not HTML", 1)
