"""`dealwatch export` as people and scripts use it: filter, repeats, files that are whole or not there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealwatch.archive import Archive
from dealwatch.exports.deal import safe_link
from dealwatch.exports.formats.comma_separated import defused
from tests.exports.conftest import AT, add, mention


def run(db: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dealwatch", "export", *arguments, "--db", str(db)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def ids(db: Path, *arguments: str) -> list[int]:
    done = run(db, "jsonl", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_the_filter_and_what_is_new_since_last_time(archive: Archive, db: Path) -> None:
    add(archive, mention("Pinduoduo", "Amazon"))
    add(archive, mention("JD.com", "Ocado", type="partnership"))
    assert ids(db, "--type", "partnership") == [2]
    assert ids(db, "--party", "amazon") == [1]
    assert ids(db, "--until", "2026-11-01") == []
    assert sorted(ids(db, "--since-last", "desk")) == [1, 2]
    assert ids(db, "--since-last", "desk") == []
    assert sorted(ids(db, "--since-last", "other")) == [1, 2]
    add(archive, mention("Pinduoduo", "Amazon", status="completed"))
    add(archive, mention("Temu", "Walmart"))
    assert sorted(ids(db, "--since-last", "desk")) == [1, 3]
    assert ids(db, "--since-last", "desk") == []


def test_history_is_left_out_unless_asked_for(archive: Archive, db: Path) -> None:
    add(archive, mention("Pinduoduo", "Amazon"), published=AT.replace(year=2020))
    assert ids(db) == []
    assert ids(db, "--state", "history") == [1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pdf",), "no format is called 'pdf'; there are atom, csv"),
        (("jsonl", "--bom"), "--bom is for csv"),
        (("csv", "--since", "yesterday"), "'yesterday' is no time"),
        (("csv", "-o", "nowhere/deals.csv"), "nowhere"),
        (("csv", "-o", "/proc/deals.csv"), "/proc"),
        (("csv", "--type", "merger"), "merger"),
    ],
)
def test_a_mistake_is_one_clear_line(archive: Archive, db: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(db, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_missing_archive_is_one_clear_line(tmp_path: Path) -> None:
    done = run(tmp_path / "none.db", "csv")
    assert done.returncode == 2
    assert "none.db" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_failed_export_leaves_the_old_file_and_notes_nothing(archive: Archive, db: Path, tmp_path: Path) -> None:
    add(archive, mention("Pinduoduo", "Amazon"))
    target = tmp_path / "out" / "deals.jsonl"
    target.parent.mkdir()
    target.write_text("old")
    broken = (
        "from dealwatch.exports.formats.json_lines import JsonLines\n"
        "def write(self, deals, out):\n    out.write(b'half'); next(iter(deals)); raise OSError(28, 'No space left')\n"
        "JsonLines.write = write\n"
        "from dealwatch.cli import main; main()"
    )
    arguments = ["export", "jsonl", "--since-last", "desk", "-o", str(target), "--db", str(db)]
    done = subprocess.run([sys.executable, "-c", broken, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert target.read_text() == "old"
    assert list(target.parent.iterdir()) == [target]
    assert ids(db, "--since-last", "desk") == [1]


def test_the_file_is_readable_by_colleagues(archive: Archive, db: Path, tmp_path: Path) -> None:
    target = tmp_path / "deals.csv"
    assert run(db, "csv", "-o", str(target)).returncode == 0
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask


@given(st.text(max_size=20))
def test_no_text_cell_starts_a_formula(text: str) -> None:
    cell = defused(text)
    assert isinstance(cell, str)
    assert cell.lstrip(" ")[:1] not in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    assert cell.removeprefix("'") == text.removeprefix("'")


@given(
    st.one_of(
        st.text(max_size=40), st.sampled_from(["javascript:x", "data:text/html,x", "//x.y", "http://", "ftp://x"])
    )
)
def test_only_http_links_leave(url: str) -> None:
    link = safe_link(url)
    assert link is None or link.startswith(("http://", "https://"))
