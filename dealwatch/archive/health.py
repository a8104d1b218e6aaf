"""How each source does, day by day: what it brought against its usual, its silence, its failures."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from dealwatch.archive import crawls
from dealwatch.archive.archive import Archive
from dealwatch.archive.crawls import SourceStatus
from dealwatch.clock import iso

DAYS = 28
RECENT = 7
QUIET_DAYS = 3
"""Days without an article after which a source that has one on most days counts as silent."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """One source. `days`: new articles a day, the oldest first, today (not over yet) last; `usual`: their median a
    week before the last; `crawls` and `failures` are of the last seven days."""

    status: SourceStatus
    days: tuple[int, ...]
    crawls: int
    failures: int
    silent_days: int | None

    @property
    def usual(self) -> float | None:
        """Articles on an ordinary day, as the weeks before the last had it; None where those brought none."""
        before = self.days[: -RECENT - 1]
        first = next((number for number, count in enumerate(before) if count), None)
        return float(median(before[first:])) if first is not None else None

    @property
    def recent(self) -> float:
        """Articles a day in the last seven whole days."""
        return sum(self.days[-RECENT - 1 : -1]) / RECENT

    @property
    def trouble(self) -> tuple[str, ...]:
        """What is wrong with it, in words; nothing for a source that is well."""
        said = []
        if self.status.last_started is None:
            said.append("never crawled")
        elif self.status.last_success is None:
            said.append("never succeeded")
        if self.status.last_state in ("failed", "deadline", "interrupted"):
            said.append(f"last crawl {self.status.last_state}")
        usual = self.usual
        if self.silent_days is not None and self.silent_days >= QUIET_DAYS and usual:
            said.append(f"silent for {self.silent_days} days")
        elif usual and self.recent < usual / 2:
            said.append("far below its usual")
        return tuple(said)


def pulses(archive: Archive, at: datetime) -> list[Pulse]:
    """Every source that ever ran, those in trouble first."""
    names = crawls.sources(archive)
    today = at.date()
    first = today - timedelta(days=DAYS - 1)
    per_day = _per_day(archive, first)
    runs = {
        row["source"]: (row["n"], row["failed"])
        for row in archive.rows(
            "SELECT source, count(*) AS n, count(*) FILTER (WHERE state NOT IN ('done', 'running')) AS failed"
            " FROM crawls WHERE started_at >= ? GROUP BY source",
            [iso(at - timedelta(days=RECENT))],
        )
    }
    found = []
    for status in crawls.status(archive, names, at):
        days = tuple(per_day.get((status.source, first + timedelta(days=number)), 0) for number in range(DAYS))
        silent = (at - status.last_article).days if status.last_article else None
        found.append(Pulse(status, days, *runs.get(status.source, (0, 0)), silent))
    return sorted(found, key=lambda pulse: (not pulse.trouble, pulse.status.source))


def _per_day(archive: Archive, first: date) -> dict[tuple[str, date], int]:
    rows = archive.rows(
        "SELECT source, substr(first_seen_at, 1, 10) AS day, count(*) AS n FROM articles"
        " WHERE first_seen_at >= ? GROUP BY 1, 2",
        [first.isoformat()],
    )
    return {(row["source"], date.fromisoformat(row["day"])): row["n"] for row in rows}
