"""A throw-away watchlist and the command on it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.outlet import Outlet

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Desk:
    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.db = folder / "news.db"
        self.watchlist = folder / "watchlist"
        (self.watchlist / "sources").mkdir(parents=True)
        self._stack = stack

    def outlet(self) -> Outlet:
        return self._stack.enter_context(Outlet())

    def file(self, name: str) -> Path:
        return self.watchlist / "sources" / f"{name}.yaml"

    def run(self, *arguments: str) -> Result:
        """`dealwatch ARGUMENTS --watchlist ...` in a process of its own."""
        command = [sys.executable, "-m", "dealwatch", *arguments, "--watchlist", str(self.watchlist)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(tmp_path, stack)
