"""`dealwatch review`: the review page."""

import ipaddress
import webbrowser
from functools import partial
from pathlib import Path

import click

from dealwatch.cli.options import db_option, watchlist_option
from dealwatch.errors import DealwatchError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A name visitors reach it by; may be repeated.")
@click.option("--https", is_flag=True, help="It stands behind a TLS proxy: cookies travel by HTTPS alone.")
@click.option("--no-open", is_flag=True, help="Print the login link, open no browser.")
@db_option
@watchlist_option
def review(
    *,
    host: str,
    port: int,
    names: tuple[str, ...],
    https: bool,
    no_open: bool,
    db: Path,
    watchlist: Path,
) -> None:
    """Open the review queue in the browser: confirm, dismiss, correct; `?` lists the keys.

    Only this machine can reach it, by a one-time login link. Any other --host demands a person with a password.

    \b
    Examples:
      dealwatch review
      dealwatch review --host 0.0.0.0 --name desk.example.com --https
    """
    from dealwatch.archive import Archive
    from dealwatch.review.people import People
    from dealwatch.review.serve import bind, serve

    people = People.beside(db)
    local = _loopback(host)
    if not local and not people.all():
        raise DealwatchError(f"--host {host}: others could reach it; run dealwatch people add NAME first")
    Archive.open(db, readonly=not db.is_file()).close()  # an older archive is brought up to date, a missing one named
    with bind(host, port) as listener:
        serve(
            listener, db, watchlist, people, names, local=local, https=https, greet=partial(_greet, open_it=not no_open)
        )


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _greet(address: str, token: str | None, *, open_it: bool) -> None:
    """Say where the page is."""
    link = f"{address}/login?token={token}" if token else address
    click.echo(f"Review page: {link}" + (" (this link works once)" if token else ""))
    click.echo("Ctrl-C ends it.")
    if open_it and token:
        webbrowser.open(link)
