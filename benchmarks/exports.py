"""Export of 100,000 deals in every format: time, file size and memory (limit 200 MB), each in a process of its own.

python -m benchmarks.exports [--deals 100000]
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dealwatch.archive import Archive, frontier
from dealwatch.archive.stories import StoryRecord, save
from dealwatch.deals.records import DEAL_TYPES, Mention, Party
from dealwatch.exports.formats import formats

LIMIT_MB = 200
_TABLES = (
    "articles", "article_versions", "deals", "deal_parties", "deal_steps", "mentions", "mention_parties", "alerts",
    "alert_revisions",
)  # fmt: skip
COPY_STEP = 20
"""How far apart the ids of two copies of one deal are: about as dense as ids of real archives."""
_IDS = {
    name: f"{name} + n * {COPY_STEP}"
    for name in ("id", "deal_id", "article_id", "version_id", "mention_id", "alert_id", "first_article_id")
}
_TEXTS = {name: f"{name} || '-' || n" for name in ("key", "url", "name", "title", "sentence")}
START = datetime(2026, 1, 1, tzinfo=UTC)
_MEASURED = (
    "import resource, sys; from dealwatch.cli import main\n"
    "try:\n    main()\nfinally:\n"
    "    print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)"
)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, default=100_000)
    count = parser.parse_args(arguments).deals
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "deals.db"
        fill(db, count)
        print(f"{count} deals in an archive of {db.stat().st_size / 1e6:.0f} MB")
        for name in formats():
            measure(db, name, Path(folder) / f"deals.{name}")


def measure(db: Path, name: str, target: Path) -> None:
    started = time.perf_counter()
    command = [sys.executable, "-c", _MEASURED, "export", name, "-o", str(target), "--db", str(db)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    peak = int(done.stderr.rpartition("peak ")[2])
    verdict = "" if peak < LIMIT_MB else f"  OVER {LIMIT_MB} MB"
    print(f"{name:9} {took:6.1f} s {target.stat().st_size / 1e6:7.1f} MB file {peak:5d} MB memory{verdict}", flush=True)


def fill(db: Path, count: int) -> None:
    """One deal of every type stored the way the crawler stores it, then copied row by row until there are `count`."""
    with Archive.open(db) as archive:
        for number in range(len(DEAL_TYPES)):
            _add(archive, number)
    with closing(sqlite3.connect(db)) as connection:
        for table in _TABLES:
            _copy(connection, table, count // len(DEAL_TYPES))
        connection.commit()


def _copy(connection: sqlite3.Connection, table: str, times: int) -> None:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(_IDS.get(name, _TEXTS.get(name, name)) for name in names)
    connection.execute(
        f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
        f" INSERT INTO {table} SELECT {values} FROM {table}, n",
        [times - 1],
    )


def _add(archive: Archive, number: int) -> None:
    at, dice = START + timedelta(minutes=number), random.Random(number)
    url = f"https://news.example/story-{number}"
    key = f"news.example/story-{number}"
    frontier.discovered(archive, "bench", "https://news.example/feed", [frontier.Found(url, key)], None, at)
    address = archive.value("SELECT id FROM addresses WHERE key = ?", [key])
    sentence = f"Brand {number} opened a store with Platform {number} for $2 billion, both companies said on Monday."
    text = sentence + " " + " ".join(f"{dice.randrange(10**6)}" for _ in range(40))  # no copy of any other
    story = StoryRecord(
        "bench", address, key, url, f"Story {number}", text, None, None, "en", at, "meta", None, None, "feed"
    )
    mention = Mention(
        DEAL_TYPES[number % len(DEAL_TYPES)],
        (Party(f"Platform {number}", "chinese", home="CN"), Party(f"Brand {number}", "foreign", home="US")),
        "inbound",
        "announced",
        sentence,
        0.9,
        "$2 billion",
        2e9,
        "USD",
        "CN",
    )
    save(archive, story, [mention], "bench", at, 14)


if __name__ == "__main__":
    main()
