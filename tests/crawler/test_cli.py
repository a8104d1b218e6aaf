"""`dealwatch crawl` and Scrapy's own commands, as people type them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    asked = dict(outlet.asked[-1][1])
    assert asked["User-Agent"].startswith("Dealwatch/")
    assert "Referer" not in asked and "Cookie" not in asked
