"""`dealwatch backup`: a consistent copy of the archive, also while a crawl runs."""

from pathlib import Path

import click

from dealwatch.archive import Archive
from dealwatch.archive.backup import backup as copy
from dealwatch.cli.options import db_option


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@db_option
def backup(file: Path, db: Path) -> None:
    """Copy the archive to FILE: consistent and checked, also while a crawl or a review goes on.

    An older backup of that name is replaced at once when the new copy is whole. To restore, see docs/operations.md.

    \b
    Examples:
      dealwatch backup /backups/dealwatch.db
      dealwatch backup "/backups/dealwatch-$(date +%F).db"
    """
    with Archive.open(db, readonly=True) as archive:
        size = copy(archive, file)
    click.echo(f"{file}: {size / 1_000_000:.1f} MB copied and checked")
