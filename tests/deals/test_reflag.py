"""Archived stories under changed rules: shown by backtest, saved by apply, and people's word stands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from dealwatch.archive import Archive, frontier, reflag, stories
from dealwatch.archive.frontier import Found
from dealwatch.archive.stories import StoryRecord
from dealwatch.cli import cli
from dealwatch.deals.families import Families
from dealwatch.deals.flag import Flagger
from tests.deals.conftest import WATCHLIST

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TITLE = "JD.com agrees to buy German electronics retailer Ceconomy"
TEXT = (
    "JD.com has agreed to buy Ceconomy, the German electronics retailer, for 2.2 billion euros. The Chinese"
    " e-commerce group said it would pay cash. Ceconomy runs stores in eleven countries."
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """An archive with one story that older rules did not flag."""
    path = tmp_path / "news.db"
    with Archive.open(path) as archive:
        link = Found(url="https://outlet.example/a", key="outlet.example/a")
        frontier.discovered(archive, "outlet", "https://outlet.example/feed", [link], None, NOW)
        (address,) = frontier.pending(archive, "outlet", NOW)
        record = StoryRecord(
            "outlet", address.id, link.key, link.url, TITLE, TEXT, None, None, "en", NOW, "page", None, None, "page"
        )
        stories.save(archive, record, (), "old", NOW, 14)
    return path


def run(command: str, db: Path) -> str:
    done = CliRunner().invoke(cli, ["rules", command, "--db", str(db), "--watchlist", str(WATCHLIST)])
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    return done.output


def test_backtest_shows_and_saves_nothing(db: Path) -> None:
    for _ in range(2):
        shown = run("backtest", db)
        assert "acquisition: Ceconomy + JD.com, outbound, announced, 2.2 billion euros" in shown
        assert "1 gained, 0 lost, 0 changed" in shown


def test_apply_saves_once_and_names_the_ruleset(db: Path, flagger: Flagger) -> None:
    assert "1 gained" in run("apply", db)
    assert "0 gained, 0 lost, 0 changed" in run("backtest", db)
    with Archive.open(db, readonly=True) as archive:
        assert archive.value("SELECT ruleset FROM mentions") == flagger.ruleset


def test_what_the_rules_no_longer_say_is_shown_as_lost(db: Path) -> None:
    run("apply", db)
    with Archive.open(db) as archive:
        (change,) = reflag.apply(archive, lambda _: (), "new", Families(), NOW)
        assert change.kind == "lost"
        assert change.before and not change.after
        assert archive.value("SELECT count(*) FROM mentions") == 0
