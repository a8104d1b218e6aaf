"""Crawls as child processes: a hanging or dying crawl never takes the clock with it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

TERM_SECONDS = 8.0
"""How long a crawl that is asked to end may take before it is made to."""


def crawl_command(names: Sequence[str], db: Path, watchlist: Path) -> list[str]:
    command = [sys.executable, "-m", "dealwatch", "crawl", *names, "--trigger", "clock", "--json"]
    return [*command, "--db", str(db), "--watchlist", str(watchlist)]


@dataclass(slots=True, eq=False)
class Child:
    """One running crawl of `names`. `watchlist` is the copy it reads; `deadline` is in monotonic seconds."""

    process: subprocess.Popen[bytes]
    names: tuple[str, ...]
    watchlist: Path
    started: float
    deadline: float
    output: IO[bytes]
    terminated: float | None = None

    @property
    def age(self) -> float:
        return time.monotonic() - self.started


@dataclass(frozen=True, slots=True)
class Ended:
    """`reports` are the crawl's own, one a source, as `dealwatch crawl --json` prints them; fewer if it died."""

    names: tuple[str, ...]
    pid: int
    code: int
    seconds: float
    overdue: bool
    reports: tuple[dict[str, Any], ...]


class Children:
    """The crawls that run now."""

    def __init__(self) -> None:
        self.running: list[Child] = []

    def start(self, names: Sequence[str], command: Sequence[str], watchlist: Path, seconds: float) -> Child:
        """Run `command` in a process group of its own, so that Ctrl-C reaches the clock alone and an end reaches all
        of the crawl. It is made to end after `seconds`. Raises OSError if it cannot be started."""
        output = tempfile.TemporaryFile()  # noqa: SIM115  read when the child has ended
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, start_new_session=True)  # noqa: S603
        except OSError:
            output.close()
            raise
        started = time.monotonic()
        child = Child(process, tuple(names), watchlist, started, started + seconds, output)
        self.running.append(child)
        return child

    def look(self) -> list[Ended]:
        """Those that have ended since the last look. One past its deadline gets SIGTERM, then SIGKILL."""
        ended = []
        for child in list(self.running):
            code = child.process.poll()
            if code is None:
                self._hurry(child)
                continue
            if code != 0:
                _kill(child)  # what it may have left behind in its group
            self.running.remove(child)
            overdue = child.terminated is not None
            ended.append(Ended(child.names, child.process.pid, code, child.age, overdue, _reports(child.output)))
        return ended

    def stop(self, seconds: float = TERM_SECONDS) -> list[Ended]:
        """End all: SIGTERM, and SIGKILL to those still there after `seconds`."""
        for child in self.running:
            child.process.terminate()
        until = time.monotonic() + seconds
        for child in self.running:
            try:
                child.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _kill(child)
                child.process.wait()
        return self.look()

    def _hurry(self, child: Child) -> None:
        now = time.monotonic()
        if child.terminated is None and now > child.deadline:
            child.terminated = now
            child.process.terminate()
        elif child.terminated is not None and now > child.terminated + TERM_SECONDS:
            _kill(child)


def _kill(child: Child) -> None:
    try:
        os.killpg(child.process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nobody is left in the group


def _reports(output: IO[bytes]) -> tuple[dict[str, Any], ...]:
    with output:
        output.seek(0)
        lines = output.read().splitlines()
    reports = []
    for line in lines:
        try:
            report = json.loads(line)
        except ValueError:
            continue  # the last line of a crawl that was killed while it wrote
        if isinstance(report, dict):
            reports.append(report)
    return tuple(reports)
