"""`dealwatch clean`: what the cleaning makes of saved pages."""

import gzip
import json
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dealwatch import clock
from dealwatch.errors import EXIT_SOME_SOURCES_FAILED
from pipelines.cleaning.extract import MAX_BYTES
from pipelines.cleaning.page import CleanedPage, CleanError
from pipelines.cleaning.pool import DEADLINE_SECONDS, Cleaner, Ticket

_AHEAD = 8
"""Pages queued a worker: enough to keep it busy, few enough to keep memory flat."""


@click.command(no_args_is_help=True)
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", default="", help="The address the page came from, where its own canonical link does not tell.")
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    default=0,
    show_default="one a core",
    help="Processes that clean side by side.",
)
@click.option(
    "--deadline", default=DEADLINE_SECONDS, show_default=True, type=click.FloatRange(min=0.1), help="Seconds a page."
)
def clean(pages: tuple[Path, ...], url: str, workers: int, deadline: float) -> None:
    """Print the story of each saved page (.html, or .html.gz) as one JSON line.

    \b
    A page that cannot be cleaned gives a line with "error" instead of "text", and exit code 3.

    \b
    Examples:
      dealwatch clean page.html
      dealwatch clean saved/*.html.gz > stories.jsonl
      dealwatch clean --url https://technode.com/2019/11/25/amazon-pinduoduo/ page.html | jq .published
    """
    failed = False
    with Cleaner(workers, deadline) as cleaner:
        for path, outcome in _outcomes(cleaner, pages, url):
            failed |= isinstance(outcome, CleanError)
            click.echo(json.dumps(_row(path, url, outcome), ensure_ascii=False))
    if failed:
        raise SystemExit(EXIT_SOME_SOURCES_FAILED)


def _outcomes(cleaner: Cleaner, pages: tuple[Path, ...], url: str) -> Iterator[tuple[Path, CleanedPage | CleanError]]:
    """Each page with what came of it, in the order given."""
    waiting: deque[tuple[Path, Ticket | CleanError]] = deque()
    for path in pages:
        waiting.append((path, _submit(cleaner, path, url)))
        if len(waiting) >= _AHEAD * cleaner.workers:
            yield _outcome(cleaner, *waiting.popleft())
    while waiting:
        yield _outcome(cleaner, *waiting.popleft())


def _submit(cleaner: Cleaner, path: Path, url: str) -> Ticket | CleanError:
    try:
        return cleaner.submit(_read(path), url)
    except CleanError as error:
        return error


def _outcome(cleaner: Cleaner, path: Path, waited: Ticket | CleanError) -> tuple[Path, CleanedPage | CleanError]:
    if isinstance(waited, CleanError):
        return path, waited
    try:
        return path, cleaner.result(waited)
    except CleanError as error:
        return path, error


def _read(path: Path) -> bytes:
    """The page's bytes, at most one more than the limit, so that a gzip bomb stays small."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise CleanError(f"the file cannot be read: {error}") from error


def _row(path: Path, url: str, outcome: CleanedPage | CleanError) -> dict[str, Any]:
    name = path.name.removesuffix(".gz").removesuffix(".html").removesuffix(".htm")
    if isinstance(outcome, CleanError):
        return {"page": name, "url": url or None, "error": str(outcome)}
    return {
        "page": name,
        "url": url or outcome.canonical_url,
        "title": outcome.title,
        "text": outcome.text,
        "author": outcome.author,
        "site": outcome.site,
        "lang": outcome.lang,
        "published": clock.iso(outcome.published) if outcome.published else None,
        "published_from": outcome.published_from,
        "modified": clock.iso(outcome.modified) if outcome.modified else None,
        "modified_from": outcome.modified_from,
        "canonical_url": outcome.canonical_url,
    }
