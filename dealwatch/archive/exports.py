"""What named exports have given already (`--since-last NAME`), and who this archive is."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from dealwatch.archive.archive import Archive
from dealwatch.clock import iso


def identity(archive: Archive) -> str:
    """32 hexadecimal digits that no other archive has: what the ids in feeds and calendars are made of."""
    return str(archive.value("SELECT id FROM identity"))


@contextmanager
def reading(archive: Archive) -> Iterator[None]:
    """Every query inside sees the archive as it stood at the first one, whatever others write meanwhile."""
    if archive.connection.in_transaction:
        yield
        return
    archive.execute("BEGIN")
    try:
        yield
    finally:
        archive.execute("ROLLBACK")


def given(archive: Archive, name: str, deal_id: int) -> bytes | None:
    """The digest of the deal as the export `name` last gave it; None if it never did."""
    digest: bytes | None = archive.value(
        "SELECT digest FROM exported_deals WHERE export = ? AND deal_id = ?", [name, deal_id]
    )
    return digest


def give(archive: Archive, name: str, digests: Iterable[tuple[int, bytes]], at: datetime) -> None:
    """Note what the export `name` has just given, as (deal id, digest). One transaction."""
    with archive.atomic():
        archive.execute(
            "INSERT INTO exports (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name, iso(at)],
        )
        for deal_id, digest in digests:
            archive.execute(
                "INSERT INTO exported_deals (export, deal_id, digest) VALUES (?, ?, ?)"
                " ON CONFLICT (export, deal_id) DO UPDATE SET digest = excluded.digest",
                [name, deal_id, digest],
            )
