"""`dealwatch demo`: a crawl of the bundled sample newsroom, from feed to deal."""

import json
import os
import shlex
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.report import complaints
from dealwatch.cli.options import watchlist_option
from dealwatch.errors import EXIT_OK, EXIT_SOME_SOURCES_FAILED, EXIT_STOPPED

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider
    from dealwatch.exports.deal import Deal
    from dealwatch.newsroom.tour import Tour

DEMO_DB = Path("demo/dealwatch.db")
_WIDE = 130
"""Columns from which every field gets a column of its own."""
_FEW = 6
"""Up to so many pages are named one by one."""


@click.command()
@click.option("--fresh", is_flag=True, help="Forget earlier runs: all is new again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    default=DEMO_DB,
    show_default=True,
    help="The demo's own archive file; its folder holds the demo's watchlist too.",
)
@watchlist_option
def demo(*, fresh: bool, as_json: bool, db: Path, watchlist: Path) -> None:
    """Crawl a sample newsroom of five outlets on this machine, and show the deals in its news.

    Run it again: the second run fetches what has changed or had failed, the third nothing but feeds and maps.

    \b
    Examples:
      dealwatch demo
      dealwatch demo --fresh
      dealwatch demo --json | python -m json.tool
    """
    from dealwatch.newsroom.tour import tour

    try:
        with _Progress() as progress:
            done = tour(db, watchlist, fresh=fresh, watch=progress.update)
    except KeyboardInterrupt:
        done = None
    if done is None or done.stopped:
        click.echo("dealwatch: stopped; what was read so far is kept, the next run goes on from there", err=True)
        sys.exit(EXIT_STOPPED)
    if as_json:
        click.echo(json.dumps(done.as_dict(), ensure_ascii=False))
    else:
        _print(done)
    for line in complaints(report for report in done.reports if report.state != "done"):
        click.echo(f"dealwatch: {line}", err=True)
    sys.exit(EXIT_SOME_SOURCES_FAILED if done.failed else EXIT_OK)


class _Progress:
    """On stderr: a line for each outlet that is done, and on a terminal one that moves."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status = self._console.status("opening the sample newsroom ...") if self._console.is_terminal else None
        self._over: set[str] = set()

    def __enter__(self) -> "_Progress":
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def update(self, spider: "NewsSpider") -> None:
        for run in spider.runs:
            if run.state is not None and run.name not in self._over:
                self._over.add(run.name)
                counts = run.counts
                news = f"pages {counts.pages}, new articles {counts.new_articles}, with deals {counts.flagged}"
                self._console.print(f"  {run.source.title}: {news}", markup=False)
        if self._status:
            pages = sum(run.counts.pages for run in spider.runs)
            busy = ", ".join(run.source.title for run in spider.runs if run.state is None)
            self._status.update(Text(f"{pages} pages · {busy}"[: self._console.width - 4]))


def _print(done: "Tour") -> None:
    from dealwatch.exports.deal import public

    console = Console(highlight=False)
    console.print()
    if done.deals:
        shown = [(public(deal), deal.id in done.changed) for deal in done.deals]
        console.print(_wide(shown) if console.width >= _WIDE else _narrow(shown))
    console.print()
    for line in [*_requests(done), "", *_files(done), "", _verdict(done)]:
        console.print(line, markup=False, soft_wrap=True)


def _wide(deals: "list[tuple[Deal, bool]]") -> Table:
    table = Table("", show_lines=True, expand=True)
    for name in ("type", "Chinese side", "foreign side", "direction", "status", "outlet"):
        table.add_column(name, max_width=15, overflow="fold")
    table.add_column("headline", ratio=2, overflow="fold")
    table.add_column("the sentence that proves it", ratio=3, overflow="fold")
    for deal, changed in deals:
        story = deal.headline
        table.add_row(
            "new" if changed and deal.revision == 1 else "more" if changed else "",
            Text(deal.type.replace("_", " ")),
            Text(deal.names("chinese") or "–"),
            Text(deal.names("foreign") or "–"),
            deal.direction,
            Text(_status(deal)),
            Text(_outlets(deal)),
            Text(story.title if story else ""),
            Text(deal.sentence),
        )
    return table


def _narrow(deals: "list[tuple[Deal, bool]]") -> Table:
    table = Table(show_lines=True, expand=True)
    table.add_column("deal", ratio=2, overflow="fold")
    table.add_column("outlet, headline, and the sentence that proves it", ratio=4, overflow="fold")
    for deal, changed in deals:
        sides = f"{deal.names('chinese') or '–'} / {deal.names('foreign') or '–'}"
        mark = " (new)" if changed and deal.revision == 1 else " (more)" if changed else ""
        left = Text.assemble(
            (deal.type.replace("_", " ") + mark, "bold"), f"\n{sides}\n{deal.direction}, {_status(deal)}"
        )
        title = deal.headline.title if deal.headline else ""
        right = Text.assemble((f"{_outlets(deal)}: {title}\n", "bold"), f"“{deal.sentence}”")
        table.add_row(left, right)
    return table


def _status(deal: "Deal") -> str:
    amount = f", {deal.amount}" if deal.amount else ""
    return deal.status + amount + (", history" if deal.state == "history" else "")


def _outlets(deal: "Deal") -> str:
    from dealwatch.newsroom.stories import outlets

    more = len(deal.stories) - 1
    first = outlets()[deal.headline.outlet].title if deal.headline else "–"
    return f"{first} and {more} more" if more > 0 else first


def _requests(done: "Tour") -> list[str]:
    """What was asked this time, in words."""
    asked, pages = done.requests(), done.pages
    same = asked["places_not_modified"]
    lines = [
        f"Run {done.run}, {done.seconds:.1f} s. Asked: {asked['robots']} × robots.txt, {asked['places']} feeds, maps"
        f" and listings ({same} had not changed), {asked['pages']} pages."
    ]
    if not pages:
        return [*lines, "No page was fetched, only feeds and maps: nothing had changed."]
    if done.run > 1:
        lines.append("Pages are fetched only where a feed or map said they had changed, or had failed before:")
    if len(pages) <= _FEW:
        return [*lines, *(f"  {page.status} {page.outlet} {page.target}" for page in pages)]
    statuses = Counter(page.status for page in pages)
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    return [*lines, f"The pages answered {answers}. One never ends, one has 20 MB, one is a PDF that says it is HTML."]


def _files(done: "Tour") -> list[str]:
    """Where things lie, and what to try next."""
    from dealwatch.cli import COMMANDS

    command, db = _command(), shlex.quote(str(done.db))
    watchlist = f" --watchlist {shlex.quote(str(done.watchlist))}"
    tries = {
        "demo": ("" if done.db == DEMO_DB else f" --db {db}", "once more: only what has changed is fetched"),
        "status": (f" --db {db}{watchlist}", "how the five outlets are doing"),
        "deals": (f" show 1 --db {db}", "one deal with its stories and steps"),
        "review": (f" --db {db}{watchlist}", "the alerts in a browser, to confirm or dismiss"),
        "export": (f" csv --db {db}", "the deals as a table"),
    }
    lines = [f"The archive: {done.db} (SQLite). Its watchlist: {done.watchlist}", "Try next:"]
    for name, (arguments, what) in tries.items():
        if name in COMMANDS:
            lines.append(f"  {command} {name}{arguments}\n      {what}")
    return lines


def _command() -> str:
    """How this program is called from here."""
    called = Path(sys.argv[0])
    on_path = shutil.which("dealwatch")
    if on_path and Path(on_path).resolve() == called.resolve():
        return "dealwatch"
    return shlex.quote(os.path.relpath(called)) if called.name == "dealwatch" else "dealwatch"


def _verdict(done: "Tour") -> str:
    result = done.score
    split = f", {result.split} told twice" if result.split else ""
    missed = f" Missed: {', '.join(result.missed)}." if result.missed else ""
    return (
        f"Found {result.found} of {result.planted} planted deals ({result.whole} with both sides, direction and status"
        f" right), {result.false} false{split}.{missed}"
    )
