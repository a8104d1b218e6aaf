"""`dealwatch crawl` and Scrapy's own commands, as people type them."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from crawler.report import CrawlReport, complaints
from dealwatch.archive import Archive
from tests.crawler.conftest import Monitor
from tests.crawler.outlet import Outlet, Reply, article, item

ROOT = Path(__file__).resolve().parents[2]


def run(monitor: Monitor, command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a console script of the environment that runs the tests."""
    script = Path(sys.executable).with_name(command)
    paths = {"DEALWATCH_DB": str(monitor.db), "DEALWATCH_WATCHLIST": str(monitor.watchlist)}
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [script, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**clean, **paths, **environment},
    )


@pytest.fixture
def outlet(monitor: Monitor) -> Outlet:
    outlet = monitor.outlet()
    outlet.page("/story", "Alibaba opens a shop")
    outlet.feed("/feed", item(outlet.url("/story"), "Story"))
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]})
    return outlet


def test_figures_and_one_line_a_failed_source(monitor: Monitor, outlet: Outlet) -> None:
    monitor.source("broken", outlet.url("/broken"), {"feeds": [outlet.url("/nothing")]})
    result = run(monitor, "dealwatch", "crawl")
    assert result.returncode == 3
    assert "2 sources: 4 requests, 0 answered 304, 1 pages fetched, 1 new articles" in result.stdout
    assert result.stderr == f"dealwatch: broken: failed: feed {outlet.url('/nothing')}: answered 404 Not Found\n"
    again = run(monitor, "dealwatch", "crawl", "outlet", "--json")
    assert again.returncode == 0
    report = json.loads(again.stdout)
    assert (report["source"], report["state"], report["not_modified"], report["pages"]) == ("outlet", "done", 1, 0)


def test_one_line_says_what_was_wrong_with_pages(monitor: Monitor) -> None:
    outlet = monitor.outlet()
    ahead = format_datetime(datetime.now(UTC) + timedelta(days=400))
    items = [item(outlet.url(f"/{name}"), "Alibaba opens a shop") for name in ("empty", "shut", "bad", "worse")]
    outlet.feed("/feed", *items, item(outlet.url("/ahead"), "Soon", at=ahead))
    outlet.serve("/empty", Reply(b""))
    outlet.serve("/shut", Reply(b"", 403))
    outlet.serve("/bad", Reply(b"", 500))
    outlet.serve("/worse", Reply(b"", 500))
    outlet.page("/ahead", "Soon")
    monitor.source("outlet", outlet.url(), {"feeds": [outlet.url("/feed")]}, politeness={"concurrency": 1})
    result = run(monitor, "dealwatch", "crawl")
    assert result.returncode == 0
    assert sorted(result.stderr.splitlines()) == [
        "dealwatch: outlet: 403 Forbidden; the feed's words stand in (1 page)",
        "dealwatch: outlet: a time in the future, taken as the time it was found (1 page)",
        f"dealwatch: outlet: {outlet.url('/bad')}: 500 Internal Server Error (and 1 more)",
        "dealwatch: outlet: the page is empty; the feed's words stand in (1 page)",
    ]


def test_an_archive_that_cannot_be_written_is_one_line_for_all(monitor: Monitor, outlet: Outlet) -> None:
    monitor.source("other", outlet.url("/other"), {"feeds": [outlet.url("/feed?other")]})
    Archive.open(monitor.db).close()
    with sqlite3.connect(monitor.db, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        result = run(monitor, "dealwatch", "crawl")
        holder.execute("ROLLBACK")
    assert result.returncode == 2
    said = "is locked by another process for over 10 s; end that process or try again"
    assert result.stderr == f"dealwatch: {monitor.db}: {said}\n"
    assert outlet.asked == []


def test_what_befell_many_sources_is_one_line() -> None:
    full = [CrawlReport(f"s{n}", "failed", error="the disk is full") for n in range(14)]
    names = ", ".join(f"s{n}" for n in range(12))
    assert complaints([*full, CrawlReport("fine", "done")]) == [f"{names} and 2 more: failed: the disk is full"]
    odd = CrawlReport("odd", "done", remarks=Counter({"a": 4, "b": 3, "c": 2, "d": 1}))
    assert complaints([odd])[-2:] == ["odd: c (2 pages)", "odd: and the like (1 page)"]


def test_a_wrong_watchlist_or_archive_fetches_nothing(monitor: Monitor, outlet: Outlet) -> None:
    (monitor.watchlist / "sources" / "typo.yaml").write_text("name: typo\ntitel: Typo\n", "utf-8")
    result = run(monitor, "dealwatch", "crawl", "outlet")
    assert result.returncode == 2
    assert "typo.yaml:2: titel: is not a known key" in result.stderr
    (monitor.watchlist / "sources" / "typo.yaml").unlink()
    unknown = run(monitor, "dealwatch", "crawl", "outlets")
    assert unknown.returncode == 2
    assert "outlets: no such source; did you mean outlet?" in unknown.stderr
    monitor.db.parent.mkdir()
    monitor.db.write_text("these are my recipes")
    foreign = run(monitor, "dealwatch", "crawl")
    assert foreign.returncode == 2
    assert f"{monitor.db}: is not a SQLite file" in foreign.stderr
    assert foreign.stderr.count("\n") == 1
    assert outlet.asked == []


def test_a_forward_proxy_from_the_environment_is_used(monitor: Monitor) -> None:
    """The proxy resolves the names: the outlet's own does not exist anywhere else."""
    proxy = monitor.outlet()
    proxy.serve("http://www.outlet.example/robots.txt", Reply(b"", type="text/plain"))
    proxy.feed("http://www.outlet.example/feed", item("http://www.outlet.example/story", "Story"))
    proxy.serve("http://www.outlet.example/story", Reply(article("Alibaba opens a shop")))
    proxy.feed("http://10.0.0.1/feed", item("http://10.0.0.1/story", "Story"))
    strict = {"politeness": {"allow_private": False}}
    monitor.source("outlet", "http://www.outlet.example/", {"feeds": ["http://www.outlet.example/feed"]}, **strict)
    monitor.source("inward", "http://10.0.0.1/", {"feeds": ["http://10.0.0.1/feed"]}, **strict)
    result = run(monitor, "dealwatch", "crawl", http_proxy=proxy.url())
    assert monitor.articles("outlet") == ["Alibaba opens a shop"]
    assert result.returncode == 3
    assert "inward: failed: feed http://10.0.0.1/feed: refused address" in result.stderr
    assert all("10.0.0.1" not in path for path, _ in proxy.asked)


def test_scrapys_own_commands(monitor: Monitor, outlet: Outlet) -> None:
    assert run(monitor, "scrapy", "list").stdout == "news\n"
    result = run(monitor, "scrapy", "crawl", "news", "-a", "source=outlet")
    assert result.returncode == 0, result.stderr
    assert monitor.articles("outlet") == ["Alibaba opens a shop"]
    assert monitor.rows("select source, state, new_articles from crawls") == [("outlet", "done", 1)]
    outlet.serve("/feed", Reply(b"", 500))
    again = run(monitor, "scrapy", "crawl", "news", "-a", "source=outlet")
    assert f"outlet: failed: feed {outlet.url('/feed')}: answered 500 Internal Server Error" in again.stderr
    shell = run(monitor, "scrapy", "shell", outlet.url("/story"), "-c", "response")
    assert "127.0.0.1 leads inward" in shell.stderr, "the shell keeps to the guard, and says so"
    asked = dict(outlet.asked[-1][1])
    assert asked["User-Agent"].startswith("Dealwatch/")
    assert "Referer" not in asked and "Cookie" not in asked
