"""How crawls begin, go on and end: killed, stopped, hung, locked out, resumed, changed."""

import os
import signal
import threading
import time
from datetime import date

from crawler.locks import SourceLock, is_locked
from tests.crawler.conftest import Monitor
from tests.crawler.outlet import Outlet, Reply, article, item, rss


def _stories(outlet: Outlet, count: int, **reply: object) -> list[str]:
    for number in range(count):
        outlet.serve(f"/story-{number}", Reply(article(f"Alibaba opens shop number {number}"), **reply))  # type: ignore[arg-type]
    return [item(outlet.url(f"/story-{number}"), f"Story {number}") for number in range(count)]


def test_what_was_discovered_survives_kill_9_and_is_fetched_by_the_next_crawl(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    gate = threading.Event()
    items = _stories(outlet, 6)
    outlet.serve("/story-3", Reply(article("Alibaba opens shop number 3"), gate=gate))
    outlet.feed("/feed", *items)
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, politeness={"concurrency": 1})
    process, _ = monitor.start()
    outlet.wait_for("/story-3")
    assert is_locked(monitor.db, "outlet")
    process.kill()
    process.join()
    gate.set()
    assert not is_locked(monitor.db, "outlet")
    assert monitor.rows("select state from crawls") == [("running",)]
    assert monitor.rows("select count(*) from addresses") == [(6,)]

    report = monitor.crawl()["outlet"]
    assert report.counts.not_modified == 1  # the feed has not changed: what waits comes from the archive
    assert len(monitor.articles("outlet")) == 6
    assert monitor.rows("select count(*) from addresses where state != 'done'") == [(0,)]
    assert monitor.rows("select state from crawls order by id") == [("interrupted",), ("done",)]


def test_sigterm_ends_a_crawl_cleanly_within_ten_seconds(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    gate = threading.Event()
    items = _stories(outlet, 3)
    outlet.serve("/story-1", Reply(gate=gate))
    outlet.feed("/feed", *items)
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, politeness={"concurrency": 1})
    process, reader = monitor.start()
    outlet.wait_for("/story-1")
    began = time.monotonic()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGTERM)
    [report] = reader.recv()
    process.join(10)
    gate.set()
    assert time.monotonic() - began < 10
    assert process.exitcode == 0
    assert report.state == "interrupted"
    assert monitor.rows("select state, ended_at is not null from crawls") == [("interrupted", 1)]
    assert monitor.rows("select count(*), sum(attempts) from addresses where state = 'pending'") == [(2, 0)]


def test_a_source_that_hangs_is_ended_at_its_deadline_while_the_others_go_on(monitor: Monitor) -> None:
    hanging, outlet = monitor.outlet(), monitor.outlet()
    gate = threading.Event()
    hanging.serve("/feed", Reply(gate=gate))
    monitor.source("hanging", hanging.url(), {"feeds": [hanging.url("/feed")]}, politeness={"deadline": 1})
    slow = monitor.outlet()
    slow.feed("/feed", *_stories(slow, 3))
    monitor.source("slow", slow.url(), {"feeds": [slow.url("/feed")]}, politeness={"deadline": 1, "delay": 60})
    outlet.feed("/feed", *_stories(outlet, 3))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]})
    began = time.monotonic()
    reports = monitor.crawl()
    gate.set()
    assert time.monotonic() - began < 8
    assert reports["hanging"].state == reports["slow"].state == "deadline"
    assert "ended at its deadline of 1 s" in (reports["hanging"].error or "")
    assert reports["outlet"].state == "done"
    assert len(monitor.articles("outlet")) == 3


def test_a_source_is_crawled_once_at_a_time(monitor: Monitor) -> None:
    outlet, other = monitor.outlet(), monitor.outlet()
    outlet.feed("/feed", *_stories(outlet, 1))
    other.feed("/feed", *_stories(other, 1))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]})
    monitor.source("other", other.url(), {"feeds": [other.url("/feed")]})
    monitor.db.parent.mkdir()
    lock = SourceLock(monitor.db, "outlet")
    assert lock.take()
    assert not SourceLock(monitor.db, "outlet").take()
    reports = monitor.crawl()
    assert reports["outlet"].state == "skipped"
    assert outlet.asked == []
    assert reports["other"].state == "done"
    lock.release()
    assert monitor.crawl("outlet")["outlet"].counts.new_articles == 1


def test_a_500_is_tried_again_later_and_heals(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    outlet.feed("/feed", item(outlet.url("/story"), "Story"))
    outlet.serve("/story", Reply(b"", 503, headers={"Retry-After": "86400"}), Reply(article("Alibaba opens a shop")))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]})
    assert monitor.crawl()["outlet"].counts.errors == 1
    assert monitor.address(outlet.url("/story")) == ("pending", "503 Service Unavailable", 1)
    hours = "(julianday(next_try_at) - julianday(discovered_at)) * 24"
    [(wait,)] = monitor.rows(f"select {hours} from addresses")
    assert 23.9 < wait < 24.1
    monitor.change("update addresses set next_try_at = '2026-01-01T00:00:00Z'")
    assert monitor.crawl()["outlet"].counts.new_articles == 1
    assert monitor.address(outlet.url("/story")) == ("done", None, 0)


def test_a_known_article_is_fetched_again_only_when_the_feed_says_that_it_changed(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    url = outlet.url("/story")

    def atom(updated: str) -> Reply:
        entry = f"<entry><title>Story</title><link href='{url}'/><id>{url}</id><updated>{updated}</updated></entry>"
        feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{entry}</feed>"
        return Reply(feed.encode(), type="application/atom+xml")

    outlet.serve("/feed", atom("2026-11-01T08:00:00Z"), atom("2026-11-01T08:00:00Z"), atom("2026-11-02T08:00:00Z"))
    outlet.serve("/story", Reply(article("Alibaba opens a shop")), Reply(article("Alibaba opens two shops")))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]})
    assert monitor.crawl()["outlet"].counts.new_articles == 1
    assert monitor.crawl()["outlet"].counts.pages == 0
    counts = monitor.crawl()["outlet"].counts
    assert (counts.pages, counts.new_articles, counts.new_versions) == (1, 0, 1)
    assert outlet.hits("/story") == 2
    assert monitor.articles("outlet") == ["Alibaba opens two shops"]


def test_max_pages_leaves_the_rest_to_the_next_crawl_newest_first(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    _stories(outlet, 4)
    outlet.feed(
        "/feed", *(item(outlet.url(f"/story-{n}"), "Story", at=f"1{n} Nov 2026 08:00:00 GMT") for n in (0, 1, 2, 3))
    )
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, politeness={"max_pages": 3})
    assert monitor.crawl()["outlet"].counts.pages == 3
    assert [outlet.hits(f"/story-{number}") for number in range(4)] == [0, 1, 1, 1]
    assert monitor.crawl()["outlet"].counts.pages == 1
    assert outlet.hits("/story-0") == 1


def test_crawl_delay_and_delay_are_kept(monitor: Monitor) -> None:
    robots, file = monitor.outlet(), monitor.outlet()
    for outlet in (robots, file):
        outlet.feed("/feed", *_stories(outlet, 1))
    robots.serve("/robots.txt", Reply(b"User-agent: Dealwatch\nCrawl-delay: 0.3\n", type="text/plain"))
    monitor.source("robots", robots.url(), {"feeds": [robots.url("/feed")]})
    monitor.source("file", file.url(), {"feeds": [file.url("/feed")]}, politeness={"delay": 0.3})
    for name in ("robots", "file"):
        report = monitor.crawl(name)[name]
        assert report.counts.requests == 3
        assert report.seconds > 0.6, name


def test_since_walks_further_back(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    _stories(outlet, 6)
    for page in (1, 2, 3):
        links = "".join(f"<a href='/story-{n}'>Story</a>" for n in (2 * page - 2, 2 * page - 1))
        outlet.serve(f"/news/{page}", Reply(f"<html><body>{links}<a href='/about'>About</a></body></html>".encode()))
    listing = {"url": outlet.url("/news/{page}"), "links": "/story-"}
    monitor.source("outlet", outlet.url(), {"listings": [listing]})
    assert monitor.crawl()["outlet"].counts.new_articles == 2
    assert outlet.hits("/news/2") == 0
    assert monitor.crawl(since=date(2026, 1, 1))["outlet"].counts.new_articles == 4
    assert monitor.rows("select trigger, state from crawls order by id") == [("hand", "done"), ("backfill", "done")]
    assert outlet.hits("/about") == 0


def test_due_sources_alone(monitor: Monitor) -> None:
    outlet, other = monitor.outlet(), monitor.outlet()
    for source in (outlet, other):
        source.feed("/feed", *_stories(source, 1))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, schedule="0 0 1 1 *")
    monitor.source("other", other.url(), {"feeds": [other.url("/feed")]}, schedule="* * * * *")
    assert set(monitor.crawl(due=True)) == {"outlet", "other"}
    monitor.change("update crawls set started_at = '2026-11-20T00:00:00Z'")
    assert set(monitor.crawl(due=True)) == {"other"}


def test_an_index_is_always_read_and_its_maps_are_asked_conditionally(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    _stories(outlet, 2)

    def urlset(number: int) -> Reply:
        stamp = "<lastmod>2026-11-20T08:00:00+00:00</lastmod>"
        news = (
            "<news:news><news:publication_date>2026-11-20T08:00:00Z</news:publication_date><news:title>A</news:title>"
        )
        body = (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
            ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
            f"<url><loc>{outlet.url(f'/story-{number}')}</loc>{stamp}{news}</news:news></url></urlset>"
        )
        return Reply(body.encode(), type="application/xml", conditional=True)

    maps = "".join(f"<sitemap><loc>{outlet.url(f'/map-{number}.xml')}</loc></sitemap>" for number in (0, 1))
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>'
    outlet.serve("/index.xml", Reply(index.encode(), type="application/xml", conditional=True))
    outlet.serve("/map-0.xml", urlset(0))
    outlet.serve("/map-1.xml", urlset(1))
    monitor.source("outlet", outlet.url(), {"news_sitemaps": [outlet.url("/index.xml")]})
    assert monitor.crawl()["outlet"].counts.new_articles == 2
    counts = monitor.crawl()["outlet"].counts
    assert (counts.pages, counts.not_modified) == (0, 2)


def test_validators_are_stored_only_with_the_links_they_brought(monitor: Monitor) -> None:
    """A walk of several pages that breaks off must not look complete to the next crawl."""
    outlet = monitor.outlet()
    _stories(outlet, 4)
    for page in (1, 2):
        links = "".join(f"<a href='/story-{n}'>Story</a>" for n in (2 * page - 2, 2 * page - 1))
        outlet.serve(f"/news/{page}", Reply(f"<html><body>{links}</body></html>".encode(), conditional=True))
    first, gate = outlet, threading.Event()
    second_page = Reply(b"<html><body><a href='/story-2'>x</a><a href='/story-3'>x</a></body></html>")
    first.serve("/news/2", Reply(gate=gate), second_page)
    monitor.source("outlet", outlet.url(), {"listings": [{"url": outlet.url("/news/{page}"), "pages": 2}]})
    process, _ = monitor.start()
    outlet.wait_for("/news/2")
    process.kill()
    process.join()
    gate.set()
    assert monitor.crawl()["outlet"].counts.new_articles == 4
    assert monitor.crawl()["outlet"].counts.not_modified == 1


def test_a_feed_of_garbage_after_a_good_one_loses_nothing(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    outlet.serve(
        "/feed", Reply(rss(*_stories(outlet, 2))), Reply(b"\x00\xff\xfe not a feed"), Reply(rss(*_stories(outlet, 3)))
    )
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]})
    assert [monitor.crawl()["outlet"].state for _ in range(3)] == ["done", "failed", "done"]
    assert len(monitor.articles("outlet")) == 3
