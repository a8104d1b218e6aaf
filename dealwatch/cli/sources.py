"""`dealwatch sources`: the outlets of the watchlist; list them, add one, try their addresses."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from dealwatch.cli.options import watchlist_option
from dealwatch.errors import EXIT_OK, EXIT_SOME_SOURCES_FAILED, WatchlistError
from dealwatch.watchlist.drafts import source_text, write_checked, write_source
from dealwatch.watchlist.sources import Politeness, load_sources, pick, source_files


@click.group()
def sources() -> None:
    """The outlets: one file each in watchlist/sources.

    \b
    Examples:
      dealwatch sources list
      dealwatch sources add https://pandaily.com/
      dealwatch sources check technode --write
    """


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source, one a line.")
@watchlist_option
def list_(*, as_json: bool, watchlist: Path) -> None:
    """All sources with where they are discovered and when they are crawled.

    \b
    Examples:
      dealwatch sources list
      dealwatch sources list --json
    """
    loaded = load_sources(watchlist)
    if as_json:
        for source in loaded.values():
            click.echo(json.dumps(source.model_dump(mode="json"), ensure_ascii=False))
        return
    table = Table("source", "title", "language", "discovered by", "schedule (UTC)", "a week", "checked", box=None)
    for source in loaded.values():
        kinds = ", ".join(dict.fromkeys(kind.replace("_", " ") for kind, _ in source.discover.places()))
        expected = str(source.expect.articles_per_week or "")
        checked = str(source.checked or "never")
        table.add_row(source.name, source.title, source.language or "", kinds, source.schedule, expected, checked)
    _console().print(table)
    click.echo("1 source" if len(loaded) == 1 else f"{len(loaded)} sources")


@sources.command()
@click.argument("url")
@click.option("--name", help="The source's name, and its file's. Default: made from the address.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@click.option("--allow-private", is_flag=True, help="The outlet is on this machine or its network.")
@watchlist_option
def add(url: str, *, name: str | None, force: bool, allow_private: bool, watchlist: Path) -> None:
    """Find the feeds, maps and WordPress JSON of the outlet at URL, and write its file.

    \b
    Examples:
      dealwatch sources add https://pandaily.com/
      dealwatch sources add https://www.retail.example/asia --name retail-asia
    """
    from crawler.autodiscover import autodiscover, name_of

    url = url if "://" in url else f"https://{url}"
    target = watchlist / "sources" / f"{name or name_of(url)}.yaml"
    if target.exists() and not force:
        raise WatchlistError(f"{target}: is there already; --force writes over it, --name chooses another")
    delay = 0 if allow_private else 1
    found = autodiscover(url, watchlist, Politeness(delay=delay, deadline=60, allow_private=allow_private))
    for note in found.notes:
        click.echo(note)
    if found.empty:
        raise WatchlistError(
            f"{url}: nothing to discover articles from was found; write {target} by hand, with a listing: a section"
            " front under discover: listings: - {url: ..., links: 'regular expression of its article links'}"
        )
    discover = {
        "feeds": found.feeds,
        "news_sitemaps": found.news_sitemaps,
        "sitemaps": found.sitemaps,
        "wordpress": found.wordpress,
        "listings": found.listings,
    }
    text = source_text(
        name or name_of(url),
        found.title,
        found.homepage,
        found.language,
        discover,
        found.include,
        allow_private=allow_private,
    )
    written = write_source(watchlist / "sources", name or name_of(url), text, force=force)
    try:
        load_sources(watchlist)
    except WatchlistError as error:
        if str(written) in str(error) and not force:
            written.unlink()
        raise
    click.echo(f"wrote {written}; next: dealwatch crawl {written.stem} --watchlist {watchlist}")


@sources.command()
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an address, one a line.")
@click.option("--write", is_flag=True, help="Put today's date into `checked:` of each file whose addresses all answer.")
@watchlist_option
def check(names: tuple[str, ...], *, as_json: bool, write: bool, watchlist: Path) -> None:
    """Try every address of the sources called NAME, or of all: does it answer, with what, and do the patterns fit?

    \b
    Exit codes: 0 all in order, 2 wrong watchlist, 3 some sources are not in order.

    \b
    Examples:
      dealwatch sources check
      dealwatch sources check technode pandaily --write
    """
    from crawler.check import check as try_all

    chosen = pick(load_sources(watchlist), names)
    tried = try_all(chosen.values(), watchlist)
    bad = {one.source for one in tried if one.problem}
    if as_json:
        for one in tried:
            click.echo(json.dumps(one.as_dict(), ensure_ascii=False))
    else:
        table = Table("source", "expected", "status", "found", box=None)
        table.add_column("links", justify="right")
        table.add_column("articles", justify="right")
        for column in ("newest", "address", "problem"):
            table.add_column(column, overflow="fold")
        for one in tried:
            newest = one.newest.date().isoformat() if one.newest else ""
            figures = (str(one.links), str(one.articles), newest)
            status, found = str(one.status or "-"), one.found or "-"
            table.add_row(one.source, one.kind.replace("_", " "), status, found, *figures, one.url, one.problem or "ok")
        _console().print(table)
        for one in tried:
            if one.strange:
                click.echo(f"{one.source}: no pattern fits links such as {' '.join(one.strange)}")
        click.echo(f"{len(chosen) - len(bad)} of {len(chosen)} sources are in order")
    if write:
        for path in source_files(watchlist):
            if path.stem in chosen and path.stem not in bad:
                write_checked(path, datetime.now(UTC).date())
    for one in tried:
        if one.problem:
            click.echo(f"dealwatch: {one.source}: {one.kind.replace('_', ' ')} {one.url}: {one.problem}", err=True)
    sys.exit(EXIT_SOME_SOURCES_FAILED if bad else EXIT_OK)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 200)
