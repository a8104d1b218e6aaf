"""A throw-away monitor: a watchlist and an archive in a temporary folder, crawled in a process of its own."""

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.report import CrawlReport
from crawler.run import crawl
from tests.crawler.outlet import Outlet
from tests.watchlists import bare_watchlist

_FORK = multiprocessing.get_context("fork")  # Twisted's reactor starts once a process; a fork has all modules loaded


class Monitor:
    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.db = folder / "data" / "news.db"
        self.watchlist = folder / "watchlist"
        self._stack = stack
        bare_watchlist(self.watchlist)
        entities = [{"name": "Alibaba", "side": "chinese", "kind": "platform", "home": "CN"}]
        self._write("entities/few.yaml", {"about": "a few", "entities": entities})

    def outlet(self) -> Outlet:
        return self._stack.enter_context(Outlet())

    def source(self, name: str, homepage: str, discover: dict[str, Any], **keys: Any) -> None:
        """Write a source file: polite to nobody, allowed on loopback."""
        politeness = {"delay": 0, "concurrency": 2, "allow_private": True, **keys.pop("politeness", {})}
        source = {"name": name, "title": name, "homepage": homepage, "discover": discover, "politeness": politeness}
        self._write(f"sources/{name}.yaml", {**source, **keys})

    def crawl(self, *names: str, since: date | None = None, due: bool = False) -> dict[str, CrawlReport]:
        """Crawl to the end; reports by source."""
        process, reader = self.start(*names, since=since, due=due)
        assert reader.poll(60), "the crawl did not come to an end"
        result = reader.recv()
        process.join(20)
        assert isinstance(result, list), result
        return {report.source: report for report in result}

    def start(self, *names: str, since: date | None = None, due: bool = False) -> tuple[BaseProcess, Connection]:
        """Start a crawl; its reports, or its error, arrive at the connection."""
        reader, writer = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=self._child, args=(writer, names, since, due))
        process.start()
        writer.close()
        self._stack.callback(process.kill)
        return process, reader

    def _child(self, writer: Connection, names: tuple[str, ...], since: date | None, due: bool) -> None:
        try:
            writer.send(crawl(names, self.db, self.watchlist, since=since, due=due))
        except BaseException as error:
            writer.send(repr(error))
            raise

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.db) as db:
            return db.execute(query, values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        with sqlite3.connect(self.db) as db:
            db.execute(statement, values)

    def articles(self, source: str) -> list[str]:
        return [title for (title,) in self.rows("select title from articles where source = ? order by title", source)]

    def address(self, url: str) -> tuple[str, str | None, int]:
        """(state, reason, attempts) of an address."""
        [row] = self.rows("select state, reason, attempts from addresses where url = ?", url)
        return row

    def _write(self, path: str, data: Any) -> None:
        (self.watchlist / path).write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Monitor]:
    with ExitStack() as stack:
        yield Monitor(tmp_path, stack)


@pytest.fixture(scope="module")
def shared_monitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitor]:
    """For tests that look at one crawl from several sides."""
    with ExitStack() as stack:
        yield Monitor(tmp_path_factory.mktemp("monitor"), stack)
