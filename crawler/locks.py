"""One crawl of a source at a time, however it was started. The kernel gives a lock back when its holder dies."""

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from dealwatch.errors import ArchiveError


class SourceLock:
    """`<db>.locks/<source>.lock`, held from `take` to `release`."""

    def __init__(self, db: Path, source: str) -> None:
        self._path = Path(f"{db}.locks") / f"{source}.lock"
        self._file: int | None = None

    def take(self) -> bool:
        """False if another process, or another crawl in this one, holds it. Raises ArchiveError."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ArchiveError(f"{self._path}: the lock file cannot be made: {error.strerror}") from error
        for pause in (0.01, 0.05, 0):  # `is_locked` holds it for a moment while it looks
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(pause)
            else:
                self._file = file
                return True
        os.close(file)
        return False

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_locked(db: Path, source: str) -> bool:
    """Whether a live process is crawling `source` now. Creates nothing."""
    path = Path(f"{db}.locks") / f"{source}.lock"
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
