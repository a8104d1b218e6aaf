"""`dealwatch deliveries`: what waits, went and failed."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dealwatch import clock
from dealwatch.archive import Archive, outbox
from dealwatch.archive.deal import records
from dealwatch.archive.outbox import Delivery
from dealwatch.cli.options import db_option, watchlist_option
from dealwatch.watchlist.channels import channel_named


@click.command()
@click.option("--state", "states", multiple=True, type=click.Choice(outbox.STATES), help="Only these; may be repeated.")
@click.option("--channel", metavar="NAME", help="Only this channel's.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(min=1), help="At most so many, newest first."
)
@click.option("--retry", is_flag=True, help="Let what failed wait again (of --channel, or of all).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@db_option
@watchlist_option
def deliveries(
    states: tuple[outbox.State, ...],
    channel: str | None,
    limit: int,
    retry: bool,
    as_json: bool,
    db: Path,
    watchlist: Path,
) -> None:
    """Show the outbox, the newest first.

    \b
    Examples:
      dealwatch deliveries --state failed
      dealwatch deliveries --channel desk --retry
    """
    with Archive.open(db, readonly=not retry) as archive:
        if channel is not None and channel not in outbox.channels(archive):
            channel_named(watchlist, channel)
        if retry:
            click.echo(f"{outbox.retry(archive, channel, clock.now())} wait again")
            return
        found = outbox.deliveries(archive, states, channel, limit)
        names = {
            record.id: " / ".join(party.name for party in record.parties)
            for record in records(archive, list({delivery.deal_id for delivery in found}))
        }
        counts = outbox.counts(archive)
    if as_json:
        for delivery in found:
            click.echo(json.dumps(_row(delivery, names.get(delivery.deal_id, "")), ensure_ascii=False))
        return
    if found:
        Console().print(_table(found, names))
    click.echo(", ".join(f"{state} {number}" for state, number in counts.items()))


def _row(delivery: Delivery, deal: str) -> dict[str, Any]:
    return {
        "alert": delivery.alert_id,
        "revision": delivery.revision,
        "channel": delivery.channel,
        "deal": delivery.deal_id,
        "parties": deal,
        "what": delivery.what,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "created_at": clock.iso(delivery.created_at),
        "next_try_at": clock.iso(delivery.next_try_at) if delivery.next_try_at else None,
        "sent_at": clock.iso(delivery.sent_at) if delivery.sent_at else None,
        "error": delivery.error,
    }


def _table(found: list[Delivery], names: dict[int, str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in ("channel", "deal", "news", "state", "tries", "when", "why"):
        table.add_column(head, overflow="fold")
    for delivery in found:
        when = delivery.sent_at or delivery.next_try_at or delivery.created_at
        cells = (delivery.channel, names.get(delivery.deal_id, ""), delivery.what, delivery.state,
                 str(delivery.attempts), clock.iso(when), delivery.error or "")  # fmt: skip
        table.add_row(*(Text(cell) for cell in cells))
    return table
