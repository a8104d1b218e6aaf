"""Single stories from where a person points: an address, a saved page, a text file."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from crawler.trial import Get, Outcome, ask
from dealwatch.deals.records import Story
from dealwatch.errors import DealwatchError
from dealwatch.watchlist.sources import Politeness
from pipelines.cleaning.extract import MAX_BYTES
from pipelines.cleaning.page import CleanError
from pipelines.cleaning.pool import Cleaner

PAGES = (".html", ".htm", ".html.gz", ".htm.gz")


def stories(places: Iterable[str], watchlist: Path) -> Iterator[Story]:
    """One story a place. Raises DealwatchError naming the first place that cannot be had or read."""
    places = list(places)
    for place in places:
        if re.match(r"(?!https?://)[A-Za-z][A-Za-z0-9+.-]*://", place):
            raise DealwatchError(f"{place}: only http and https addresses can be fetched")
    addresses = [place for place in places if place.startswith(("http://", "https://"))]
    outcomes = dict(zip(addresses, _fetched(addresses, watchlist), strict=True)) if addresses else {}
    with Cleaner(1) as cleaner:
        for place in places:
            if place in outcomes:
                yield _from_web(place, outcomes[place], cleaner)
            elif place.endswith(PAGES):
                yield _cleaned(place, _read(Path(place)), "", cleaner)
            else:
                yield _plain(place)


def _fetched(addresses: list[str], watchlist: Path) -> list[Outcome]:
    async def work(get: Get) -> list[Outcome]:
        return [await get(address, Politeness()) for address in addresses]

    return ask(work, watchlist)


def _from_web(place: str, outcome: Outcome, cleaner: Cleaner) -> Story:
    if outcome.answer is None or outcome.error:
        raise DealwatchError(f"{place}: {outcome.error or 'no answer'}; save the page and name the file instead")
    return _cleaned(place, outcome.answer.body, outcome.answer.url, cleaner)


def _cleaned(place: str, body: bytes, url: str, cleaner: Cleaner) -> Story:
    try:
        page = cleaner.result(cleaner.submit(body, url))
    except CleanError as error:
        raise DealwatchError(f"{place}: {error}") from error
    return Story(place, page.title, page.text, page.lang, page.published, url or page.canonical_url)


def _plain(place: str) -> Story:
    try:
        text = _read(Path(place)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DealwatchError(f"{place}: no UTF-8 text; a saved page must end in .html or .html.gz") from error
    title, _, body = text.strip().partition("\n")
    return Story(place, title.strip(), body.strip())


def _read(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DealwatchError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
