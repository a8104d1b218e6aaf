"""`dealwatch deals`: the deals with their stories, one deal's time line, merging and splitting by hand."""

import getpass
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dealwatch import clock
from dealwatch.archive import Archive, explain, filter, hand
from dealwatch.archive.deal import DealRecord, deal
from dealwatch.archive.filter import DealFilter
from dealwatch.archive.stories import diff
from dealwatch.cli.filtering import filter_options, tell_strangers
from dealwatch.cli.options import db_option, watchlist_option
from dealwatch.cli.terminal import visible
from dealwatch.errors import DealwatchError
from dealwatch.exports.deal import public
from dealwatch.watchlist.families import load_families

_person_option = click.option(
    "--as", "person", metavar="NAME", default=getpass.getuser, show_default="your user name", help="Who says so."
)


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a deal, one a line.")
@filter_options
@db_option
@click.pass_context
def deals(context: click.Context, wanted: DealFilter, as_json: bool, db: Path) -> None:
    """List the deals with their stories, the latest news first; or work on single deals.

    \b
    Examples:
      dealwatch deals --since 7d --type storefront
      dealwatch deals show 12                 the time line of one deal
      dealwatch deals why 40 57               why stories 40 and 57 are one deal, or not
      dealwatch deals merge 12 15             they are one deal
      dealwatch deals split 12 57             story 57 tells of another deal
      dealwatch deals undo                    take the last merge or split back
    """
    if context.invoked_subcommand is not None:
        return
    with Archive.open(db, readonly=True) as archive:
        tell_strangers(archive, wanted)
        found = filter.deals(archive, wanted, "newest")
        if as_json:
            for record in found:
                click.echo(json.dumps(_row(record), ensure_ascii=False))
            return
        number = 0
        for record in found:
            _print(record)
            number += 1
        click.echo(f"{number} deals" if number != 1 else "1 deal")


@deals.command()
@click.argument("deal_id", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--changes", is_flag=True, help="Also what outlets changed in stories that they updated.")
@db_option
def show(deal_id: int, as_json: bool, changes: bool, db: Path) -> None:
    """Print the time line of deal ID: every story, and what each of them brought."""
    with Archive.open(db, readonly=True) as archive:
        record = deal(archive, deal_id)
        if record is None:
            raise DealwatchError(f"deal {deal_id}: there is none with that id; see `dealwatch deals`")
        ended = deal(archive, record.ends) if record.ends else None
        updates = {s.article_id: diff(archive, s.article_id) for s in record.stories} if changes else {}
    if as_json:
        click.echo(json.dumps(_row(record), ensure_ascii=False))
        return
    if record.id != deal_id:
        click.echo(f"deal {deal_id} is now part of deal {record.id}")
    _print_line(record, ended)
    for story, lines in updates.items():
        if lines:
            click.echo("\n".join((f"\nstory {story} was updated:", *lines)))


@deals.command()
@click.argument("deal_ids", metavar="ID ID ...", type=int, nargs=-1, required=True)
@_person_option
@db_option
@watchlist_option
def merge(deal_ids: tuple[int, ...], person: str, db: Path, watchlist: Path) -> None:
    """Say that these deals are one. Remembered: later stories are folded by it."""
    families = load_families(watchlist)
    with Archive.open(db, create=False) as archive:
        deal_id = hand.merge(archive, deal_ids, person, clock.now(), families)
    click.echo(f"one deal now: {deal_id}; `dealwatch deals undo` takes it back")


@deals.command()
@click.argument("deal_id", metavar="ID", type=int)
@click.argument("stories", metavar="STORY ...", nargs=-1, required=True)
@_person_option
@db_option
@watchlist_option
def split(deal_id: int, stories: tuple[str, ...], person: str, db: Path, watchlist: Path) -> None:
    """Take STORY ... (ids or addresses) out of deal ID, into a deal of their own. Remembered."""
    families = load_families(watchlist)
    with Archive.open(db, create=False) as archive:
        articles = [explain.article(archive, story) for story in stories]
        new = hand.split(archive, deal_id, articles, person, clock.now(), families)
    click.echo(f"a deal of its own now: {new}; `dealwatch deals undo` takes it back")


@deals.command()
@_person_option
@db_option
@watchlist_option
def undo(person: str, db: Path, watchlist: Path) -> None:
    """Take back the last merge or split that stands."""
    families = load_families(watchlist)
    with Archive.open(db, create=False) as archive:
        found = hand.undo(archive, person, clock.now(), families)
    click.echo(f"undone; the deals are now {', '.join(map(str, found))}")


@deals.command()
@click.argument("story_1")
@click.argument("story_2")
@db_option
@watchlist_option
def why(story_1: str, story_2: str, db: Path, watchlist: Path) -> None:
    """Say in one line why two stories (ids or addresses) were folded or kept apart, with the scores."""
    families = load_families(watchlist)
    with Archive.open(db, readonly=True) as archive:
        click.echo(explain.why(archive, story_1, story_2, families))


def _row(record: DealRecord) -> dict[str, Any]:
    return {**public(record).model_dump(mode="json"), "story_ids": [story.article_id for story in record.stories]}


def _heading(record: DealRecord) -> str:
    parties = " / ".join(party.name for party in record.parties)
    amount = record.amount or "no amount"
    return f"{record.id}  {parties} · {record.type} · {record.direction} · {record.status} · {amount} · {record.state}"


def _print(record: DealRecord) -> None:
    click.echo(_heading(record))
    for story in record.stories:
        day = (story.published or story.first_seen).date()
        copy = f" (copy of {story.copy_of})" if story.copy_of else ""
        click.echo(f"     {day}  {story.outlet}: {visible(' '.join(story.title.split()))} [{story.article_id}]{copy}")


def _print_line(record: DealRecord, ended: DealRecord | None) -> None:
    click.echo(_heading(record))
    if ended is not None:
        click.echo(f"ends deal {_heading(ended)}")
    moved = {(step.article_id, step.status) for step in record.steps}
    table = Table("day", "status", "story", "outlet", "headline and proof", box=None, pad_edge=False)
    for story in record.stories:
        mark = "▲ " if (story.article_id, story.status) in moved else "  "
        words = [visible(" ".join(each.split())) for each in (story.title, story.sentence)]
        words += [f"amount: {story.amount}"] if story.amount else []
        words += [f"copy of story {story.copy_of}"] if story.copy_of else []
        day = (story.published or story.first_seen).date().isoformat()
        table.add_row(day, mark + story.status, str(story.article_id), story.outlet, Text("\n".join(words)))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    click.echo("▲ moved the deal to this status")
