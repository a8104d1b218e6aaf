"""What a review of the crawler found: each once went wrong."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.http import Response

from crawler.discovery.base import AT_LEAST, Place, deep_enough, found
from crawler.spiders.news import NewsSpider
from crawler.verdict import is_door
from dealwatch.address import LONGEST, canonical
from dealwatch.archive.frontier import Found
from dealwatch.watchlist.sources import Source
from tests.crawler.conftest import Monitor
from tests.crawler.outlet import Reply, item

NOW = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("tail", ["/amp" * 15_000 + "/x", ".amp" * 15_000 + ".x", "/%61mp" * 10_000])
def test_a_long_address_is_refused_before_it_is_read(tail: str) -> None:
    started = time.process_time()
    assert canonical(f"https://outlet.com{tail}") == ""
    assert found(tail, "https://outlet.com/") is None
    assert time.process_time() - started < 0.5
    assert canonical("https://outlet.com/" + "a" * (LONGEST - 19)) != ""


def test_undated_links_do_not_push_out_the_news() -> None:
    undated = [Found(f"https://o.com/page{n}", f"o.com/page{n}") for n in range(500)]
    news = [Found(f"https://o.com/n{n}", f"o.com/n{n}", modified=NOW - timedelta(hours=n)) for n in range(150)]
    assert deep_enough([*undated, *news], NOW, None) == news
    few = deep_enough([*undated, *news[:10]], NOW, None)
    assert few[:10] == news[:10]
    assert len(few) == AT_LEAST


@pytest.mark.parametrize(
    ("url", "door"),
    [
        ("https://a.com/login", True),
        ("https://a.com/account/sign-in?next=/x", True),
        ("https://a.com/consent.html", True),
        ("https://a.com/2026/01/login-giant-buys-shop/", False),
        ("https://a.com/news/authentic-brands-buys-x", False),
    ],
)
def test_a_login_page_is_no_article(url: str, door: bool) -> None:
    assert is_door(url) is door


def test_a_redirect_to_another_inward_host_is_refused(monitor: Monitor) -> None:
    outlet, secret = monitor.outlet(), monitor.outlet()
    secret.page("/secret", "The intranet's own page")
    elsewhere = secret.url("/secret").replace("127.0.0.1", "127.0.0.2")
    outlet.serve("/story", Reply(status=302, headers={"Location": elsewhere}))
    outlet.feed("/feed", item(outlet.url("/story"), "Story"))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]})
    monitor.crawl()
    assert secret.hits("/secret") == 0
    assert monitor.address(outlet.url("/story"))[0] == "refused"


def test_a_login_page_does_not_stand_in_for_the_story(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    outlet.page("/login", "Log in to read on")
    stories = [outlet.url(f"/story-{number}") for number in range(3)]
    for number in range(3):
        outlet.serve(f"/story-{number}", Reply(status=302, headers={"Location": outlet.url("/login")}))
    outlet.feed("/feed", *(item(url, f"Story at {url[-1]}", summary="Alibaba opens a shop.") for url in stories))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]})
    monitor.crawl()
    assert monitor.articles("outlet") == ["Story at 0", "Story at 1", "Story at 2"]
    assert monitor.rows("select distinct text_source from articles") == [("feed",)]


def test_corrected_patterns_take_articles_of_an_unchanged_feed(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    outlet.page("/story", "Alibaba opens a shop")
    outlet.feed("/feed", item(outlet.url("/story"), "Story"))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, include=["/stroy"])
    assert monitor.crawl()["outlet"].counts.discovered == 0
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, include=["/story"])
    assert monitor.crawl()["outlet"].counts.new_articles == 1


class Broken(NewsSpider):
    """An outlet's own code with a mistake in it, told by the source's name."""

    def places(self, source: Source, since: datetime | None) -> Iterable[Place]:
        if source.name == "no-places":
            raise RuntimeError("no places")
        return super().places(source, since)

    def article(self, response: Response) -> bytes:
        raise RuntimeError("no article")


def test_a_mistake_in_an_outlets_own_code_ends_that_outlet_alone(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    outlet.page("/story", "Alibaba opens a shop")
    outlet.feed("/feed", item(outlet.url("/story"), "Story"))
    outlet.page("/other", "Alibaba opens another shop")
    outlet.feed("/feed2", item(outlet.url("/other"), "Other"))
    own = f"{Broken.__module__}.Broken"
    monitor.source("no-places", outlet.url("/1"), {"feeds": [outlet.url("/feed3")]}, spider=own)
    monitor.source("no-article", outlet.url("/2"), {"feeds": [outlet.url("/feed")]}, spider=own)
    monitor.source("sound", outlet.url("/3"), {"feeds": [outlet.url("/feed2")]})
    reports = monitor.crawl()
    assert (reports["no-places"].state, reports["no-places"].error) == ("failed", "RuntimeError: no places")
    assert reports["sound"].counts.new_articles == 1
    assert monitor.address(outlet.url("/story")) == ("pending", "RuntimeError: no article", 1)
    monitor.crawl("no-article")
    assert outlet.hits("/story") == 1, "what failed waits before it is asked for again"


def test_the_target_of_a_redirect_is_not_fetched_once_more(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    outlet.serve("/old", Reply(status=301, headers={"Location": outlet.url("/new")}))
    outlet.page("/new", "Alibaba opens a shop")
    between = [f"/between-{number}" for number in range(4)]
    for path in between:
        outlet.page(path, f"Alibaba opens {path}")
    times = {path: f"Mon, 16 Nov 2026 0{9 - n}:00:00 GMT" for n, path in enumerate(["/old", *between, "/new"])}
    outlet.feed("/feed", *(item(outlet.url(path), path, at=at) for path, at in times.items()))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, politeness={"concurrency": 1})
    monitor.crawl()
    assert len(monitor.articles("outlet")) == 5
    assert outlet.hits("/new") == 1
    assert monitor.address(outlet.url("/new"))[0] == "done"
