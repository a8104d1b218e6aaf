"""The review page over 100,000 deals in 300,000 stories: p95 of queue, filters, search and decisions, and page weight.

python -m benchmarks.review [--deals 100000] [--keep FILE]

Limits: pages 100 ms, decisions 50 ms, weight of a page 150 KB. Measured at the app itself: HTTP and network left out.
"""

import argparse
import asyncio
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.exports import COPY_STEP, fill
from dealwatch.archive import Archive
from dealwatch.archive.search import spaced
from dealwatch.review.app import Review
from dealwatch.review.desk import Office
from dealwatch.review.doors import Links
from dealwatch.review.people import People

ROUNDS = 20
CHINESE = ("JD.com", "Tmall", "Pinduoduo", "Alibaba", "Temu", "Shein", "Meituan", "Suning", "Cainiao", "Xiaohongshu")
PAGES = {
    "queue": "/",
    "a later page": "/?start=40005",
    "filter: type": "/?type=exit",
    "filter: direction": "/?direction=inbound",
    "filter: status": "/?status=completed&status=announced",
    "filter: party": "/?party=JD.com",
    "filter: source": "/?source=source-07",
    "filter: language": "/?lang=zh",
    "filter: since": "/?since=30d",
    "filter: state": "/?state=confirmed",
    "filter: all at once": "/?type=exit&direction=inbound&lang=en&since=52w&party=Tmall&state=all",
    "search: rare": "/?state=all&q=%22brand+777%22",
    "search: a word of every fourth story": "/?state=all&q=store",
    "search: a word of all stories": "/?state=all&q=platform",
    "search: Chinese": f"/?state=all&q={quote('京东')}",
    "search and filter": "/?q=store+opened&type=storefront",
    "deal": "/deals/4003",
    "exports": "/exports",
    "charts": "/charts?since=260w",
    "sources": "/sources",
    "lessons": "/lessons",
}
SEARCHES = (
    *(f"brand {number}" for number in range(40, 4840, 300)), *CHINESE, "store", "shop opened", "京东", "京东国际",
    "品牌签约", "store brand 12", '"opened a store"', "first 京东", "brand 7 京东", "shop 签约", "platform",
    "nowhere to be found",
)  # fmt: skip
"""What people look for: names mostly, some words of many stories, one of all. Each is asked once, so none is remembered
from the time before."""
UNLIMITED = ("charts", "sources", "lessons", "exports")
"""Pages to look at now and then: shown, not held to the limit."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="Keep the archive as FILE, and use it where it is there already.")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        db = given.keep or Path(folder) / "deals.db"
        if not db.exists():
            fill(db, given.deals)
            widen(db)
        asyncio.run(measure(db, Path(folder)))


_MIX = f"(({{id}} / {COPY_STEP} * {{times}} + {{id}}) % {{among}})"
"""A number below `among` that differs among neighbours and among the copies that fill the archive."""
_COPIED = {
    "articles": {"id": "id + :add", "key": "key || '/' || :add", "url": "url || '/' || :add"},
    "article_versions": {"id": "id + :add", "article_id": "article_id + :add"},
    "mentions": {"id": "id + :add", "article_id": "article_id + :add", "version_id": "version_id + :add"},
    "mention_parties": {"mention_id": "mention_id + :add"},
}


def mix(key: str, times: int, among: int) -> str:
    return _MIX.format(id=key, times=times, among=among)


def widen(db: Path) -> None:
    """Three stories a deal, with texts to search, many sources, parties, days and languages, some decided."""
    with closing(sqlite3.connect(db)) as connection:
        connection.create_function("spaced", 1, spaced, deterministic=True)
        connection.create_function("chinese", 1, lambda number: CHINESE[number], deterministic=True)
        last = connection.execute("SELECT max(id) FROM articles").fetchone()[0]
        for number in (1, 2):
            for table, changed in _COPIED.items():
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                values = ", ".join(changed.get(name, name) for name in columns)
                connection.execute(
                    f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {next(iter(changed))} <= :last",
                    {"add": number * (last + 1), "last": last},
                )
        connection.executemany(
            "INSERT INTO sources (name, first_seen_at) VALUES (?, '2020-01-01T00:00:00Z')",
            [(f"source-{number:02}",) for number in range(100)],
        )
        for statement in _spread():
            connection.execute(statement)
        connection.commit()


def _spread() -> list[str]:
    ago = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-' || ({days}) || ' days')"
    days = mix("id", 11, 700)
    parties = [
        f"UPDATE {table} SET name = iif(side = 'chinese', chinese({mix(key, 3, len(CHINESE))}),"
        f" 'Brand ' || {mix(key, 17, 5000)})"
        for table, key in (("deal_parties", "deal_id"), ("mention_parties", "mention_id"))
    ]
    return [
        f"UPDATE articles SET source = printf('source-%02d', {mix('id', 7, 100)}),"
        f" lang = iif({mix('id', 1, 3)}, 'en', 'zh')",
        *parties,
        f"UPDATE deals SET last_at = {ago.format(days=days)}, first_at = {ago.format(days=days + ' + 3')},"
        f" direction = iif({mix('id', 1, 3)}, 'inbound', 'outbound'), score = 0.5 + {mix('id', 7, 499)} / 1000.0,"
        f" status = CASE {mix('id', 1, 4)} WHEN 0 THEN 'reported' WHEN 1 THEN 'completed' ELSE 'announced' END",
        f"UPDATE alerts SET state = CASE {mix('id', 1, 10)} WHEN 1 THEN 'confirmed' WHEN 2 THEN 'dismissed'"
        " ELSE 'waiting' END",
        "INSERT INTO decisions (alert_id, revision, person, at, action, reason) SELECT id, 1, 'ann',"
        " '2026-01-01T00:00:00Z', iif(state = 'confirmed', 'confirm', 'dismiss'),"
        " iif(state = 'confirmed', NULL, 'not a deal') FROM alerts WHERE state <> 'waiting'",
        "DELETE FROM article_search",
        "INSERT INTO article_search (rowid, title, text) SELECT id, title, spaced("
        f"'Brand ' || {mix('id', 17, 5000)} || iif({mix('id', 1, 4)}, ' opened a shop', ' opened a store')"
        f" || ' on a platform. ' || iif({mix('id', 1, 7)}, 'It is the first.', '京东国际与品牌签约')"
        " || hex(randomblob(60))) FROM articles",
        "ANALYZE",
    ]


class Browser:
    """Asks the app directly, with the cookies of a logged-in reviewer."""

    def __init__(self, app: Any) -> None:
        self.app, self.cookies = app, dict[str, str]()

    async def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        place, _, query = path.partition("?")
        body = urlencode(form).encode() if form is not None else b""
        headers = [
            (b"host", b"127.0.0.1"),
            (b"cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()).encode()),
        ]
        if form is not None:
            headers += [(b"content-type", b"application/x-www-form-urlencoded"), (b"accept", b"application/json")]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "root_path": "",
            "method": "GET" if form is None else "POST",
            "path": place,
            "raw_path": place.encode(),
            "query_string": query.encode(),
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        for name, value in sent[0]["headers"]:
            if name == b"set-cookie":
                key, _, rest = value.decode().partition("=")
                self.cookies[key] = rest.split(";")[0]
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


async def measure(db: Path, folder: Path) -> None:
    (folder / "watchlist").mkdir()
    (folder / "watchlist" / "channels.yaml").write_text("channels: []\n")
    with Archive.open(db, readonly=True) as archive:
        numbers = [archive.value(f"SELECT count(*) FROM {table}") for table in ("deals", "articles")]
    links = Links("ann")
    started = time.perf_counter()
    office = Office(db, folder / "watchlist")
    print(f"{numbers[0]} deals, {numbers[1]} stories, {db.stat().st_size / 1e6:.0f} MB;"
          f" the server was ready after {time.perf_counter() - started:.1f} s")  # fmt: skip
    try:
        browser = Browser(Review(office, People.beside(folder / "people"), links, ["127.0.0.1"], https=False).app)
        await browser.ask(f"/login?token={links.make()}")
        await browser.ask("/")  # templates are compiled at first use
        print(f"{'page':38} {'median':>9} {'p95':>9} {'weight':>9} {'processor, p95':>9}")
        asked = {name: [path] * (3 if name in UNLIMITED else ROUNDS) for name, path in PAGES.items()}
        asked[f"{len(SEARCHES)} searches, each for the first time"] = [
            f"/?state=all&q={quote(words)}" for words in SEARCHES
        ]
        for name, paths in asked.items():
            times, worked, weight = [], [], 0
            for path in paths:
                began, busy = time.perf_counter(), time.process_time()
                status, text = await browser.ask(path)
                times.append(time.perf_counter() - began)
                worked.append(time.process_time() - busy)
                weight = max(weight, len(text.encode()))
                if status != 200:
                    raise SystemExit(f"{path}: {status} {text[:300]}")
            _print(name, times, weight, 0.1 if name not in UNLIMITED else None, worked)
        await _decisions(browser)
    finally:
        office.close()


async def _decisions(browser: Browser) -> None:
    times: dict[str, list[float]] = {"confirm": [], "dismiss": [], "undo": []}
    for round_ in range(5):
        _, text = await browser.ask(f"/?start={round_ * 300}")
        cards = re.findall(r'name="csrftoken" value="([^"]+)"><input type="hidden" name="alert" value="(\d+)">'
                           r'<input type="hidden" name="revision" value="(\d+)"><input type="hidden" name="seen"'
                           r' value="(\d+)">.{0,400}?class="main">Confirm', text, re.S)  # fmt: skip
        for number, (token, alert, revision, seen) in enumerate(cards):
            action = "dismiss" if number % 2 else "confirm"
            form = {"csrftoken": token, "alert": alert, "revision": revision, "seen": seen, "action": action}
            times[action].append(await _timed(browser, "/decide", {**form, "reason": "not retail"}))
        times["undo"] += [await _timed(browser, "/undo", {"csrftoken": cards[0][0]}) for _ in cards]
    for action, taken in times.items():
        _print(f"decision: {action}", taken, 0, 0.05)


async def _timed(browser: Browser, path: str, form: dict[str, str]) -> float:
    began = time.perf_counter()
    status, text = await browser.ask(path, form)
    if status != 200:
        raise SystemExit(f"{path}: {status} {text[:300]}")
    return time.perf_counter() - began


def _print(
    name: str, times: Sequence[float], weight: int, limit: float | None, worked: Sequence[float] = (0.0, 0.0)
) -> None:
    """A line; the processor's time tells a slow page from a machine that others keep busy."""
    p95 = statistics.quantiles(times, n=20)[-1]
    over = (limit is not None and p95 > limit) or weight > 150_000
    print(f"{name:38} {statistics.median(times) * 1000:6.1f} ms {p95 * 1000:6.1f} ms {weight / 1000:6.1f} KB"
          f" {statistics.quantiles(worked, n=20)[-1] * 1000:6.1f} ms"
          f"{'  OVER THE LIMIT' if over else ''}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
