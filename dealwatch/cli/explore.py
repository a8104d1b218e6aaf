"""`dealwatch explore`: the archive, read-only, in Datasette."""

import importlib.util
import os
import sys
from pathlib import Path

import click

from dealwatch.archive import Archive
from dealwatch.cli.options import db_option
from dealwatch.errors import DealwatchError


@click.command()
@click.option("--port", default=8766, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-open", is_flag=True, help="Open no browser.")
@db_option
def explore(*, port: int, no_open: bool, db: Path) -> None:
    """Look at the archive's tables with Datasette: facets, SQL, CSV. Nothing can be written; only this machine sees it.

    \b
    Examples:
      dealwatch explore
      dealwatch explore --port 9000 --no-open
    """
    if importlib.util.find_spec("datasette") is None:
        raise DealwatchError("Datasette is not installed; run make explore, or install the extra: dealwatch[explore]")
    Archive.open(db, readonly=True).close()
    command = [sys.executable, "-m", "datasette", "serve", str(db), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--setting", "allow_download", "off", "--setting", "max_returned_rows", "1000"]
    os.execv(sys.executable, command if no_open else [*command, "--open"])  # noqa: S606 - our own interpreter
