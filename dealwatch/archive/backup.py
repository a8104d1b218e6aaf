"""A consistent copy of the archive, while others read and write it."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from dealwatch.archive.archive import Archive, explained
from dealwatch.errors import ArchiveError

PAGES = 4096
"""Pages copied at a time, so that the copy can be interrupted."""


def backup(archive: Archive, target: Path) -> int:
    """Copy the archive to `target`, which is replaced at once when the copy is whole and sound. Its size in bytes.

    Raises ArchiveError where the target cannot be written, is the archive itself, or is something else than an archive.
    """
    if target.is_dir():
        raise ArchiveError(f"{target}: is a folder; name the file to write")
    if target.exists() and target.samefile(archive.path):
        raise ArchiveError(f"{target}: is the archive itself; choose another file")
    if not target.parent.is_dir():
        raise ArchiveError(f"{target.parent}: there is no such folder; make it, or choose another file")
    _refuse_foreign(target)
    part = target.with_name(f"{target.name}.part-{os.getpid()}")
    try:
        with explained(part):
            _copy(archive, part)
        size = part.stat().st_size
        part.replace(target)
    except OSError as error:
        raise ArchiveError(f"{target}: cannot be written: {error.strerror}; choose another file") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
            Path(f"{part}-journal").unlink(missing_ok=True)
    return size


def _refuse_foreign(target: Path) -> None:
    """A slip of the hand must not replace somebody's spreadsheet."""
    if target.exists() and target.stat().st_size:
        Archive.open(target, readonly=True).close()


def _copy(archive: Archive, part: Path) -> None:
    part.unlink(missing_ok=True)
    copy = sqlite3.connect(part, isolation_level=None)
    source = archive.connection
    try:
        # Without a snapshot of its own SQLite would begin anew after each write from another process.
        source.execute("BEGIN")
        try:
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(copy, pages=PAGES, sleep=0)
        finally:
            source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, that may lie on a read-only disk
        verdict = copy.execute("PRAGMA quick_check").fetchone()[0]
    finally:
        copy.close()
    if verdict != "ok":
        raise ArchiveError(f"{archive.path}: the copy is damaged ({verdict}); the archive itself may be")
    with part.open("rb") as file:
        os.fsync(file.fileno())
