"""`dealwatch crawl`: ask the outlets for news now."""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

from crawler.report import CrawlReport, complaints
from dealwatch.cli.options import db_option, watchlist_option
from dealwatch.errors import EXIT_OK, EXIT_SOME_SOURCES_FAILED

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

_COLUMNS = ("requests", "not_modified", "discovered", "pages", "new_articles", "new_versions", "flagged", "errors")
_QUIET_FROM = 12
"""With more sources than this, those that brought nothing and failed nothing share one line."""


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@click.option("--due", is_flag=True, help="Only sources whose cron time has come since their last crawl.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Back-fill: walk maps and listings back to this day.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source, one a line.")
@click.option("--verbose", "-v", is_flag=True, help="Show Scrapy's log.")
@click.option("--trigger", type=click.Choice(["hand", "clock", "due"]), hidden=True)
@db_option
@watchlist_option
def crawl(
    names: tuple[str, ...],
    *,
    due: bool,
    since: datetime | None,
    as_json: bool,
    verbose: bool,
    trigger: str | None,
    db: Path,
    watchlist: Path,
) -> None:
    """Crawl the sources called NAME, or all, once: new and changed articles end in the archive.

    \b
    Exit codes: 0 fine, 2 wrong watchlist or archive (nothing is fetched), 3 some sources failed.

    \b
    Examples:
      dealwatch crawl                            all sources
      dealwatch crawl technode pandaily          two of them
      dealwatch crawl --due                      for system cron: whatever is due
      dealwatch crawl technode --since 2026-01-01
    """
    from crawler.run import crawl as run

    if since is not None and since.replace(tzinfo=UTC) > datetime.now(UTC):
        raise click.BadParameter("the day has not come yet", param_hint="--since")
    progress = _Progress(enabled=sys.stderr.isatty() and not verbose)
    began = time.monotonic()
    with progress:
        reports = run(
            names,
            db,
            watchlist,
            due=due,
            since=since.date() if since else None,
            trigger=trigger or ("due" if due else "hand"),
            verbose=verbose,
            watch=progress.update,
        )
    if as_json:
        for report in reports:
            click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _print(reports, due, time.monotonic() - began)
    for line in complaints(reports):
        click.echo(f"dealwatch: {line}", err=True)
    sys.exit(EXIT_SOME_SOURCES_FAILED if any(report.failed for report in reports) else EXIT_OK)


class _Progress:
    """One line on the terminal that keeps up with the crawl; nothing where there is no terminal."""

    def __init__(self, enabled: bool) -> None:
        self._spinner = Spinner("dots", "starting ...")
        self._live = Live(self._spinner, console=Console(stderr=True), transient=True) if enabled else None

    def __enter__(self) -> None:
        if self._live:
            self._live.start()

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def update(self, spider: "NewsSpider") -> None:
        if self._live is None:
            return
        total, over = len(spider.sources), sum(run.state is not None for run in spider.runs)
        counts = [run.counts for run in spider.runs]
        pages, new = sum(count.pages for count in counts), sum(count.new_articles for count in counts)
        flagged = sum(count.flagged for count in counts)
        busy = ", ".join(run.name for run in spider.runs if run.state is None)[:60]
        text = f"{over}/{total} sources · {pages} pages · {new} new · {flagged} flagged"
        self._spinner.update(text=f"{text} · {busy}" if busy else text)


def _print(reports: Sequence[CrawlReport], due: bool, seconds: float) -> None:
    if not reports:
        click.echo("no source is due" if due else "the watchlist names no sources")
        return
    quiet = [report for report in reports if len(reports) >= _QUIET_FROM and _is_quiet(report)]
    table = Table("source", "state", box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column.replace("_", " "), justify="right")
    for report in reports:
        if report not in quiet:
            figures = report.as_dict()
            table.add_row(report.source, report.state, *(str(figures[column]) for column in _COLUMNS))
    console = Console(width=None if sys.stdout.isatty() else 160)
    if table.row_count:
        console.print(table)
    if quiet:
        click.echo(f"{len(quiet)} {'more ' if table.row_count else ''}sources brought nothing new")
    click.echo(_sum(reports, seconds))


def _is_quiet(report: CrawlReport) -> bool:
    return report.state == "done" and not report.counts.pages and not report.counts.errors


def _sum(reports: Sequence[CrawlReport], seconds: float) -> str:
    def total(column: str) -> int:
        return sum(getattr(report.counts, column) for report in reports)

    fetched = f"{total('pages')} pages fetched" if total("pages") else "no pages fetched, only feeds and maps"
    return (
        f"{len(reports)} sources: {total('requests')} requests, {total('not_modified')} answered 304, {fetched},"
        f" {total('new_articles')} new articles, {total('new_versions')} new versions, {total('flagged')} flagged,"
        f" {total('errors')} errors in {seconds:.1f} s"
    )
