"""`kill -9` in the middle of crawls of the sample newsroom, then one crawl to the end: is anything lost or doubled?

python -m benchmarks.kill [--kills 20] [--seed 1]
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from dealwatch.clock import now
from dealwatch.newsroom import Edition, Newsroom
from dealwatch.newsroom.watchlist import write_watchlist

ROOT = Path(__file__).parents[1]
KILLS_A_ROUND = 5
LATEST_REQUEST = 20
"""A crawl is killed at most so many requests after its start; undisturbed it makes about 55."""
LONGEST = 60.0

Snapshot = dict[str, list[tuple[Any, ...]]]

# Every column but times and ids; in place of an id stands what it points to.
_STORIES = (
    "(SELECT group_concat(key) FROM (SELECT DISTINCT s.key FROM mentions o JOIN articles s ON s.id = o.article_id"
    " WHERE o.deal_id = d.id ORDER BY s.key))"
)
_PARTIES = "(SELECT group_concat(name || side) FROM (SELECT * FROM deal_parties WHERE deal_id = d.id ORDER BY name))"
_QUERIES = {
    "addresses": "SELECT a.source, a.key, a.url, a.state, a.reason, a.attempts, a.title, a.summary,"
    " a.published_at, r.key FROM addresses a LEFT JOIN articles r ON r.id = a.article_id",
    "articles": "SELECT a.source, a.key, a.url, a.title, a.author, a.site, a.lang, a.published_at, a.published_from,"
    " a.modified_at, a.modified_from, a.text_source, a.history, a.copy_score, o.title"
    " FROM articles a LEFT JOIN articles o ON o.id = a.copy_of",
    "versions": "SELECT a.key, v.number, v.title, v.text, v.text_hash FROM article_versions v"
    " JOIN articles a ON a.id = v.article_id",
    "mentions": "SELECT a.key, v.number, m.ordinal, m.type, m.direction, m.status, m.amount, m.amount_value,"
    " m.amount_currency, m.market, m.sentence, m.score, m.ruleset,"
    " (SELECT group_concat(p.name || p.side || p.listed) FROM mention_parties p WHERE p.mention_id = m.id)"
    " FROM mentions m JOIN articles a ON a.id = m.article_id JOIN article_versions v ON v.id = m.version_id",
    "evidence": 'SELECT a.key, m.ordinal, e.rule, e.role, e.field, e.start, e."end", e.quote FROM evidence e'
    " JOIN mentions m ON m.id = e.mention_id JOIN articles a ON a.id = m.article_id",
    "deals": "SELECT d.type, d.direction, d.status, d.amount, d.amount_value, d.amount_currency, d.market, d.sentence,"
    f" d.score, d.first_at, d.last_at, d.merged_into IS NULL, {_STORIES}, {_PARTIES}"
    " FROM deals d",
    "alerts": f"SELECT al.state, al.revision, d.type, {_STORIES} FROM alerts al JOIN deals d ON d.id = al.deal_id",
    "revisions": f"SELECT r.revision, r.what, d.type, {_STORIES} FROM alert_revisions r"
    " JOIN alerts al ON al.id = r.alert_id JOIN deals d ON d.id = al.deal_id",
    "steps": f"SELECT t.status, a.key, d.type, {_STORIES} FROM deal_steps t JOIN articles a ON a.id = t.article_id"
    " JOIN deals d ON d.id = t.deal_id",
}


@dataclass(slots=True)
class Result:
    """`differences` are lines, empty where all was equal."""

    kills: int = 0
    rounds: int = 0
    too_late: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


@contextmanager
def newsroom(folder: Path) -> Iterator[tuple[Newsroom, Path]]:
    """An open newsroom, and a watchlist of it in `folder`."""
    at = now()
    with Newsroom(Edition(1, at - timedelta(minutes=1), at)) as open_room:
        watchlist = folder / "watchlist"
        write_watchlist(open_room, ROOT / "watchlist", watchlist)
        for path in (watchlist / "sources").iterdir():  # the page that never ends need not be waited for that long
            path.write_text(path.read_text("utf-8").replace("timeout: 3", "timeout: 2"), "utf-8")
        yield open_room, watchlist


def snapshot(db: Path) -> Snapshot:
    """The archive without times and ids, rows sorted."""
    with closing(sqlite3.connect(db)) as connection:
        return {name: sorted(connection.execute(query), key=repr) for name, query in _QUERIES.items()}


def crawl(db: Path, watchlist: Path) -> None:
    """One crawl to the end."""
    subprocess.run(_command(db, watchlist), check=True, stdout=subprocess.DEVNULL, timeout=LONGEST)


def killed(db: Path, watchlist: Path, room: Newsroom, chance: random.Random) -> bool:
    """Start a crawl and kill it at a random moment; False where it had come to its end before."""
    room.forget()
    requests, wait = chance.randint(1, LATEST_REQUEST), chance.uniform(0, 0.2)
    with subprocess.Popen(_command(db, watchlist), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        give_up = time.monotonic() + LONGEST
        while len(room.log) < requests and process.poll() is None and time.monotonic() < give_up:
            time.sleep(0.005)
        time.sleep(wait)
        in_time = process.poll() is None
        process.kill()
    return in_time


def disturbed_round(
    folder: Path, watchlist: Path, room: Newsroom, chance: random.Random, kills: int
) -> tuple[Path, int]:
    """An archive that was crawled through `kills` kills and then to the end, and how many came in time."""
    db = folder / f"killed-{chance.getrandbits(32):08x}.db"
    in_time = sum(killed(db, watchlist, room, chance) for _ in range(kills))
    crawl(db, watchlist)
    return db, in_time


def differences(expected: Snapshot, got: Snapshot) -> list[str]:
    """A line for each row that is lost or doubled."""
    lines = []
    for name, rows in expected.items():
        missing, surplus = list(rows), []
        for row in got[name]:
            if row in missing:
                missing.remove(row)
            else:
                surplus.append(row)
        lines += [f"{name}: lost {row}" for row in missing]
        lines += [f"{name}: not there undisturbed {row}" for row in surplus]
    return lines


def measure(folder: Path, kills: int, seed: int) -> Result:
    """Kill until `kills` kills came in time, a new archive every few; compare each with an undisturbed crawl."""
    chance, result = random.Random(seed), Result()
    with newsroom(folder) as (room, watchlist):
        crawl(folder / "undisturbed.db", watchlist)
        expected = snapshot(folder / "undisturbed.db")
        result.rows = {name: len(rows) for name, rows in expected.items()}
        while result.kills < kills:
            wanted = min(KILLS_A_ROUND, kills - result.kills)
            db, in_time = disturbed_round(folder, watchlist, room, chance, wanted)
            result.rounds += 1
            result.kills += in_time
            result.too_late += wanted - in_time
            result.differences += differences(expected, snapshot(db))
    return result


def _command(db: Path, watchlist: Path) -> list[str]:
    code = "from dealwatch.cli import main; main()"
    return [sys.executable, "-c", code, "crawl", "--db", str(db), "--watchlist", str(watchlist)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), chosen.kills, chosen.seed)
    rows = ", ".join(f"{count} {name}" for name, count in result.rows.items())
    print(f"{result.kills} kills in {result.rounds} archives ({result.too_late} more came too late); compared {rows}")
    for line in result.differences[:30]:
        print(line[:200])
    print("equal to an undisturbed crawl" if not result.differences else f"{len(result.differences)} differences")
    return 1 if result.differences else 0


if __name__ == "__main__":
    sys.exit(main())
