"""One crawl of good and bad outlets side by side, looked at from several sides."""

import re
from types import SimpleNamespace

import pytest

from tests.crawler.conftest import Monitor
from tests.crawler.outlet import Outlet, Reply, article, item


@pytest.fixture(scope="module")
def day(shared_monitor: Monitor) -> SimpleNamespace:
    """Every kind of outlet, crawled twice; `first` and `second` are the reports."""
    monitor = shared_monitor
    good = monitor.outlet()
    for number in (1, 2, 3):
        good.page(f"/story-{number}", f"Alibaba opens shop number {number}")
    good.feed(
        "/feed",
        item(good.url("/story-1?utm_source=rss"), "Story one"),
        item(good.url("/story-1#comments"), "Story one again", guid="same"),
        item(good.url("/story-2"), "Story two", guid="same"),
        item(good.url("/story-3"), "Story three", at="Fri, 01 Jan 2199 00:00:00 GMT"),
        item("javascript:alert(1)", "no address"),
    )
    monitor.source("good", good.url(), {"feeds": [good.url("/feed")]})

    bad = monitor.outlet()
    bad.serve("/html", Reply(b"<!doctype html><html><body>We have moved</body></html>"))
    bad.serve("/empty", Reply(b""))
    bad.serve("/503", Reply(b"busy", 503))
    bad.serve("/json", Reply(b'{"code": "rest_no_route", "message": "No route"}', type="application/json"))
    bad.serve("/map", Reply(b"\x1f\x8b damaged", type="application/gzip"))
    bad.serve("/listing", Reply(b"<html><body><p>no links</p></body></html>"))
    monitor.source("html-feed", bad.url("/1"), {"feeds": [bad.url("/html")]})
    monitor.source("empty-feed", bad.url("/2"), {"feeds": [bad.url("/empty")]})
    monitor.source("busy-feed", bad.url("/3"), {"feeds": [bad.url("/503")]})
    monitor.source("no-wordpress", bad.url("/4"), {"wordpress": [bad.url("/json")]})
    monitor.source("bad-map", bad.url("/5"), {"sitemaps": [bad.url("/map")]})
    monitor.source("bad-listing", bad.url("/6"), {"listings": [{"url": bad.url("/listing")}]})
    with Outlet() as gone:
        monitor.source("down", gone.url(), {"feeds": [gone.url("/feed")]})
    monitor.source("inward", bad.url("/7"), {"feeds": [bad.url("/inward")]}, politeness={"allow_private": False})

    odd = _odd_outlet(monitor)
    reports = monitor.crawl()
    return SimpleNamespace(monitor=monitor, good=good, bad=bad, odd=odd, first=reports, second=monitor.crawl())


ODD = (
    "/paywall",
    "/pdf",
    "/blank",
    "/404",
    "/410",
    "/500",
    "/private/note",
    "/big",
    "/endless",
    "/metadata",
    "/wrong-charset",
)


def _odd_outlet(monitor: Monitor) -> Outlet:
    odd = monitor.outlet()
    odd.serve("/robots.txt", Reply(b"User-agent: *\nDisallow: /private/\n", type="text/plain"))
    odd.serve("/paywall", Reply(b"<html><body>Subscribe!</body></html>", 403))
    odd.serve("/pdf", Reply(b"%PDF-1.7 \x00\x01\x02", type="application/pdf"))
    odd.serve("/blank", Reply(b"  \n"))
    odd.serve("/410", Reply(b"gone", 410))
    odd.serve("/500", Reply(b"oops", 500))
    odd.page("/private/note", "Not for robots")
    odd.serve("/big", Reply(headers={"Content-Length": str(20 * 1024 * 1024)}))
    odd.serve("/endless", Reply(chunks=(b"<p>more</p>" * 10_000 for _ in range(1_000_000))))
    odd.serve("/metadata", Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}))
    odd.serve("/wrong-charset", Reply(article("阿里巴巴 says « bonjour »"), type="text/html; charset=latin-1"))
    odd.serve("/old", Reply(status=301, headers={"Location": "/older?utm_source=x"}))
    odd.serve("/older?utm_source=x", Reply(status=302, headers={"Location": "/final/"}))
    odd.page("/final/", "Temu signs with a carrier")
    odd.page("/final", "Temu signs with a carrier")
    odd.serve("/loop", Reply(status=302, headers={"Location": "/loop"}))
    words = {"/paywall": "The whole summary of a story behind a wall.", "/pdf": "A report.", "/blank": "Summary."}
    items = [item(odd.url(path), f"Story {path}", summary=words.get(path, "")) for path in ODD]
    odd.feed("/feed", *items, *(item(odd.url(path), f"Story {path}") for path in ("/old", "/final/", "/loop")))
    monitor.source("odd", odd.url(), {"feeds": [odd.url("/feed")]})
    return odd


def test_the_good_outlet_is_stored_once_an_address_however_it_is_spelled(day: SimpleNamespace) -> None:
    assert day.monitor.articles("good") == [f"Alibaba opens shop number {number}" for number in (1, 2, 3)]
    assert day.first["good"].state == "done"
    assert day.first["good"].counts.new_articles == day.first["good"].counts.pages == 3
    assert day.first["good"].counts.errors == 0
    assert [day.good.hits(f"/story-{number}") for number in (1, 2, 3)] == [1, 1, 1]


def test_a_second_crawl_asks_the_feed_alone_and_counts_its_304(day: SimpleNamespace) -> None:
    counts = day.second["good"].counts
    assert (counts.pages, counts.not_modified, counts.new_articles, counts.discovered) == (0, 1, 0, 0)
    assert day.good.hits("/feed") == 2
    assert "If-None-Match" in day.good.asked[-1][1]


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("html-feed", "feed http.*/html: the feed is an HTML page, not XML"),
        ("empty-feed", "feed http.*/empty: the feed is empty"),
        ("busy-feed", "feed http.*/503: answered 503 Service Unavailable"),
        ("no-wordpress", "wordpress http.*: the WordPress JSON is not a list of posts: No route"),
        ("bad-map", "sitemap http.*/map: the sitemap's gzip is damaged"),
        ("bad-listing", "listing http.*/listing: no link on the listing page fits"),
        ("down", "feed http.*/feed: the connection was refused"),
        ("inward", "feed http.*: refused address .*127.0.0.1 leads inward"),
    ],
)
def test_a_bad_outlet_fails_with_one_line_that_names_the_cause(day: SimpleNamespace, source: str, cause: str) -> None:
    report = day.first[source]
    assert report.state == "failed"
    assert report.error is not None
    assert "\n" not in report.error
    assert re.search(cause, report.error), report.error


def test_an_inward_outlet_is_never_asked(day: SimpleNamespace) -> None:
    assert day.bad.hits("/inward") == 0


def test_crawls_are_written_down(day: SimpleNamespace) -> None:
    rows = dict(day.monitor.rows("select source, state from crawls where id <= ?", len(day.first)))
    assert rows["good"] == "done"
    assert rows["down"] == "failed"
    assert day.monitor.rows("select count(*) from crawls where state = 'running' or ended_at is null") == [(0,)]


@pytest.mark.parametrize("path", ["/paywall", "/pdf", "/blank"])
def test_where_the_page_cannot_be_had_the_feeds_words_are_stored(day: SimpleNamespace, path: str) -> None:
    url = day.odd.url(path)
    assert day.monitor.rows("select title, text_source from articles where url = ?", url) == [(f"Story {path}", "feed")]
    assert day.monitor.address(url)[0] == "done"


@pytest.mark.parametrize(
    ("path", "state", "reason"),
    [
        ("/404", "gone", "404 Not Found"),
        ("/410", "gone", "410 Gone"),
        ("/500", "pending", "500 Internal Server Error"),
        ("/private/note", "refused", "forbidden by robots.txt"),
        ("/big", "failed", "the answer is too large"),
        ("/endless", "failed", "the answer is too large"),
        ("/loop", "pending", "max redirections reached"),
    ],
)
def test_every_address_ends_in_a_state_with_its_reason(
    day: SimpleNamespace, path: str, state: str, reason: str
) -> None:
    assert day.monitor.address(day.odd.url(path))[:2] == (state, reason)


def test_a_redirect_to_the_machines_own_network_is_refused(day: SimpleNamespace) -> None:
    state, reason, _ = day.monitor.address(day.odd.url("/metadata"))
    assert state == "refused"
    assert "169.254.169.254 is link-local" in (reason or "")


def test_what_robots_txt_forbids_is_never_asked(day: SimpleNamespace) -> None:
    assert day.odd.hits("/private/note") == 0
    assert day.odd.hits("/robots.txt") == 2


def test_a_redirect_chain_ends_in_one_article(day: SimpleNamespace) -> None:
    assert day.monitor.articles("odd").count("Temu signs with a carrier") == 1
    assert {day.monitor.address(day.odd.url(path))[0] for path in ("/old", "/final/")} == {"done"}


def test_a_wrong_charset_in_the_header_does_not_garble(day: SimpleNamespace) -> None:
    assert "阿里巴巴 says « bonjour »" in day.monitor.articles("odd")


def test_the_second_crawl_waits_with_what_failed(day: SimpleNamespace) -> None:
    assert day.second["odd"].counts.pages == 0
    assert day.odd.hits("/500") == 1
    assert day.monitor.address(day.odd.url("/500"))[2] == 1
