"""`dealwatch clean` as a person runs it."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from dealwatch.cli import cli
from dealwatch.errors import DealwatchError
from tests.cleaning.conftest import BODY, page


def _run(*arguments: str | Path) -> tuple[int, list[dict[str, object]], str]:
    command = [sys.executable, "-c", "from dealwatch.cli import main; main()", "clean", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_several_pages_plain_and_packed_in_the_order_given(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="https://news.example/b"><meta name="date" content="2019-11-25T08:00:00Z">'
    (tmp_path / "b.html").write_text(page(head=head), "utf-8")
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(page().encode()))
    code, rows, _ = _run(tmp_path / "b.html", tmp_path / "a.html.gz")
    assert code == 0
    assert [row["page"] for row in rows] == ["b", "a"]
    assert [row["url"] for row in rows] == ["https://news.example/b", None]
    assert rows[0]["published"] == "2019-11-25T08:00:00Z"
    assert rows[0]["text"] == "\n".join(BODY)


def test_a_page_that_fails_gives_its_reason_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(page().encode())[:-40])
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(b"x" * 6_000_000))
    (tmp_path / "good.html").write_text(page(), "utf-8")
    names = ("empty.html", "cut.html.gz", "bomb.html.gz", "good.html")
    code, rows, _ = _run("--url", "https://news.example/x", *(tmp_path / name for name in names))
    assert code == 3
    assert [("error" in row, "text" in row) for row in rows] == [(True, False)] * 3 + [(False, True)]
    assert rows[0]["error"] == "the page is empty"
    assert "5 MB" in str(rows[2]["error"])
    assert rows[3]["url"] == "https://news.example/x"


def test_a_file_that_is_not_there_is_a_mistake_of_usage(tmp_path: Path) -> None:
    code, rows, message = _run(tmp_path / "nothing.html")
    assert (code, rows) == (2, [])
    assert "nothing.html" in message


def test_an_address_of_another_kind_is_named_as_such() -> None:
    done = CliRunner().invoke(cli, ["flag", "ftp://x/y"])
    assert isinstance(done.exception, DealwatchError)
    assert str(done.exception) == "ftp://x/y: only http and https addresses can be fetched"


def test_fewer_than_no_workers_is_a_mistake_of_usage(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(), "utf-8")
    code, _, said = _run("--workers", "-3", tmp_path / "a.html")
    assert code == 2
    assert "--workers" in said


def test_half_a_character_in_a_line_of_json_takes_nothing_with_it(tmp_path: Path) -> None:
    """JSON can hold half of a character alone; no text can, and nothing else would take it."""
    file = tmp_path / "stories.jsonl"
    file.write_text('{"id": "a", "title": "Alibaba \\ud800 buys Carrefour", "text": "Alibaba bought Carrefour."}\n')
    done = CliRunner().invoke(cli, ["flag", "--jsonl", str(file), "--fold"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["id"] == "a"


def test_what_explains_is_a_single_story(tmp_path: Path) -> None:
    (tmp_path / "stories.jsonl").write_text("")
    done = CliRunner().invoke(cli, ["flag", "--jsonl", str(tmp_path / "stories.jsonl"), "--explain"])
    assert isinstance(done.exception, DealwatchError)
    assert "--explain" in str(done.exception)
