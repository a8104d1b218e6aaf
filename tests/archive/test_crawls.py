"""Runs of the crawler and how each source is doing."""

from dataclasses import dataclass
from datetime import timedelta

from dealwatch.archive import Archive, crawls, frontier
from tests.archive.conftest import NOW, found, mention, put

DAY = timedelta(days=1)


@dataclass
class Counts:
    requests: int = 5
    not_modified: int = 1
    discovered: int = 4
    pages: int = 3
    new_articles: int = 2
    new_versions: int = 1
    flagged: int = 1
    errors: int = 0


def test_a_source_that_never_ran_has_a_status_too(archive: Archive) -> None:
    (status,) = crawls.status(archive, ["nowhere"], NOW)
    assert (status.source, status.last_started, status.articles) == ("nowhere", None, 0)


def test_the_status_tells_of_the_last_run_the_last_success_and_the_week(archive: Archive) -> None:
    put(archive, "old", at=NOW - 10 * DAY)
    put(archive, "new", mention(), at=NOW - DAY)
    frontier.discovered(archive, "outlet", "https://outlet.example/feed", [found("waits"), found("gone")], None, NOW)
    frontier.failed(archive, archive.value("SELECT id FROM addresses WHERE key LIKE '%gone'"), "too large", NOW)
    first = crawls.start(archive, "outlet", "clock", NOW - 2 * DAY)
    crawls.finish(archive, first, "done", Counts(), None, NOW - 2 * DAY)
    second = crawls.start(archive, "outlet", "hand", NOW - DAY)
    crawls.finish(archive, second, "failed", Counts(errors=7), "feed: 500 Internal Server Error", NOW - DAY)
    (status,) = crawls.status(archive, ["outlet"], NOW)
    assert (status.last_state, status.errors, status.error) == ("failed", 7, "feed: 500 Internal Server Error")
    assert (status.last_started, status.last_success, status.last_article) == (NOW - DAY, NOW - 2 * DAY, NOW - DAY)
    assert (status.articles, status.articles_this_week, status.waiting, status.failed) == (2, 1, 1, 1)
    assert crawls.as_dict(status)["last_success"] == "2026-02-28T08:00:00Z"


def test_a_run_that_was_killed_is_written_down_as_interrupted(archive: Archive) -> None:
    crawls.start(archive, "outlet", "clock", NOW)
    assert crawls.status(archive, ["outlet"], NOW)[0].running
    assert crawls.interrupted(archive, "outlet") == 1
    assert crawls.interrupted(archive, "outlet") == 0
    (status,) = crawls.status(archive, ["outlet"], NOW)
    assert (status.running, status.last_state) == (False, "interrupted")


def test_a_run_however_it_ended_counts_as_started(archive: Archive) -> None:
    assert crawls.last_started(archive, "outlet") is None
    for days in (3, 2, 1):
        crawls.start(archive, "outlet", "due", NOW - days * DAY)
    assert crawls.last_started(archive, "outlet") == NOW - DAY
    assert crawls.last_starts(archive) == {"outlet": NOW - DAY}
