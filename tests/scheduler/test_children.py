"""Child processes that will not end are made to."""

import os
import sys
from pathlib import Path

import pytest

from dealwatch.scheduling import children as module
from dealwatch.scheduling.children import Child, Children

STUBBORN = """
import pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("ready")
signal.pause()
"""


def stubborn(children: Children, folder: Path, seconds: float) -> Child:
    """A child that ignores SIGTERM, and does so by now."""
    ready = folder / "ready"
    os.mkfifo(ready)
    child = children.start(["a"], [sys.executable, "-c", STUBBORN, str(ready)], folder, seconds)
    assert ready.read_text() == "ready"
    return child


def test_a_child_past_its_deadline_gets_sigterm_then_sigkill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TERM_SECONDS", 0.0)
    children = Children()
    child = stubborn(children, tmp_path, seconds=0)
    assert children.look() == []
    assert child.terminated is not None
    assert children.look() == []
    child.process.wait(10)
    [ended] = children.look()
    assert (ended.names, ended.code, ended.overdue) == (("a",), -9, True)
    assert children.running == []


def test_a_child_within_its_deadline_is_left_alone(tmp_path: Path) -> None:
    children = Children()
    child = stubborn(children, tmp_path, seconds=600)
    assert children.look() == []
    assert child.terminated is None
    [ended] = children.stop(0)
    assert (ended.code, ended.overdue) == (-9, False)


def test_stop_waits_for_those_that_end_by_themselves(tmp_path: Path) -> None:
    children = Children()
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    program = (
        "import pathlib, signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))\n"
        "pathlib.Path(sys.argv[1]).write_text('ready')\n"
        "signal.pause()"
    )
    children.start(["a"], [sys.executable, "-c", program, str(ready)], tmp_path, 600)
    assert ready.read_text() == "ready"
    [ended] = children.stop(10)
    assert (ended.code, ended.overdue) == (3, False)


def test_the_reports_of_a_child_that_died_while_it_wrote_are_those_it_had_written(tmp_path: Path) -> None:
    children = Children()
    program = """print('{"source": "a", "state": "done"}\\n[]\\n{"source": "b", "st', end="")"""
    child = children.start(["a", "b"], [sys.executable, "-c", program], tmp_path, 600)
    child.process.wait(20)
    [ended] = children.look()
    assert ended.reports == ({"source": "a", "state": "done"},)


def test_a_program_that_is_not_there_is_an_error_and_no_child(tmp_path: Path) -> None:
    children = Children()
    with pytest.raises(FileNotFoundError):
        children.start(["a"], [str(tmp_path / "nothing")], tmp_path, 600)
    assert children.running == []
