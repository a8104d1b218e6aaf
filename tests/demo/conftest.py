"""An open newsroom, and the demo as a person runs it: a process of its own in a folder of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dealwatch.newsroom import Edition, Newsroom

ROOT = Path(__file__).parents[2]
OPENED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def edition(number: int) -> Edition:
    return Edition(number, OPENED, OPENED + timedelta(hours=number - 1))


@pytest.fixture(scope="session")
def first() -> Iterator[Newsroom]:
    with Newsroom(edition(1)) as newsroom:
        yield newsroom


@pytest.fixture(scope="session")
def second() -> Iterator[Newsroom]:
    with Newsroom(edition(2)) as newsroom:
        yield newsroom


def run_demo(db: Path, *arguments: str, columns: int = 80, watchlist: Path = ROOT / "watchlist") -> Any:
    """The finished process of `dealwatch demo`."""
    command = [sys.executable, "-c", "from dealwatch.cli import main; main()", "demo", "--db", str(db)]
    return subprocess.run(
        [*command, "--watchlist", str(watchlist), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=db.parents[1],
        env={"PATH": "/usr/bin:/bin", "COLUMNS": str(columns), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        timeout=90,
    )


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "demo" / "dealwatch.db"


@pytest.fixture(scope="session")
def runs(demo_db: Path) -> list[dict[str, Any]]:
    """What three demos in a row said with --json; what comes later finds their archive in `demo_db`."""
    outputs = []
    for _ in range(3):
        process = run_demo(demo_db, "--json")
        assert process.returncode == 0, process.stderr
        outputs.append(json.loads(process.stdout))
    return outputs
