"""`dealwatch rules backtest` and `apply`: the archived stories under changed rules."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from dealwatch import clock
from dealwatch.archive import Archive, reflag
from dealwatch.archive.filter import parse_since
from dealwatch.archive.reflag import Change
from dealwatch.cli.options import db_option, watchlist_option
from dealwatch.watchlist.families import load_families
from dealwatch.watchlist.flagger import load_flagger

MARKS = {"gained": "+", "lost": "-", "changed": "~"}


@click.command()
@click.option("--since", help="Only stories first seen since then: 7d, 4w, or a date.")
@db_option
@watchlist_option
def backtest(since: str | None, db: Path, watchlist: Path) -> None:
    """Show what the rules as they stand would gain, lose and change in the archive. Saves nothing.

    Stories whose text is no longer kept are left as they are.
    """
    flagger = load_flagger(watchlist)
    with Archive.open(db, readonly=True) as archive:
        _show(reflag.changes(archive, flagger.flag, _since(since)))


@click.command()
@click.option("--since", help="Only stories first seen since then: 7d, 4w, or a date.")
@db_option
@watchlist_option
def apply(since: str | None, db: Path, watchlist: Path) -> None:
    """Save what `backtest` shows. What people have decided is never touched; each mention keeps its ruleset's name."""
    flagger = load_flagger(watchlist)
    families = load_families(watchlist)
    with Archive.open(db) as archive:
        _show(reflag.apply(archive, flagger.flag, flagger.ruleset, families, clock.now(), _since(since)))
    click.echo(f"saved under ruleset {flagger.ruleset}")


def _since(text: str | None) -> datetime | None:
    return parse_since(text, clock.now()) if text else None


def _show(changes: Iterable[Change]) -> None:
    counts: Counter[str] = Counter()
    for change in changes:
        counts[change.kind] += 1
        click.echo(f"{MARKS[change.kind]} {change.title}  {change.url}")
        for line in change.before:
            click.echo(f"    - {line}")
        for line in change.after:
            click.echo(f"    + {line}")
    click.echo(", ".join(f"{counts[kind]} {kind}" for kind in MARKS))
