"""`dealwatch export`: deals in the formats that colleagues use."""

from pathlib import Path

import click

from dealwatch.archive import Archive
from dealwatch.archive.filter import DealFilter
from dealwatch.cli.filtering import filter_options, tell_strangers
from dealwatch.cli.options import db_option
from dealwatch.errors import DealwatchError
from dealwatch.exports.files import export as write
from dealwatch.exports.formats import format_named, formats
from dealwatch.exports.formats.comma_separated import Csv


class _WithFormats(click.Command):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Formats"):
            formatter.write_dl([(kind.name, kind.title) for kind in formats().values()])


@click.command(cls=_WithFormats, no_args_is_help=True)
@click.argument("format_name", metavar="FORMAT")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write. [stdout]")
@click.option("--since-last", metavar="NAME", help="Only what is new or changed since the export of that name.")
@click.option("--title", help="The heading of a feed, calendar or digest.")
@click.option("--bom", is_flag=True, help="CSV: a byte order mark first, for Excel.")
@filter_options
@db_option
def export(
    format_name: str,
    output: Path | None,
    since_last: str | None,
    title: str | None,
    bom: bool,
    db: Path,
    wanted: DealFilter,
) -> None:
    """Write the deals that pass the filter. Never the publishers' text: title, address, quote and fields.

    A file is whole or not there at all. Without -o it goes to standard output.

    \b
    Examples:
      dealwatch export csv --since 7d -o week.csv
      dealwatch export xlsx --state confirmed -o deals.xlsx
      dealwatch export jsonl --since-last warehouse
      dealwatch export html --since 1d --title "Deals of the day" -o digest.html
    """
    kind = format_named(format_name)
    if bom and kind is not Csv:
        raise DealwatchError(f"--bom is for csv; leave it out with {format_name}")
    if not title:
        title = f"Deals since {wanted.since:%Y-%m-%d}" if wanted.since else "Deals"
    with Archive.open(db, readonly=since_last is None) as archive:
        tell_strangers(archive, wanted)
        count = write(archive, wanted, Csv(bom) if bom else kind(), output, title=title, since_last=since_last)
    if output:
        click.echo(f"{count} deals in {output}", err=True)
