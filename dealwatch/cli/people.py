"""`dealwatch people` and `dealwatch feeds`: who may read the review page, by password or by a feed's address."""

from pathlib import Path

import click

from dealwatch import clock
from dealwatch.cli.options import db_option


@click.group()
def people() -> None:
    """Say who may come in to the review page, and as what. Kept beside the archive, never in it."""


@people.command("list")
@db_option
def list_people(db: Path) -> None:
    """Everybody who has a password, and their role."""
    from dealwatch.review.people import People

    found = People.beside(db).all()
    for person in found:
        click.echo(f"{person.name:24} {person.role}")
    if not found:
        click.echo("nobody has a password yet; dealwatch people add NAME gives one")


@people.command("add")
@click.argument("name")
@click.option("--reader", is_flag=True, help="They look and decide nothing.")
@db_option
def add_person(name: str, reader: bool, db: Path) -> None:
    """Give NAME a password, or a new one; sessions begun with the old one end.

    \b
    Examples:
      dealwatch people add ann
      dealwatch people add ben --reader
    """
    from dealwatch.review.people import People

    password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    People.beside(db).put(name, password, "reader" if reader else "reviewer")
    click.echo(f"{name} may come in as {'reader' if reader else 'reviewer'}")


@people.command("remove")
@click.argument("name")
@db_option
def remove_person(name: str, db: Path) -> None:
    """Let NAME in no more, from now on."""
    from dealwatch.review.people import People

    People.beside(db).remove(name)
    click.echo(f"{name} is out")


@click.group()
def feeds() -> None:
    """Addresses with a secret in them, for feed readers that cannot log in. The review page serves them."""


@feeds.command("list")
@db_option
def list_feeds(db: Path) -> None:
    """Every feed and its filter. The secret itself was shown once, when it was made."""
    from dealwatch.review.people import People

    found = People.beside(db).feeds()
    for feed in found:
        click.echo(f"{feed.name:24} {feed.made_at}  {feed.query or 'state=confirmed'}")
    if not found:
        click.echo("no feeds yet; dealwatch feeds add NAME makes one")


@feeds.command("add")
@click.argument("name")
@click.option("--filter", "query", default="", help="As in an address of the queue. [default: state=confirmed]")
@db_option
def add_feed(name: str, query: str, db: Path) -> None:
    """Make a feed called NAME and print its addresses, this once.

    \b
    Examples:
      dealwatch feeds add desk
      dealwatch feeds add exits --filter "state=confirmed&type=exit"
    """
    from dealwatch.review.feeds import checked
    from dealwatch.review.people import People

    checked(query)
    token = People.beside(db).add_feed(name, query, clock.iso(clock.now()))
    click.echo(f"/feed/{token}.atom\n/feed/{token}.json")
    click.echo("Put the address of your review page before them. They are not shown again.", err=True)


@feeds.command("remove")
@click.argument("name")
@db_option
def remove_feed(name: str, db: Path) -> None:
    """Revoke the feed called NAME: its addresses stop working at once."""
    from dealwatch.review.people import People

    People.beside(db).remove_feed(name)
    click.echo(f"{name} is revoked")
