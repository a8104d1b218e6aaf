"""Housekeeping: old texts go, killed crawls are written down, and no chore runs twice at a time."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.locks import SourceLock
from dealwatch.archive import Archive, crawls, frontier, outbox, stories
from dealwatch.archive.frontier import Found
from dealwatch.errors import ArchiveError
from dealwatch.scheduling.chores import CHORES, Chore, Chores, delivery, housekeeping
from dealwatch.watchlist.channels import Channel
from dealwatch.watchlist.cron import cron
from dealwatch.watchlist.sources import Source
from tests.exports.conftest import AT, add, mention

NOW = datetime.now(UTC)


def source(name: str, days: int) -> Source:
    discover = {"feeds": [f"https://{name}.example/feed"]}
    data = {"name": name, "title": name, "homepage": f"https://{name}.example/", "discover": discover}
    return Source.model_validate({**data, "keep_text_days": days})


def store(archive: Archive, name: str, at: datetime) -> None:
    url, key = f"https://{name}.example/one", f"{name}.example/one"
    crawls.start(archive, name, "hand", at)
    frontier.discovered(archive, name, f"https://{name}.example/feed", [Found(url, key)], None, at)
    [address] = frontier.pending(archive, name, at)
    record = stories.StoryRecord(
        source=name,
        address_id=address.id,
        key=key,
        url=url,
        title="A title",
        text="The publisher's words.",
        author=None,
        site=None,
        lang="en",
        published=at,
        published_from="page",
        modified=None,
        modified_from=None,
        text_source="page",
    )
    stories.save(archive, record, (), "rules", at, 14)


def test_housekeeping_forgets_old_texts_and_writes_down_killed_crawls(tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    with Archive.open(db) as archive:
        for name in ("short", "long", "busy"):
            store(archive, name, NOW - timedelta(days=20))
    sources = {"short": source("short", 10), "long": source("long", 30), "busy": source("busy", 30)}
    with SourceLock(db, "busy") as lock:
        assert lock.take()
        assert housekeeping(db, sources) == "2 killed crawls written down, 1 texts forgotten"
    with Archive.open(db) as archive:
        states = archive.rows("select source, state from crawls order by source")
        texts = archive.rows(
            "select a.source, v.title, v.text from article_versions v join articles a on a.id = article_id"
        )
    assert [tuple(row) for row in states] == [("busy", "running"), ("long", "interrupted"), ("short", "interrupted")]
    assert {tuple(row) for row in texts} == {
        ("short", "A title", None),
        ("long", "A title", "The publisher's words."),
        ("busy", "A title", "The publisher's words."),
    }
    assert housekeeping(db, {"short": sources["short"]}) is None


def test_a_chore_does_not_run_twice_at_a_time_and_its_failure_is_one_line(tmp_path: Path) -> None:
    said: list[str] = []
    heard, gate, begun = threading.Event(), threading.Event(), threading.Event()
    runs = []

    def work(db: Path, sources: object) -> str | None:
        runs.append(db)
        begun.set()
        assert gate.wait(10)
        raise ArchiveError("the disk\nis full")

    def say(line: str) -> None:
        said.append(line)
        heard.set()

    chores = Chores(tmp_path / "news.db", say)
    chore = Chore("sweeping", "0 0 * * *", work)
    chores.start(chore, {})
    assert begun.wait(10)
    chores.start(chore, {})
    gate.set()
    assert heard.wait(10)
    assert said == ["sweeping: failed: the disk | is full"]
    assert len(runs) == 1


def test_every_chore_has_a_cron_line_in_order() -> None:
    assert all(cron(chore.schedule) for chore in CHORES)
    assert len({chore.name for chore in CHORES}) == len(CHORES)


def test_deliveries_leave_by_themselves_and_trouble_is_one_line(tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    desk = Channel(name="desk", webhook="http://127.0.0.1:9/${NOT_SET_ANYWHERE}", only_confirmed=False)
    with Archive.open(db) as archive, archive.atomic():
        saved = add(archive, mention("Pinduoduo", "Amazon"))
        outbox.triggered(archive, outbox.routes([desk]), saved.alerts, AT)
    assert delivery(dict).run(db, {}) is None
    said = delivery(lambda: {"desk": desk}).run(db, {}) or ""
    assert "${NOT_SET_ANYWHERE} is not set" in said
    assert "\n" not in said


def test_a_source_that_is_no_longer_listed_and_the_feeds_words_are_forgotten_too(tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    with Archive.open(db) as archive:
        store(archive, "left", NOW - timedelta(days=400))
        archive.execute("UPDATE addresses SET summary = 'The feed'")
    assert "1 texts forgotten" in (housekeeping(db, {}) or "")
    with Archive.open(db) as archive:
        assert archive.value("SELECT summary FROM addresses") is None
