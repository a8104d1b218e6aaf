"""The options that every command shares."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from dealwatch.watchlist.settings import DEFAULT_DB, DEFAULT_WATCHLIST

F = TypeVar("F", bound=Callable[..., Any])


def db_option(command: F) -> F:
    """`--db FILE`, given to the command as `db: Path`."""
    return click.option(
        "--db",
        type=click.Path(path_type=Path, dir_okay=False),
        default=DEFAULT_DB,
        envvar="DEALWATCH_DB",
        show_default=True,
        help="The archive file.",
    )(command)


def watchlist_option(command: F) -> F:
    """`--watchlist DIR`, given to the command as `watchlist: Path`."""
    return click.option(
        "--watchlist",
        type=click.Path(path_type=Path, file_okay=False),
        default=DEFAULT_WATCHLIST,
        envvar="DEALWATCH_WATCHLIST",
        show_default=True,
        help="The folder of sources, entities and rules.",
    )(command)
