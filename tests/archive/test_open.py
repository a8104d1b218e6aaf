"""Opening the archive: made, migrated, shared; and every bad file in one clear line."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing.queues import Queue
from pathlib import Path

import pytest
from sqlite_utils import Database

from dealwatch.archive import Archive
from dealwatch.archive import archive as module
from dealwatch.archive.schema import migrations
from dealwatch.errors import ArchiveError
from tests.archive.conftest import dump, mention, put


def refused(path: Path, *, readonly: bool = False) -> str:
    with pytest.raises(ArchiveError) as error:
        Archive.open(path, readonly=readonly).close()
    text = str(error.value)
    assert "\n" not in text
    assert str(path) in text or str(path.parent) in text
    return text


def test_a_new_archive_is_made_with_its_folder_in_wal_with_foreign_keys(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a" / "b" / "news.db") as archive:
        assert archive.value("PRAGMA journal_mode") == "wal"
        assert archive.value("PRAGMA foreign_keys") == 1
        assert archive.value("PRAGMA busy_timeout") == 10_000
        with pytest.raises(sqlite3.IntegrityError):
            archive.execute(
                "INSERT INTO crawls (source, trigger, state, started_at) VALUES ('nobody', 'hand', 'done', 'x')"
            )


def test_every_table_of_records_is_strict(archive: Archive) -> None:
    loose = [
        row["name"]
        for row in archive.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if "STRICT" not in row["sql"] and not row["name"].startswith(("sqlite_", "_sqlite_", "article_search"))
    ]
    assert loose == []


def test_a_file_that_is_not_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir, " * 500)
    assert "not a SQLite file" in refused(path)
    assert path.read_text().startswith("Dear Sir")


def test_somebody_elses_sqlite_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE photos (name)")
    other.close()
    before = path.read_bytes()
    assert "not a Dealwatch archive" in refused(path)
    assert path.read_bytes() == before


def test_an_archive_of_a_newer_program(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Archive.open(path) as archive:
        archive.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('dealwatch', 'holograms', '2031')"
        )
    assert "newer" in refused(path)
    assert "newer" in refused(path, readonly=True)


def test_a_damaged_archive(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Archive.open(path) as archive:
        put(archive, "one", mention())
    with path.open("r+b") as file:
        file.seek(100)
        file.write(os.urandom(3000))
    assert "backup" in refused(path)


def test_a_folder_a_missing_file_and_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path)
    assert "no archive there yet" in refused(tmp_path / "none.db", readonly=True)
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "file").write_text("")
    assert "cannot be made" in refused(tmp_path / "file" / "news.db")


def test_a_locked_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "news.db"
    Archive.open(path).close()
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Archive.open(path) as archive, pytest.raises(ArchiveError, match="locked by another process"):
        put(archive, "one")
    holder.execute("ROLLBACK")
    holder.close()


def test_a_full_disk_loses_the_one_transaction_and_nothing_else(archive: Archive) -> None:
    put(archive, "one", mention())
    before = dump(archive)
    pages = archive.value("PRAGMA page_count")
    archive.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ArchiveError, match="disk is full"):
        put(archive, "big", mention(), text="word " * 100_000)
    archive.execute("PRAGMA max_page_count = 1000000")
    after = dump(archive, without=("addresses",))
    assert after == {table: rows for table, rows in before.items() if table != "addresses"}
    assert put(archive, "big", mention(), text="word " * 100_000).outcome == "new"


def _try(path: Path, readonly: bool, said: "Queue[str]") -> None:
    if os.getuid() == 0:
        os.setuid(65534)  # root may write anywhere
    try:
        with Archive.open(path, readonly=readonly) as archive:
            said.put(f"{archive.value('SELECT count(*) FROM articles')} article")
            archive.execute("DELETE FROM bands")
    except ArchiveError as error:
        said.put(str(error))


def as_nobody(path: Path, *, readonly: bool) -> str:
    """What a user hears who opens the archive, reads it and tries to write, without the right to."""
    fork = multiprocessing.get_context("fork")
    said: Queue[str] = fork.Queue()
    child = fork.Process(target=_try, args=(path, readonly, said))
    child.start()
    heard = [said.get(timeout=10)]
    if heard[0] == "1 article":
        heard.append(said.get(timeout=10))
    child.join(10)
    return "; ".join(heard)


@pytest.fixture
def readable() -> Iterator[Path]:
    """An archive that all may read and only its owner may write; all folders above let everyone through."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    with Archive.open(folder / "news.db") as archive:
        put(archive, "one", mention())
    folder.chmod(0o555)
    (folder / "news.db").chmod(0o444)
    yield folder / "news.db"
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def test_a_read_only_file_in_a_read_only_folder(readable: Path) -> None:
    assert "write permission" in as_nobody(readable, readonly=False)
    assert as_nobody(readable, readonly=True).startswith("1 article; ")
    assert "cannot be written" in as_nobody(readable, readonly=True)


def test_reading_only_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with Archive.open(path) as archive:
        put(archive, "one", mention())
    before = path.read_bytes()
    with Archive.open(path, readonly=True) as archive:
        assert archive.value("SELECT count(*) FROM articles") == 1
        with pytest.raises(ArchiveError, match="cannot be written"):
            archive.execute("DELETE FROM evidence")
    assert path.read_bytes() == before


def test_reading_only_does_not_migrate_but_says_how_to(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    old_file(path)
    assert "older" in refused(path, readonly=True)
    Archive.open(path).close()
    Archive.open(path, readonly=True).close()


def old_file(path: Path) -> None:
    """An archive as the first migration alone made it, with a story in it."""
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(connection), stop_before="exports")
    connection.executescript(
        f"""
        PRAGMA application_id = {module.APPLICATION_ID};
        INSERT INTO sources (name, first_seen_at) VALUES ('outlet', '2026-03-01T00:00:00Z');
        INSERT INTO articles (id, source, key, url, title, first_seen_at, text_source)
            VALUES (7, 'outlet', 'outlet.example/old', 'https://outlet.example/old', 'Old', '2026-03-01T00:00:00Z',
                'page');
        INSERT INTO article_versions (id, article_id, number, fetched_at, title, text, text_hash)
            VALUES (70, 7, 1, '2026-03-01T00:00:00Z', 'Old', 'Text', 'x');
        INSERT INTO deals (id, type, direction, status, sentence, score, first_article_id, first_at, last_at) VALUES
            (3, 'storefront', 'inbound', 'reported', 'S', 0.5, 7, '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z');
        INSERT INTO mentions (id, article_id, version_id, deal_id, ordinal, type, direction, status, sentence, score,
            ruleset) VALUES (5, 7, 70, 3, 0, 'storefront', 'inbound', 'reported', 'S', 0.5, 'r0');
        INSERT INTO mention_parties (mention_id, ordinal, name, side, listed) VALUES
            (5, 0, 'Amazon', 'foreign', 1), (5, 1, 'Pinduoduo', 'chinese', 1);
        INSERT INTO alerts (id, deal_id, state, raised_at, revised_at)
            VALUES (4, 3, 'waiting', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z');
        """
    )
    connection.close()


def test_an_older_archive_is_brought_up_to_date_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    old_file(path)
    with Archive.open(path) as archive:
        assert [row["name"] for row in archive.rows("SELECT name FROM _sqlite_migrations ORDER BY id")] == [
            migration.name for migration in migrations.pending(Database(memory=True))
        ]
        assert tuple(archive.row("SELECT first_deal_id, loose FROM mentions WHERE id = 5") or ()) == (3, 0)
        assert archive.value("SELECT url FROM articles WHERE id = 7") == "https://outlet.example/old"
        put(archive, "new", mention(status="announced"))
        assert [row["deal_id"] for row in archive.rows("SELECT deal_id FROM mentions")] == [3, 3]
        assert archive.value("PRAGMA foreign_key_check") is None
        assert archive.value("PRAGMA integrity_check") == "ok"


def test_two_that_open_a_new_archive_at_once_both_get_it(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    script = (
        "import sys; from pathlib import Path; from dealwatch.archive import Archive; Archive.open(Path(sys.argv[1]))"
    )
    children = [subprocess.Popen([sys.executable, "-c", script, str(path)], stderr=subprocess.PIPE) for _ in range(4)]
    assert [child.communicate()[1] for child in children] == [b""] * 4
    with Archive.open(path) as archive:
        assert archive.value("SELECT count(*) FROM _sqlite_migrations") == len(
            migrations.pending(Database(memory=True))
        )


def test_a_failed_step_leaves_nothing_of_the_transaction(archive: Archive) -> None:
    with pytest.raises(RuntimeError), archive.atomic():
        put(archive, "one", mention())
        with archive.atomic():
            put(archive, "two", mention())
        raise RuntimeError("stop")
    assert all(rows == [] for table, rows in dump(archive).items()), dump(archive)


def test_half_a_character_is_stored_as_a_question_mark(archive: Archive) -> None:
    saved = put(archive, "one", title="Amaz\ud800n", text="Pin\udfffduoduo " * 20)
    assert archive.value("SELECT title FROM articles WHERE id = ?", [saved.article_id]) == "Amaz?n"
