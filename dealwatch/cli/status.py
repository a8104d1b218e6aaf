"""`dealwatch status`: how every source is doing."""

import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dealwatch.archive import Archive, crawls
from dealwatch.archive.crawls import SourceStatus
from dealwatch.cli.options import db_option, watchlist_option
from dealwatch.clock import iso, now
from dealwatch.watchlist.due import next_run
from dealwatch.watchlist.sources import Source, load_sources, pick

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Health:
    """A source's state with what only its file and the clock can tell. `silent` is None where no article ever came."""

    status: SourceStatus
    running: bool
    next_run: datetime
    silent: timedelta | None
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            **crawls.as_dict(self.status),
            "running": self.running,
            "next_run": iso(self.next_run),
            "silent_hours": round(self.silent.total_seconds() / 3600, 1) if self.silent is not None else None,
            "warnings": list(self.warnings),
        }


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source, one a line.")
@db_option
@watchlist_option
def status(names: tuple[str, ...], *, as_json: bool, db: Path, watchlist: Path) -> None:
    """Last run, next run, articles, flags, errors and silence of the sources called NAME, or of all.

    \b
    Examples:
      dealwatch status
      dealwatch status technode --json
    """
    from crawler.locks import is_locked

    chosen = pick(load_sources(watchlist), names)
    at = now()
    with Archive.open(db, readonly=True) as archive:
        states = crawls.status(archive, chosen, at)
    healths = [judge(chosen[state.source], state, at, locked=is_locked(db, state.source)) for state in states]
    if as_json:
        for health in healths:
            click.echo(json.dumps(health.as_dict(), ensure_ascii=False))
        return
    _print(healths, at)


def judge(source: Source, state: SourceStatus, at: datetime, *, locked: bool) -> Health:
    silent = max(timedelta(0), at - state.last_article) if state.last_article else None
    return Health(
        status=state,
        running=state.running and locked,
        next_run=next_run(source.schedule, state.last_started, at),
        silent=silent,
        warnings=tuple(_warnings(source, state, at, locked=locked)),
    )


def _warnings(source: Source, state: SourceStatus, at: datetime, *, locked: bool) -> list[str]:
    if state.last_started is None:
        return ["has never run"]
    said = []
    if state.running and not locked:
        said.append("its last crawl was killed")
    elif state.last_state in {"failed", "deadline"}:
        said.append(f"{state.last_state}: {state.error or 'no reason given'}")
    expected = source.expect.articles_per_week
    week_watched = state.first_seen is not None and at - state.first_seen >= WEEK
    if expected and week_watched and state.articles_this_week < expected:
        said.append(f"{state.articles_this_week} articles in 7 days, at least {expected} expected")
    return said


def _print(healths: list[Health], at: datetime) -> None:
    table = Table("source", "last run", "state", "next run", box=None)
    for column in ("new", "flagged", "errors", "articles", "this week", "waiting"):
        table.add_column(column, justify="right")
    table.add_column("silent")
    table.add_column("warning", overflow="fold")
    for health in healths:
        state = health.status
        last = _ago(at - state.last_started) + " ago" if state.last_started else "never"
        now_state = "running" if health.running else "interrupted" if state.running else state.last_state or ""
        figures = (state.new_articles, state.flagged, state.errors, state.articles)
        due = "due now" if health.next_run <= at else f"in {_ago(health.next_run - at)}"
        silent = _ago(health.silent) if health.silent is not None else ""
        counts = (*figures, state.articles_this_week, state.waiting)
        table.add_row(
            state.source, last, now_state, due, *(str(count) for count in counts), silent, "; ".join(health.warnings)
        )
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    warned = sum(bool(health.warnings) for health in healths)
    click.echo(f"{len(healths)} sources, {warned} with warnings")


def _ago(span: timedelta) -> str:
    """`42 s`, `7 min`, `3 h`, `12 d`."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
