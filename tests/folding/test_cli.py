"""`dealwatch deals` as people use it."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from dealwatch.archive import Archive
from tests.archive.conftest import NOW, mention, put

DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of two deals, and a watchlist that knows nobody."""
    (tmp_path / "watchlist" / "entities").mkdir(parents=True)
    with Archive.open(tmp_path / "data" / "dealwatch.db") as archive:
        put(archive, "rumour", mention(), text="1")
        put(archive, "open", mention(status="completed"), at=NOW + 9 * DAY, text="2", source="other")
        put(archive, "stake", mention(type="investment"), at=NOW + DAY, text="3")
    return tmp_path


def deals(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("dealwatch"), "deals", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def test_the_list_names_every_deal_with_its_stories(folder: Path) -> None:
    lines = deals(folder).stdout.splitlines()
    assert lines[0].startswith("1  Amazon / Pinduoduo · storefront · inbound · completed · no amount · waiting")
    assert [line.split()[0] for line in lines[1:3]] == ["2026-03-02", "2026-03-11"]
    assert lines[-1] == "2 deals"
    assert deals(folder, "--type", "investment").stdout.splitlines()[-1] == "1 deal"


def test_json_is_one_deal_a_line_with_its_stories(folder: Path) -> None:
    rows = [json.loads(line) for line in deals(folder, "--json").stdout.splitlines()]
    assert [(row["id"], row["story_ids"], len(row["stories"])) for row in rows] == [(1, [1, 2], 2), (2, [3], 1)]
    assert [step["status"] for step in rows[0]["steps"]] == ["reported", "completed"]


def test_a_name_that_nothing_has_explains_an_empty_answer(folder: Path) -> None:
    asked = deals(folder, "--party", "pinduoduo", "--party", "Carrefuor", "--source", "nosuch", "--lang", "fr")
    assert asked.stdout.splitlines()[-1] == "0 deals"
    assert asked.stderr.count("dealwatch: ") == 3
    assert "no deal has a company called 'Carrefuor'" in asked.stderr
    assert "did you mean 'Pinduoduo'?" in deals(folder, "--party", "Pindoudou").stderr
    assert deals(folder, "--party", "pinduoduo").stderr == ""


def test_show_prints_the_time_line(folder: Path) -> None:
    shown = deals(folder, "show", "1").stdout
    assert "▲ reported" in shown
    assert "▲ completed" in shown
    assert shown.index("rumour") < shown.index("(open)")
    assert json.loads(deals(folder, "show", "1", "--json").stdout)["status"] == "completed"


def test_why_says_it_in_one_line_with_the_scores(folder: Path) -> None:
    same = deals(folder, "why", "1", "https://other.example/open").stdout
    assert same.startswith(
        "deal 1: one deal: both sides the same, Amazon + Pinduoduo / Amazon + Pinduoduo (1.00) +3.00"
    )
    assert same.count("\n") == 1
    apart = deals(folder, "why", "1", "3").stdout
    assert apart.startswith("deals 1 and 2: kept apart: ")
    assert "investment against storefront" in apart


def test_merge_split_and_undo(folder: Path) -> None:
    assert "one deal now: 1" in deals(folder, "merge", "1", "2", "--as", "ann").stdout
    assert "deal 2 is now part of deal 1" in deals(folder, "show", "2").stdout
    assert deals(folder, "undo").stdout == "undone; the deals are now 1, 2\n"
    assert deals(folder).stdout.splitlines()[-1] == "2 deals"
    assert "a deal of its own now: 3" in deals(folder, "split", "1", "2").stdout
    assert deals(folder).stdout.splitlines()[-1] == "3 deals"
    assert "undone" in deals(folder, "undo").stdout
    assert deals(folder).stdout.splitlines()[-1] == "2 deals"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "99"], "deal 99: there is none"),
        (["why", "1", "99"], "99: no story has that id"),
        (["merge", "1"], "two different deals"),
        (["split", "1", "3"], "none of its stories"),
        (["undo"], "no merge or split to undo"),
        (["--db", "none.db"], "no archive there yet"),
        (["undo", "--db", "none.db"], "no archive there yet"),
        (["merge", "1", "2", "--db", "none.db"], "no archive there yet"),
    ],
)
def test_what_cannot_be_is_one_clear_line(folder: Path, words: list[str], said: str) -> None:
    done = deals(folder, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
