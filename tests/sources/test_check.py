"""`dealwatch sources list` and `check`: every address tried, what is wrong said, `checked:` written only when asked."""

import json
import threading
from datetime import UTC, datetime

import yaml

from tests.crawler.outlet import Outlet, Reply, item, rss
from tests.sources.conftest import Desk

TODAY = datetime.now(UTC).date().isoformat()


def source(desk: Desk, name: str, outlet: Outlet, discover: dict[str, object], **keys: object) -> None:
    politeness = {"delay": 0, "allow_private": True, "deadline": 20, **keys.pop("politeness", {})}  # type: ignore[dict-item]
    data = {"name": name, "title": name, "homepage": outlet.url("/"), "discover": discover, "politeness": politeness}
    text = "# A comment to keep.\n" + yaml.safe_dump({**data, **keys}, sort_keys=False) + "checked: null  # never\n"
    desk.file(name).write_text(text)


def test_each_address_is_tried_and_each_trouble_named(desk: Desk) -> None:
    fine, bad, slow = desk.outlet(), desk.outlet(), desk.outlet()
    gate = threading.Event()
    fine.feed(
        "/feed", item(fine.url("/2026/a"), "A", at="Mon, 16 Nov 2026 08:00:00 GMT"), item(fine.url("/tag/b"), "B")
    )
    index = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{fine.url('/map1')}</loc></sitemap></sitemapindex>"
    fine.serve("/map", Reply(index.encode(), type="application/xml"))
    fine.serve("/map1", Reply(f"<urlset><url><loc>{fine.url('/2026/c')}</loc></url></urlset>".encode()))
    bad.serve("/page", Reply(b"<html><body>Sorry</body></html>"))
    bad.serve("/none", Reply(rss(), type="application/rss+xml"))
    bad.feed("/other", item(bad.url("/x/1"), "X"))
    bad.serve("/forbidden", Reply(b"", 403))
    bad.serve("/robots.txt", Reply(b"User-agent: *\nDisallow: /secret\n", type="text/plain"))
    slow.serve("/feed", Reply(b"", gate=gate))
    addresses = [bad.url(path) for path in ("/page", "/none", "/other", "/forbidden", "/secret", "/404")]
    source(desk, "fine", fine, {"feeds": [fine.url("/feed")], "sitemaps": [fine.url("/map")]}, include=["/20\\d\\d/"])
    source(desk, "bad", bad, {"feeds": addresses}, include=["/20\\d\\d/"])
    source(desk, "slow", slow, {"feeds": [slow.url("/feed")]}, politeness={"deadline": 0.5})

    before = {name: desk.file(name).read_text() for name in ("fine", "bad", "slow")}
    result = desk.run("sources", "check", "--json")
    gate.set()
    assert result.code == 3
    assert {name: desk.file(name).read_text() for name in before} == before, "nothing is written unasked"
    rows = {row["url"]: row for row in result.rows}
    feed, sitemap = rows[fine.url("/feed")], rows[fine.url("/map")]
    assert (feed["status"], feed["found"], feed["links"], feed["articles"], feed["newest"], feed["ok"]) == (
        200,
        "feed",
        2,
        1,
        "2026-11-16T08:00:00Z",
        True,
    )
    assert (sitemap["found"], sitemap["links"], sitemap["ok"]) == ("sitemap index", 1, True)
    assert [rows[url]["problem"] for url in addresses] == [
        "the feed is an HTML page, not XML",
        "holds no links",
        "none of its 1 links fits include and exclude",
        "answered 403 Forbidden",
        "forbidden by robots.txt",
        "answered 404 Not Found",
    ]
    assert rows[slow.url("/feed")]["problem"] == "no complete answer in time"
    assert bad.hits("/secret") == 0
    assert len(result.err.splitlines()) == 7

    written = desk.run("sources", "check", "fine", "bad", "--write")
    assert written.code == 3
    assert "1 of 2 sources are in order" in written.out
    assert f"no pattern fits links such as {bad.url('/x/1')}" in written.out
    assert desk.file("fine").read_text() == before["fine"].replace("checked: null  # never", f"checked: {TODAY}")
    assert desk.file("bad").read_text() == before["bad"]


def test_list_names_every_source_and_asks_nobody(desk: Desk) -> None:
    outlet = desk.outlet()
    source(desk, "paper", outlet, {"feeds": [outlet.url("/feed")]}, schedule="5 * * * *", language="zh")
    table = desk.run("sources", "list")
    assert table.code == 0
    assert "paper" in table.out
    assert "5 * * * *" in table.out
    assert "1 source\n" in table.out
    [row] = desk.run("sources", "list", "--json").rows
    assert (row["name"], row["language"], row["discover"]["feeds"]) == ("paper", "zh", [outlet.url("/feed")])
    assert outlet.asked == []


def test_a_broken_watchlist_asks_nobody(desk: Desk) -> None:
    outlet = desk.outlet()
    source(desk, "paper", outlet, {"feeds": [outlet.url("/feed")]}, include=["("])
    result = desk.run("sources", "check")
    assert result.code == 2
    assert f"{desk.file('paper')}:" in result.err
    assert "include.0: is not a regular expression" in result.err
    assert outlet.asked == []


def test_a_name_that_is_not_there(desk: Desk) -> None:
    result = desk.run("sources", "check", "nobody")
    assert (result.code, result.err) == (
        2,
        "dealwatch: nobody: no such source; dealwatch sources list names them all\n",
    )
    assert json.dumps(result.out) == '""'
