"""`dealwatch status`: how each source is doing, and what deserves a look."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from click.testing import CliRunner, Result

from crawler.locks import SourceLock
from crawler.report import Counts
from dealwatch.archive import Archive, crawls
from dealwatch.cli.status import judge, status
from dealwatch.clock import iso, now, parse_iso
from dealwatch.watchlist.due import next_run
from dealwatch.watchlist.sources import Source

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
PAPER = {
    "name": "paper",
    "title": "Paper",
    "homepage": "https://paper.example/",
    "discover": {"feeds": ["https://paper.example/feed"]},
    "schedule": "7 * * * *",
    "expect": {"articles_per_week": 20},
}
SOURCE = Source.model_validate(PAPER)
STATE = crawls.SourceStatus(
    source="paper",
    running=False,
    last_started=NOW - timedelta(minutes=8),
    last_ended=NOW - timedelta(minutes=7),
    last_state="done",
    first_seen=NOW - timedelta(days=30),
    last_success=NOW - timedelta(minutes=7),
    last_article=NOW - timedelta(hours=5),
    requests=3,
    pages=1,
    new_articles=1,
    flagged=0,
    errors=0,
    error=None,
    articles=400,
    articles_this_week=25,
    waiting=0,
    failed=0,
)


def warned(**changes: object) -> tuple[str, ...]:
    return judge(SOURCE, replace(STATE, **changes), NOW, locked=False).warnings  # type: ignore[arg-type]


def test_a_healthy_source_has_no_warnings() -> None:
    health = judge(SOURCE, STATE, NOW, locked=False)
    assert health.warnings == ()
    assert health.silent == timedelta(hours=5)
    assert health.next_run == datetime(2026, 11, 23, 11, 7, tzinfo=UTC)


def test_what_deserves_a_look() -> None:
    assert warned(last_started=None) == ("has never run",)
    assert warned(articles_this_week=3) == ("3 articles in 7 days, at least 20 expected",)
    assert warned(articles_this_week=3, first_seen=NOW - timedelta(days=6)) == (), "not watched for a week yet"
    assert warned(last_state="failed", error="feed x: answered 500") == ("failed: feed x: answered 500",)
    assert warned(last_state="running", running=True) == ("its last crawl was killed",)
    assert judge(SOURCE, replace(STATE, last_state="running", running=True), NOW, locked=True).warnings == ()


def ask(folder: Path, *arguments: str) -> Result:
    options = ["--db", str(folder / "news.db"), "--watchlist", str(folder)]
    return CliRunner().invoke(status, [*arguments, *options], catch_exceptions=True)


def put(folder: Path, *names: str) -> None:
    (folder / "sources").mkdir()
    for name in names:
        data = {**PAPER, "name": name, "homepage": f"https://{name}.example/"}
        data["discover"] = {"feeds": [f"https://{name}.example/feed"]}
        (folder / "sources" / f"{name}.yaml").write_text(yaml.safe_dump(data))


def test_the_table_and_the_json_tell_the_same(tmp_path: Path) -> None:
    put(tmp_path, "fine", "broken", "new", "busy")
    at = now()
    with Archive.open(tmp_path / "news.db") as archive:
        fine = crawls.start(archive, "fine", "clock", at)
        crawls.finish(archive, fine, "done", Counts(new_articles=4, flagged=2), None, at)
        broken = crawls.start(archive, "broken", "hand", at - timedelta(hours=30))
        crawls.finish(archive, broken, "failed", Counts(errors=1), "feed: answered 500", at)
        crawls.start(archive, "busy", "hand", at)
    with SourceLock(tmp_path / "news.db", "busy") as lock:
        assert lock.take()
        result = ask(tmp_path, "--json")
        table = ask(tmp_path)
    rows = {row["source"]: row for row in map(json.loads, result.output.splitlines())}
    assert list(rows) == ["broken", "busy", "fine", "new"]
    assert (rows["fine"]["new_articles"], rows["fine"]["flagged"], rows["fine"]["last_state"]) == (4, 2, "done")
    assert rows["fine"]["warnings"] == []
    assert rows["fine"]["last_started"] == iso(at)
    assert parse_iso(rows["fine"]["next_run"]) == next_run("7 * * * *", at, at)
    assert rows["broken"]["warnings"] == ["failed: feed: answered 500"]
    assert parse_iso(rows["broken"]["next_run"]) <= now(), "it has missed its time"
    assert (rows["busy"]["running"], rows["new"]["warnings"]) == (True, ["has never run"])
    assert rows["new"]["silent_hours"] is None
    for words in (("broken", "30 h ago", "failed", "due now"), ("busy", "running"), ("new", "never", "has never run")):
        [line] = [line for line in table.output.splitlines() if line.strip().startswith(words[0])]
        assert all(word in line for word in words)
    assert "4 sources, 2 with warnings" in table.output


def test_without_an_archive_it_says_what_to_do(tmp_path: Path) -> None:
    put(tmp_path, "paper")
    result = ask(tmp_path)
    assert "no archive there yet; crawl first" in str(result.exception)
    assert not (tmp_path / "news.db").exists()
