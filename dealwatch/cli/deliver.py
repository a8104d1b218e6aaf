"""`dealwatch deliver`: send what waits in the outbox."""

import json
import time
from pathlib import Path

import click

from crawler.locks import SourceLock
from dealwatch import clock
from dealwatch.archive import Archive, outbox
from dealwatch.cli.options import db_option, watchlist_option
from dealwatch.errors import EXIT_SOME_SOURCES_FAILED, DealwatchError
from dealwatch.exports.delivery import SENDER, Tally
from dealwatch.exports.delivery import deliver as send
from dealwatch.exports.secrets import Secrets
from dealwatch.watchlist.channels import load_channels


@click.command()
@click.option("--wait", is_flag=True, help="Go on until nothing waits, with the pauses that failures ask for.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@db_option
@watchlist_option
def deliver(wait: bool, as_json: bool, db: Path, watchlist: Path) -> None:
    """Send the deliveries that are due. The scheduler does this by itself every minute.

    Exit code 3 if a channel did not take something; it stays in the outbox and is tried again.

    \b
    Examples:
      dealwatch deliver
      dealwatch deliver --wait
    """
    if not db.is_file():
        raise DealwatchError(f"{db}: no archive there yet; crawl first, or name the right file with --db FILE")
    channels, secrets = load_channels(watchlist), Secrets.load()
    total = Tally()
    with SourceLock(db, SENDER) as lock, Archive.open(db) as archive:
        if not lock.take():
            raise DealwatchError("another sender is at work on this archive; it sends all that is due")
        while True:
            tally = send(archive, channels, secrets)
            total.add(tally)
            coming = outbox.next_due(archive)
            if not wait or coming is None:
                break
            time.sleep(min(max((coming - clock.now()).total_seconds(), 0.0 if tally.sent else 0.2), 5.0))
        left = outbox.counts(archive)
    _report(total, left, as_json)
    if total.errors:
        raise SystemExit(EXIT_SOME_SOURCES_FAILED)


def _report(total: Tally, left: dict[outbox.State, int], as_json: bool) -> None:
    if as_json:
        figures = {"sent": total.sent, "gave_up": total.gave_up, "waiting": left["waiting"], "failed": left["failed"]}
        click.echo(json.dumps({**figures, "errors": list(total.errors)}, ensure_ascii=False))
        return
    click.echo(f"sent {total.sent}, waiting {left['waiting']}, failed {left['failed']}")
    for error in total.errors:
        click.echo(f"dealwatch: {error}", err=True)
    if total.gave_up:
        click.echo(f"dealwatch: gave up {total.gave_up}; see `dealwatch deliveries --state failed`", err=True)
