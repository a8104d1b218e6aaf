"""`python -m dealwatch.newsroom`: the sample newsroom in the foreground, for a look around with a browser."""

import sys
import threading

import click

from dealwatch.clock import now
from dealwatch.errors import DealwatchError
from dealwatch.newsroom.server import FIRST_PORT, Newsroom
from dealwatch.newsroom.stories import Edition, outlets


@click.command()
@click.option("--port", default=FIRST_PORT, show_default=True, help="The first of five ports.")
@click.option("--edition", type=click.IntRange(1, 2), default=1, show_default=True)
def serve(port: int, edition: int) -> None:
    """Serves the sample newsroom until Ctrl-C."""
    at = now()
    with Newsroom(Edition(edition, at, at), port) as newsroom:
        for outlet in outlets().values():
            click.echo(f"{newsroom.base(outlet.name)}/  {outlet.title}")
        threading.Event().wait()


if __name__ == "__main__":
    try:
        serve()
    except DealwatchError as error:
        sys.exit(str(error))
