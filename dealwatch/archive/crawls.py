"""Runs of the crawler, one row a source and run, and how each source is doing."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from dealwatch.archive.archive import Archive
from dealwatch.clock import iso, now, parse_iso

WEEK = timedelta(days=7)


class Counts(Protocol):
    """A dataclass with the figures of a crawl, named like the columns."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a source is doing. Times are UTC; None: never. The figures after `last_state` are of its last crawl."""

    source: str
    running: bool
    last_started: datetime | None
    last_ended: datetime | None
    last_state: str | None
    first_seen: datetime | None
    last_success: datetime | None
    last_article: datetime | None
    requests: int
    pages: int
    new_articles: int
    flagged: int
    errors: int
    error: str | None
    articles: int
    articles_this_week: int
    waiting: int
    failed: int


def start(archive: Archive, source: str, trigger: str, at: datetime) -> int:
    """Write down that a crawl of `source` has begun; its id."""
    with archive.atomic():
        archive.execute("INSERT OR IGNORE INTO sources (name, first_seen_at) VALUES (?, ?)", [source, iso(at)])
        cursor = archive.execute(
            "INSERT INTO crawls (source, trigger, state, started_at) VALUES (?, ?, 'running', ?)",
            [source, trigger, iso(at)],
        )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def finish(archive: Archive, crawl_id: int, state: str, counts: Counts, error: str | None, at: datetime) -> None:
    """Write down how the crawl ended: `done`, `failed`, `deadline` or `interrupted`."""
    figures = {field.name: getattr(counts, field.name) for field in fields(counts)}
    columns = ", ".join(f"{name} = :{name}" for name in figures)
    with archive.atomic():
        archive.execute(
            f"UPDATE crawls SET state = :state, error = :error, ended_at = :at, {columns} WHERE id = :id",
            {**figures, "state": state, "error": error, "at": iso(at), "id": crawl_id},
        )
        if state == "done":
            archive.execute(
                "UPDATE sources SET last_success_at = ? WHERE name = (SELECT source FROM crawls WHERE id = ?)",
                [iso(at), crawl_id],
            )


def interrupted(archive: Archive, source: str) -> int:
    """Mark the source's `running` rows as interrupted: call it while holding the source's lock. How many there were."""
    return archive.execute(
        "UPDATE crawls SET state = 'interrupted', ended_at = ?,"
        " error = coalesce(error, 'the process ended without a word')"
        " WHERE source = ? AND state = 'running'",
        [iso(now()), source],
    ).rowcount


def sources(archive: Archive) -> list[str]:
    """Every source that ever ran, listed still or not."""
    return [row["name"] for row in archive.rows("SELECT name FROM sources ORDER BY name")]


def last_started(archive: Archive, source: str) -> datetime | None:
    """When the source's last crawl began, however it ended."""
    at = archive.value("SELECT started_at FROM crawls WHERE source = ? ORDER BY id DESC LIMIT 1", [source])
    return parse_iso(at) if at else None


def last_starts(archive: Archive) -> dict[str, datetime]:
    """`last_started` of every source that ever ran."""
    rows = archive.rows(
        "SELECT source, started_at AS at FROM crawls WHERE id IN (SELECT max(id) FROM crawls GROUP BY source)"
    )
    return {row["source"]: parse_iso(row["at"]) for row in rows}


def status(archive: Archive, names: Iterable[str], at: datetime) -> list[SourceStatus]:
    """One row a name, in the order given, also for sources that never ran."""
    return [_status(archive, name, at) for name in names]


def _status(archive: Archive, name: str, at: datetime) -> SourceStatus:
    source = archive.row("SELECT first_seen_at, last_success_at, last_article_at FROM sources WHERE name = ?", [name])
    last = archive.row("SELECT * FROM crawls WHERE source = ? ORDER BY started_at DESC, id DESC LIMIT 1", [name])
    counts = archive.row(
        "SELECT count(*) AS articles, count(*) FILTER (WHERE first_seen_at >= ?) AS week"
        " FROM articles WHERE source = ?",
        [iso(at - WEEK), name],
    )
    addresses = {
        row["state"]: row["n"]
        for row in archive.rows("SELECT state, count(*) AS n FROM addresses WHERE source = ? GROUP BY state", [name])
    }
    return SourceStatus(
        source=name,
        running=last is not None and last["state"] == "running",
        last_started=_time(last["started_at"] if last else None),
        last_ended=_time(last["ended_at"] if last else None),
        last_state=last["state"] if last else None,
        first_seen=_time(source["first_seen_at"] if source else None),
        last_success=_time(source["last_success_at"] if source else None),
        last_article=_time(source["last_article_at"] if source else None),
        requests=last["requests"] if last else 0,
        pages=last["pages"] if last else 0,
        new_articles=last["new_articles"] if last else 0,
        flagged=last["flagged"] if last else 0,
        errors=last["errors"] if last else 0,
        error=last["error"] if last else None,
        articles=counts["articles"] if counts else 0,
        articles_this_week=counts["week"] if counts else 0,
        waiting=addresses.get("pending", 0),
        failed=addresses.get("failed", 0),
    )


def _time(text: str | None) -> datetime | None:
    return parse_iso(text) if text else None


def as_dict(status: SourceStatus) -> dict[str, Any]:
    """For JSON: times as text."""
    return {key: iso(value) if isinstance(value, datetime) else value for key, value in asdict(status).items()}
