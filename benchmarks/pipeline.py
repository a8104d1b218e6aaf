"""Pages a second through clean, flag, fold and store, beside bare trafilatura and newspaper4k on the same pages.

python -m benchmarks.pipeline [--pages DIR] [--rounds 3]

DIR holds .html or .html.gz; without it the pages of the bundled sample newsroom are taken. All three use every core.
"Bare trafilatura" has the product's settings, metadata and quick dates included. Rounds of the three take turns; the
figures are medians. "Everything except cleaning" is the CPU time of the main process: handing pages to the cleaning
processes and back, flagging, folding, storing.
"""

import argparse
import asyncio
import gzip
import logging
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura
from scrapy.exceptions import DropItem

from dealwatch import clock
from dealwatch.archive import Archive, frontier
from dealwatch.newsroom.addresses import path_of
from dealwatch.newsroom.press import Press
from dealwatch.newsroom.stories import Edition, outlets
from dealwatch.watchlist.families import load_families
from dealwatch.watchlist.flagger import load_flagger
from pipelines.clean import Cleaner, CleanPipeline
from pipelines.flag import FlagPipeline
from pipelines.fold import FoldPipeline
from pipelines.items import Page
from pipelines.store import StorePipeline

WATCHLIST = Path(__file__).parents[1] / "watchlist"
CORES = os.cpu_count() or 1
SECONDS_A_ROUND = 4.0
Html = tuple[str, bytes]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="a folder of .html or .html.gz files")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    logging.disable(logging.ERROR)
    pages = from_folder(given.pages) if given.pages else from_newsroom()
    size = sum(len(body) for _, body in pages) / len(pages) / 1000
    print(f"{len(pages)} pages of {size:.0f} KB on average, {CORES} cores")
    product, bare, other, rest = [], [], [], []
    with (
        Cleaner() as cleaner,
        Bare(bare_clean) as trafilatura_alone,
        Bare(newspaper_clean) as newspaper,
        tempfile.TemporaryDirectory() as folder,
    ):
        run = Product(cleaner, Path(folder))
        for _ in range(given.rounds):
            bare.append(rate(trafilatura_alone.run, pages))
            run.cpu = run.pages = 0
            product.append(rate(run.run, pages))
            rest.append(run.cpu / run.pages * 1000)
            other.append(rate(newspaper.run, pages))
    report(*(statistics.median(figures) for figures in (product, bare, other, rest)))


def report(product: float, bare: float, newspaper: float, rest: float) -> None:
    print(f"the whole pipeline     {product:7.1f} pages/s")
    print(f"bare trafilatura       {bare:7.1f} pages/s   the pipeline runs at {product / bare:.2f} of it")
    print(f"newspaper4k            {newspaper:7.1f} pages/s   the pipeline runs at {product / newspaper:.1f} times it")
    print(f"everything except cleaning: {rest:.1f} ms of CPU a page (limit 6)")


def rate(run: Callable[[list[Html]], float], pages: list[Html], seconds: float = SECONDS_A_ROUND) -> float:
    """Pages a second over passes of all pages that together take about `seconds`; the first pass only warms up."""
    took = run(pages)
    passes = max(1, round(seconds / took))
    return len(pages) * passes / sum(run(pages) for _ in range(passes))


class Product:
    """The product's own steps on a fresh archive a pass, with as many pages under way as keep the cleaners busy."""

    def __init__(self, cleaner: Cleaner, folder: Path) -> None:
        self._cleaner = cleaner
        self._folder = folder
        self._flag = FlagPipeline(load_flagger(WATCHLIST))
        self._families = load_families(WATCHLIST)
        self.cpu = 0.0
        self.pages = 0

    def run(self, pages: list[Html]) -> float:
        """Seconds that one pass took."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder, Archive.open(Path(folder) / "a.db") as archive:
            items = self._items(archive, pages)
            started, cpu = time.perf_counter(), time.process_time()
            asyncio.run(self._all(archive, items))
            self.cpu += time.process_time() - cpu
            self.pages += len(pages)
            return time.perf_counter() - started

    async def _all(self, archive: Archive, items: list[Page]) -> None:
        steps = CleanPipeline(archive, self._cleaner), FoldPipeline(), StorePipeline(archive, 36_500, self._families)
        room = asyncio.Semaphore(4 * CORES)

        async def one(item: Page) -> None:
            async with room:
                cleaned, folder, store = steps
                try:
                    page = await cleaned.process_item(item)
                except DropItem:
                    return
                store.process_item(folder.process_item(self._flag.process_item(page)))

        await asyncio.gather(*(one(item) for item in items))

    def _items(self, archive: Archive, pages: list[Html]) -> list[Page]:
        at = clock.now()
        found = [frontier.Found(url, f"{number}/{url}") for number, (url, _) in enumerate(pages)]
        frontier.discovered(archive, "bench", "http://bench.example/", found, None, at)
        waiting = {address.key: address.id for address in frontier.pending(archive, "bench", at)}
        return [
            Page("bench", waiting[link.key], link.url, body, None, at, None, None, None, None, None, 1)
            for link, (_, body) in zip(found, pages, strict=True)
        ]


class Bare:
    """One function over all pages, on every core, with nothing around it."""

    def __init__(self, function: Callable[[Html], None]) -> None:
        self._function = function
        self._pool = multiprocessing.Pool(CORES)

    def run(self, pages: list[Html]) -> float:
        started = time.perf_counter()
        self._pool.map(self._function, pages, chunksize=2)
        return time.perf_counter() - started

    def __enter__(self) -> "Bare":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.terminate()
        self._pool.join()


def bare_clean(page: Html) -> None:
    url, body = page
    trafilatura.bare_extraction(
        body,
        url=url,
        fast=True,
        favor_recall=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True, "max_date": None},
    )


def newspaper_clean(page: Html) -> None:
    from newspaper import Article, ArticleException

    url, body = page
    article = Article(url, fetch_images=False)
    try:
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
    except (ArticleException, ImportError):  # for some languages it wants more packages: such pages count as done
        return


def from_folder(folder: Path) -> list[Html]:
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".html", ".html.gz")))
    if not files:
        raise SystemExit(f"{folder}: no .html or .html.gz there")
    return [
        (f"https://bench.example/{path.name}", gzip.decompress(data) if path.suffix == ".gz" else data)
        for path, data in ((path, path.read_bytes()) for path in files)
    ]


def from_newsroom() -> list[Html]:
    edition = Edition(1, clock.now(), clock.now())
    found = []
    for outlet in outlets().values():
        press = Press(outlet, edition, f"http://{outlet.name}.example")
        for page in press.pages:
            reply = press.answer(path_of(page), {})
            html = reply.status == 200 and reply.content_type.startswith("text/html")
            if html and isinstance(reply.body, bytes):
                found.append((press.base + path_of(page), reply.body))
    return found


if __name__ == "__main__":
    main()
