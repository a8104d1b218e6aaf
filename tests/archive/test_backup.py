"""A backup is whole, sound, never half-written, and made while others write."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from dealwatch.archive import Archive
from tests.archive.conftest import NOW, dump, mention, put

WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from dealwatch.archive import Archive
from tests.archive.conftest import NOW, mention, put
with Archive.open(Path(sys.argv[1])) as archive:
    print("go", flush=True)
    for number in range(10_000):
        put(archive, f"w{number}", mention(), at=NOW + timedelta(minutes=number), text=f"{number} " * 200)
"""


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("dealwatch"), "backup", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )


def test_a_backup_holds_all_and_opens_as_an_archive(archive: Archive, tmp_path: Path) -> None:
    put(archive, "one", mention())
    (tmp_path / "copies").mkdir()
    done = run("copies/copy.db", "--db", str(archive.path), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "copied and checked" in done.stdout
    with Archive.open(tmp_path / "copies" / "copy.db") as copy:
        assert dump(copy) == dump(archive)
    assert [file.name for file in (tmp_path / "copies").iterdir()] == ["copy.db"]


def test_a_backup_amid_writing_is_consistent(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert writer.stdout is not None and writer.stdout.readline() == b"go\n"
    try:
        for number in range(3):
            assert run(f"copy-{number}.db", "--db", str(path), cwd=tmp_path).returncode == 0
    finally:
        writer.kill()
        writer.communicate()
    for number in range(3):
        with Archive.open(tmp_path / f"copy-{number}.db") as copy:
            stored = copy.value("SELECT count(*) FROM articles")
            assert copy.value("PRAGMA integrity_check") == "ok"
            assert copy.value("SELECT count(*) FROM article_versions") == stored
            assert copy.value("SELECT count(*) FROM mentions WHERE deal_id IS NOT NULL") == stored


def test_an_older_backup_is_replaced_and_anything_else_is_not(archive: Archive, tmp_path: Path) -> None:
    assert run("copy.db", "--db", str(archive.path), cwd=tmp_path).returncode == 0
    put(archive, "one", mention(), at=NOW + timedelta(days=1))
    assert run("copy.db", "--db", str(archive.path), cwd=tmp_path).returncode == 0
    with Archive.open(tmp_path / "copy.db", readonly=True) as copy:
        assert copy.value("SELECT count(*) FROM articles") == 1
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir,\n" * 100)
    refused = run("letter.txt", "--db", str(archive.path), cwd=tmp_path)
    assert refused.returncode == 2
    assert "not a SQLite file" in refused.stderr
    assert letter.read_text().startswith("Dear Sir")


@pytest.mark.parametrize(
    ("target", "word"),
    [
        (".", "is a folder"),
        ("file/copy.db", "no such folder"),
        ("nowhere/copy.db", "no such folder"),
        ("data/news.db", "itself"),
    ],
)
def test_a_target_that_cannot_be(archive: Archive, tmp_path: Path, target: str, word: str) -> None:
    (tmp_path / "file").write_text("")
    done = run(target, "--db", str(archive.path), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert word in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_archive_is_one_clear_line(tmp_path: Path) -> None:
    done = run("copy.db", "--db", "none.db", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
