"""The archive file itself: opening, transactions, and errors a person can act on."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database

from dealwatch.archive.schema import migrations
from dealwatch.errors import ArchiveError

APPLICATION_ID = 0x4465616C  # "Deal": tells our files from any other SQLite file
BUSY_SECONDS = 10.0
Parameters = Sequence[Any] | Mapping[str, Any]


class Archive:
    """One connection to the archive. Use `Archive.open`; one thread at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, readonly: bool) -> None:
        self.path = path
        self.readonly = readonly
        self.connection = connection
        self.db = Database(connection, use_counts_table=False)

    @classmethod
    def open(cls, path: Path, *, readonly: bool = False, create: bool = True) -> Self:
        """The archive at `path`, brought up to date; if there is none, made with its folder, unless `readonly` or not
        `create`.

        Raises ArchiveError in one line for a file that is missing, locked, read-only, corrupt, newer than this
        program, or not ours.
        """
        path = Path(path)
        if (readonly or not create) and not path.exists():
            raise ArchiveError(f"{path}: no archive there yet; crawl first, or name the right file with --db FILE")
        with explained(path):
            try:
                if not readonly:
                    path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ArchiveError(f"{path.parent}: cannot be made: {error.strerror}; choose another --db") from error
            if path.is_dir():
                raise ArchiveError(f"{path}: is a folder; name a file with --db FILE")
            address = f"{path.resolve().as_uri()}?{_mode(path, readonly)}"
            connection = sqlite3.connect(
                address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            archive = cls(path, connection, readonly=readonly)
            try:
                archive._prepare()
            except BaseException:
                connection.close()
                raise
        return archive

    def _prepare(self) -> None:
        self.execute("PRAGMA foreign_keys = ON")
        tables = self.value("SELECT count(*) FROM sqlite_master")
        if tables and self.value("PRAGMA application_id") != APPLICATION_ID:
            raise ArchiveError(f"{self.path}: is a SQLite file, but not a Dealwatch archive; choose another --db")
        if tables:
            self._refuse_newer()
        if self.readonly:
            self.execute("PRAGMA query_only = ON")
            if not tables or migrations.pending(self.db):
                raise ArchiveError(f"{self.path}: is of an older Dealwatch; `dealwatch crawl` brings it up to date")
            return
        if self.value("PRAGMA journal_mode") != "wal":
            self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = NORMAL")
        if not tables or migrations.pending(self.db):
            self._migrate()

    def _migrate(self) -> None:
        """Under the write lock, so that of two processes that open a new file at once one migrates and one waits."""
        with self.atomic():
            self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            if migrations.pending(self.db):
                migrations.apply(self.db)

    def _refuse_newer(self) -> None:
        if not self.value("SELECT count(*) FROM sqlite_master WHERE name = ?", [migrations.migrations_table]):
            return
        stored = {
            row["name"]
            for row in self.rows(
                f"SELECT name FROM {migrations.migrations_table} WHERE migration_set = ?",
                [migrations.name],
            )
        }
        known = {migration.name for migration in migrations._migrations}
        if stored - known:
            raise ArchiveError(f"{self.path}: was written by a newer Dealwatch; update this one to open it")

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        with explained(self.path):
            try:
                return self.connection.execute(sql, parameters)
            except UnicodeEncodeError:  # half a character, from a page that was cut or lies
                return self.connection.execute(sql, _whole(parameters))

    def many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Execute the statement once for each row of parameters."""
        with explained(self.path):
            self.connection.executemany(sql, [_whole(row) for row in rows])

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        with explained(self.path):
            return self.connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        with explained(self.path):
            found: sqlite3.Row | None = self.connection.execute(sql, parameters).fetchone()
            return found

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row; None if there is none."""
        row = self.row(sql, parameters)
        return row[0] if row is not None else None

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """One transaction that holds the write lock from its start, so that what it reads cannot change under it.

        Nested use joins the outer transaction.
        """
        if self.connection.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def prove_writable(self) -> None:
        """Raises ArchiveError where nothing can be written just now: read-only, locked, a full disk."""
        with self.atomic():
            self.execute(f"PRAGMA user_version = {self.value('PRAGMA user_version')}")

    def checkpoint(self) -> None:
        """Move what the write-ahead log holds into the file itself, as far as no reader needs it."""
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _mode(path: Path, readonly: bool) -> str:
    """SQLite keeps a shared-memory file beside an archive even to read it; on a read-only disk nobody writes it either,
    so there it is read as it lies."""
    if not readonly:
        return "mode=rwc"
    lies_still = not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
    return "mode=ro&immutable=1" if lies_still else "mode=ro"


def _whole(parameters: Parameters) -> Parameters:
    """The parameters with lone surrogates replaced, one for one."""

    def mend(value: Any) -> Any:
        return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value

    if isinstance(parameters, Mapping):
        return {name: mend(value) for name, value in parameters.items()}
    return [mend(value) for value in parameters]


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """SQLite's errors in words that say the way out. A broken constraint is our own mistake and stays what it is."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{path}: {_words(error)}") from error


def _words(error: sqlite3.DatabaseError) -> str:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return f"is locked by another process for over {BUSY_SECONDS:g} s; end that process or try again"
    if code == sqlite3.SQLITE_READONLY:
        return "cannot be written; give this user write permission to the file and its folder"
    if code == sqlite3.SQLITE_FULL:
        return "the disk is full; nothing was half-written, make room and run again"
    if code == sqlite3.SQLITE_IOERR:  # so too where a full disk has no room for the files beside the archive
        return f"cannot be read or written ({error}); see whether its disk is full or broken"
    if code == sqlite3.SQLITE_NOTADB:
        return "is not a SQLite file; choose another --db"
    if code == sqlite3.SQLITE_CORRUPT:
        return f"is damaged ({error}); restore it from a backup"
    if code == sqlite3.SQLITE_CANTOPEN:
        return "cannot be opened; check that the folder exists and this user may write there"
    return str(error)
