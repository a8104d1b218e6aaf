"""Stories, their versions and mentions: stored whole, once, in any order, and after a kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealwatch.archive import Archive, search, stories
from dealwatch.deals.records import Evidence, Party
from tests.archive.conftest import NOW, TEXT, dump, mention, put

DAY = timedelta(days=1)


def test_the_same_story_again_changes_nothing(archive: Archive) -> None:
    first = put(archive, "one", mention())
    before = dump(archive)
    again = put(archive, "one", mention())
    assert (first.outcome, again.outcome) == ("new", "unchanged")
    assert again.article_id == first.article_id
    assert dump(archive) == before


def test_another_text_is_a_new_version_with_a_diff(archive: Archive) -> None:
    first = put(archive, "one", mention(), text=f"{TEXT}\nIt was not known when.")
    second = put(archive, "one", mention(status="announced"), text=f"{TEXT}\nIt opened today.", at=NOW + DAY)
    assert (second.outcome, second.article_id) == ("updated", first.article_id)
    assert stories.diff(archive, first.article_id)[-2:] == ["-It was not known when.", "+It opened today."]
    assert archive.value("SELECT count(*) FROM mentions") == 1
    assert tuple(archive.row("SELECT revision, state FROM alerts") or ()) == (2, "waiting")


def test_the_feeds_words_never_replace_the_pages_text(archive: Archive) -> None:
    put(archive, "one", mention())
    assert put(archive, "one", text="Amazon to open", text_source="feed").outcome == "unchanged"
    assert archive.value("SELECT count(*) FROM mentions") == 1


def test_the_pages_text_replaces_the_feeds_words(archive: Archive) -> None:
    put(archive, "one", text="Amazon to open", text_source="feed")
    assert put(archive, "one", mention()).outcome == "updated"
    assert archive.value("SELECT text_source FROM articles") == "page"


def test_an_address_that_now_leads_elsewhere_keeps_its_article(archive: Archive) -> None:
    first = put(archive, "one", mention())
    moved = put(archive, "one", mention(), key="outlet.example/2026/one", url="https://outlet.example/2026/one")
    assert moved.article_id == first.article_id


def test_other_rules_on_the_same_text_take_the_place_of_the_older_ones(archive: Archive) -> None:
    put(archive, "one", mention())
    put(archive, "one", mention(type="partnership"), ruleset="r2")
    assert [tuple(row) for row in archive.rows("SELECT type, ruleset FROM mentions")] == [("partnership", "r2")]
    assert [tuple(row) for row in archive.rows("SELECT type, merged_into FROM deals")] == [("partnership", None)]
    put(archive, "one", ruleset="r3")
    assert archive.value("SELECT count(*) FROM mentions") == 0
    assert archive.value("SELECT count(*) FROM alerts") == 0


def test_a_new_version_keeps_the_mention_its_deal_and_what_was_decided(archive: Archive) -> None:
    put(archive, "one", mention(), mention(type="investment"))
    ids = {row["type"]: (row["id"], row["deal_id"]) for row in archive.rows("SELECT id, type, deal_id FROM mentions")}
    decide(archive, ids["investment"][1])
    put(archive, "one", mention(type="investment", status="completed"), mention(), text=f"{TEXT} Done.", at=NOW + DAY)
    after = {row["type"]: (row["id"], row["deal_id"]) for row in archive.rows("SELECT id, type, deal_id FROM mentions")}
    assert after == ids
    put(archive, "one", text="Withdrawn.", at=NOW + 2 * DAY)
    assert [row["type"] for row in archive.rows("SELECT type FROM mentions")] == ["investment"]
    assert archive.value("SELECT state FROM alerts") == "confirmed"
    assert evidence_is_true(archive)


def decide(archive: Archive, deal_id: int, overrides: str | None = None) -> None:
    alert_id = archive.value("SELECT id FROM alerts WHERE deal_id = ?", [deal_id])
    archive.execute("UPDATE alerts SET state = 'confirmed' WHERE id = ?", [alert_id])
    archive.execute(
        "INSERT INTO decisions (alert_id, revision, person, at, action, overrides)"
        " VALUES (?, 1, 'ann', '2026-03-02T09:00:00Z', 'confirm', ?)",
        [alert_id, overrides],
    )


def test_after_a_decision_revisions_only_grow_and_corrections_stay(archive: Archive) -> None:
    put(archive, "one", mention())
    decide(archive, 1, '{"amount": "$5 million", "amount_value": 5000000, "amount_currency": "USD"}')
    put(archive, "early", mention(), source="late-feed", at=NOW + DAY, published=NOW - DAY, text="Short.")
    assert archive.value("SELECT revision FROM alerts") == 1
    put(archive, "two", mention(status="completed"), source="other", at=NOW + 2 * DAY, text="Open at last.")
    assert [row["what"] for row in archive.rows("SELECT what FROM alert_revisions ORDER BY revision")] == [
        "new deal",
        "status reported → completed",
    ]
    assert archive.value("SELECT amount FROM deals") == "$5 million"


def test_old_news_is_history_and_raises_no_alert(archive: Archive) -> None:
    saved = put(archive, "old", mention(), published=NOW - 15 * DAY)
    assert saved.alerts == ()
    assert archive.value("SELECT history FROM articles") == 1
    fresh = put(archive, "new", mention(status="completed"), source="other", text="It is open now.")
    assert len(fresh.alerts) == 1
    assert [row["what"] for row in archive.rows("SELECT what FROM alert_revisions")] == ["new deal"]


@pytest.mark.parametrize("age", [timedelta(days=14), timedelta(days=-400)])
def test_news_at_the_limit_or_from_the_future_is_news(archive: Archive, age: timedelta) -> None:
    assert len(put(archive, "one", mention(), published=NOW - age).alerts) == 1
    assert archive.value("SELECT max(published_at) FROM articles") <= "2026-03-02T08:00:00Z"


SPANS = st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 40)), min_size=1, max_size=5)


@settings(max_examples=20, deadline=None)
@given(SPANS, SPANS)
def test_every_quote_is_the_text_it_points_to(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    with TemporaryDirectory() as folder, Archive.open(Path(folder) / "x.db") as archive:
        for spans, text in ((first, TEXT), (second, TEXT.replace("midnight", "午夜 🛒 midnight"))):
            evidence = tuple(
                Evidence("rule", "text", start, min(start + length, len(text)), text[start : start + length])
                for start, length in spans
            )
            put(archive, "one", mention(evidence=evidence), text=text)
        assert archive.value("SELECT count(*) FROM evidence") == len(second)
        assert evidence_is_true(archive)


def evidence_is_true(archive: Archive) -> bool:
    """Whether every quote is what stands at its place in its own version of the story."""
    rows = archive.rows(
        'SELECT e.field, e.start, e."end", e.quote, v.title, v.text FROM evidence e'
        " JOIN mentions m ON m.id = e.mention_id JOIN article_versions v ON v.id = m.version_id"
    )
    return all(row[row["field"]][row["start"] : row["end"]] == row["quote"] for row in rows)


WALMART, JD = Party("Walmart", "foreign", home="US"), Party("JD.com", "chinese", home="CN")
STORIES = [
    ("rumour", {"at": NOW, "source": "a"}, (mention(),)),
    ("signed", {"at": NOW + 9 * DAY, "source": "b"}, (mention(status="announced", amount="$2 million"),)),
    (
        "open",
        {"at": NOW + 60 * DAY, "source": "c"},
        (mention(status="completed", parties=(*mention().parties, WALMART)),),
    ),
    ("stake", {"at": NOW + DAY, "source": "a"}, (mention(type="investment", parties=(WALMART, JD)), mention())),
    ("close", {"at": NOW + 90 * DAY, "source": "b"}, (mention(type="exit", status="terminated"),)),
]


def test_any_order_of_saves_ends_in_the_same_archive() -> None:
    """Ids and times of storing aside; and with every story's time of storing its own."""
    results = []
    for order in list(permutations(STORIES))[::7]:
        with TemporaryDirectory() as folder, Archive.open(Path(folder) / "x.db") as archive:
            for name, where, mentions in order:
                put(archive, name, *mentions, **where, text=f"{name} {TEXT[:40]}")
            results.append(dump(archive))
            assert archive.value("SELECT count(*) FROM deals WHERE ends IS NOT NULL") == 1
    for result in results:
        assert result == results[0]


def test_search_finds_both_languages_follows_versions_and_never_fails(archive: Archive) -> None:
    one = put(archive, "one").article_id
    two = put(archive, "two", text="京东与沃尔玛合作 JD.com and Walmart").article_id
    assert search.search(archive, "拼多多") == [one]
    assert search.search(archive, "沃尔玛 jd") == [two]
    assert search.search(archive, "amazon") == [two, one]  # both headlines name it: the newest first
    assert search.search(archive, "多多拼") == []
    put(archive, "two", text="Nothing of the kind")
    assert search.search(archive, "沃尔玛") == []
    for hostile in (
        '"',
        "AND",
        "a OR",
        "title:x",
        "(",
        "*",
        "NEAR(a b",
        "-",
        "a*",
        "^a",
        "{a}:b",
        "",
        " ",
        "\x00",
        "🛒",
        '"a',
        "'",
    ):
        search.search(archive, hostile)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("shared") / "news.db") as opened:
        put(opened, "one")
        yield opened


@settings(max_examples=100, deadline=None)
@given(query=st.text(max_size=40))
def test_no_query_raises(shared: Archive, query: str) -> None:
    assert isinstance(search.search(shared, query), list)


def test_forgotten_texts_leave_title_address_and_quotes(archive: Archive) -> None:
    old = put(archive, "old", mention(), at=NOW - 40 * DAY).article_id
    new = put(archive, "new", mention(), at=NOW - 5 * DAY, source="outlet").article_id
    assert stories.forget_texts(archive, "outlet", 30, NOW) == 1
    assert archive.value("SELECT text FROM article_versions WHERE article_id = ?", [old]) is None
    assert search.search(archive, "midnight") == [new]
    assert search.search(archive, "Pinduoduo") == [new, old]
    assert archive.value("SELECT count(*) FROM evidence") == 2
    assert stories.forget_texts(archive, "outlet", 30, NOW) == 0
    assert put(archive, "old", mention(), at=NOW).outcome == "unchanged"


CHILD = """
import sys
from pathlib import Path
from dealwatch.archive import Archive
from tests.archive.test_stories import many
with Archive.open(Path(sys.argv[1])) as archive:
    many(archive)
"""


def many(archive: Archive) -> None:
    """Sixty stories on twenty deals, every third one a copy."""
    for number in range(60):
        brand = Party(f"Brand {number % 20}", "foreign")
        said = mention(parties=(brand, JD), status="reported" if number < 30 else "announced")
        put(
            archive,
            f"s{number}",
            said,
            source=f"o{number % 4}",
            text=f"{TEXT} {number % 20}",
            at=NOW + number * timedelta(hours=1),
        )


def test_killed_amid_saves_a_rerun_ends_as_if_undisturbed(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "whole.db") as archive:
        many(archive)
        wanted = dump(archive)
    path = tmp_path / "killed.db"
    for wait in (0.0, 0.03, 0.06):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], cwd=Path(__file__).parents[2])
        while not (path.exists() and path.with_name("killed.db-wal").exists()):
            assert child.poll() is None
            time.sleep(0.005)
        time.sleep(wait)
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        with Archive.open(path) as archive:
            assert archive.value("PRAGMA integrity_check") == "ok"
            assert archive.row("PRAGMA foreign_key_check") is None
            assert archive.value("SELECT count(*) FROM mentions WHERE deal_id IS NULL") == 0
            stored = archive.value("SELECT count(*) FROM articles")
            assert archive.value("SELECT count(*) FROM mentions") == stored
            assert archive.value("SELECT count(*) FROM addresses WHERE state = 'done'") == stored
    with Archive.open(path) as archive:
        many(archive)
        assert dump(archive) == wanted
