"""An export as a whole: read in one snapshot, written to a temporary file, then moved into its place."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dealwatch import clock
from dealwatch.archive import Archive, exports
from dealwatch.archive.filter import DealFilter, deals
from dealwatch.errors import DealwatchError
from dealwatch.exports.deal import Deal, public
from dealwatch.exports.formats import Format, Selection
from dealwatch.files import usual_mode


def export(
    archive: Archive,
    wanted: DealFilter,
    kind: Format,
    target: Path | None,
    *,
    title: str = "Deals",
    since_last: str | None = None,
) -> int:
    """Write the deals that `wanted` lets through to `target` (None: stdout); how many there were.

    With `since_last`, only those that are new or changed since the export of that name; what it gave is noted once
    the file stands whole, so that a crash repeats and never loses. Raises DealwatchError.
    """
    at = clock.now()
    seen: list[tuple[int, bytes]] = []
    with exports.reading(archive), _placed(target) as out:
        found = _read(archive, wanted, since_last, seen)
        kind.write(Selection(found, title, at, exports.identity(archive)), out)
    if since_last:
        exports.give(archive, since_last, seen, at)
    return len(seen)


def _read(
    archive: Archive, wanted: DealFilter, since_last: str | None, seen: list[tuple[int, bytes]]
) -> Iterator[Deal]:
    """The deals to write; what goes into `seen` is what was written."""
    for record in deals(archive, wanted):
        deal = public(record)
        digest = deal.digest if since_last else b""
        if since_last and exports.given(archive, since_last, deal.id) == digest:
            continue
        seen.append((deal.id, digest))
        yield deal


@contextmanager
def _placed(target: Path | None) -> Iterator[BinaryIO]:
    """A file to write to that reaches its place whole or not at all."""
    folder = target.parent if target else None
    try:
        with tempfile.NamedTemporaryFile("w+b", dir=folder, prefix=".dealwatch-", delete=False) as out:
            made = Path(out.name)
    except OSError as error:
        raise DealwatchError(f"{folder or 'temporary folder'}: cannot be written: {error.strerror}") from error
    try:
        with made.open("w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        if target is None:
            _to_stdout(made)
        else:
            made.chmod(usual_mode(target))
            made.replace(target)
    except OSError as error:
        raise DealwatchError(f"{target or 'standard output'}: cannot be written: {error.strerror or error}") from error
    finally:
        made.unlink(missing_ok=True)


def _to_stdout(made: Path) -> None:
    with made.open("rb") as whole:
        shutil.copyfileobj(whole, sys.stdout.buffer)
    sys.stdout.buffer.flush()
