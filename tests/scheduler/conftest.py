"""The scheduler as a process of its own, on a throw-away watchlist and local outlets."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from dealwatch.archive import Archive, crawls
from tests.crawler.outlet import Outlet, item
from tests.watchlists import bare_watchlist

ROOT = Path(__file__).resolve().parents[2]
# A source's cron line has no finer unit than a minute; this starts the same program with a trigger of one second.
EVERY_SECOND = """
import scheduler
from apscheduler.triggers.interval import IntervalTrigger
scheduler.cron = lambda line: IntervalTrigger(seconds=1)
scheduler.main()
"""


class Running:
    """A scheduler process and the lines it says."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self._more.notify_all()

    def wait_for(self, pattern: str, times: int = 1, seconds: float = 30) -> str:
        """The line that says `pattern` for the `times`-th time."""

        def said() -> list[str]:
            return [line for line in self.lines if re.search(pattern, line)]

        with self._more:
            assert self._more.wait_for(lambda: len(said()) >= times, seconds), f"no {pattern!r} in {self.lines}"
            return said()[times - 1]

    def end(self, seconds: float = 10) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds: float = 60) -> int:
        code = self.process.wait(seconds)
        self._reader.join(10)
        return code


class Desk:
    """A watchlist, an archive, and what it takes to watch them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.db = folder / "data" / "news.db"
        self.watchlist = folder / "watchlist"
        self._stack = stack
        bare_watchlist(self.watchlist)
        entities = [{"name": "Alibaba", "side": "chinese", "kind": "platform", "home": "CN"}]
        self.write("entities/few.yaml", {"about": "a few", "entities": entities})
        self.write("settings.yaml", {"clean_workers": 1})

    def outlet(self, name: str, **keys: Any) -> Outlet:
        """A local outlet with a feed of one article, and its source file. Due only by its last run, twice a year."""
        outlet = self._stack.enter_context(Outlet())
        outlet.feed("/feed", item(outlet.url("/one"), f"First story of {name}"))
        outlet.page("/one", f"First story of {name}")
        self.source(name, outlet, **keys)
        return outlet

    def source(self, name: str, outlet: Outlet, **keys: Any) -> None:
        politeness = {"delay": 0, "concurrency": 2, "allow_private": True, **keys.pop("politeness", {})}
        source = {
            "name": name,
            "title": name,
            "homepage": outlet.url("/"),
            "discover": {"feeds": [outlet.url("/feed")]},
            "schedule": f"0 0 1 {(datetime.now(UTC).month + 5) % 12 + 1} *",
            "politeness": politeness,
            **keys,
        }
        self.write(f"sources/{name}.yaml", source)

    def write(self, path: str, data: Any) -> None:
        """At once, as an editor that renames does."""
        target = self.watchlist / path
        draft = target.with_suffix(".part")
        draft.write_text(data if isinstance(data, str) else yaml.safe_dump(data), "utf-8")
        draft.replace(target)

    def ran(self, name: str, ago: timedelta) -> None:
        """Write down a run that ended well."""
        with Archive.open(self.db) as archive:
            at = datetime.now(UTC) - ago
            crawls.start(archive, name, "clock", at)
        self.change("update crawls set state = 'done'")

    def start(self, *options: str, program: str | None = None) -> Running:
        script = ["-c", program] if program else ["scheduler.py"]
        arguments = ["--db", str(self.db), "--watchlist", str(self.watchlist), *options]
        process = subprocess.Popen(
            [sys.executable, *script, *arguments], cwd=ROOT, text=True, stderr=subprocess.PIPE, env=dict(os.environ)
        )
        self._stack.callback(self._end, process)
        return Running(process)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.db) as db:
            return db.execute(query).fetchall()

    def change(self, statement: str) -> None:
        with sqlite3.connect(self.db) as db:
            db.execute(statement)

    @staticmethod
    def _end(process: "subprocess.Popen[str]") -> None:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stderr is not None:
            process.stderr.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(tmp_path, stack)
