"""Merging and splitting deals by hand: remembered against later folding, and undone at will."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from dealwatch.archive import folding
from dealwatch.archive.archive import Archive
from dealwatch.archive.deal import current
from dealwatch.clock import iso, parse_iso
from dealwatch.deals.families import Families
from dealwatch.errors import DealwatchError


@dataclass(frozen=True, slots=True)
class Folding:
    """A merge or split that somebody made by hand and that stands."""

    id: int
    action: str
    person: str
    at: datetime


def foldings(archive: Archive, deal_id: int) -> list[Folding]:
    """The merges and splits that concern stories of this deal, the last first."""
    rows = archive.rows(
        "SELECT * FROM foldings f WHERE undone_at IS NULL AND EXISTS (SELECT 1 FROM folding_pairs p JOIN mentions m"
        " ON m.id IN (p.a, p.b) WHERE p.folding_id = f.id AND m.deal_id = ?) ORDER BY id DESC",
        [deal_id],
    )
    return [Folding(row["id"], row["action"], row["person"], parse_iso(row["at"])) for row in rows]


def last(archive: Archive, person: str) -> Folding | None:
    """The last merge or split of the person that stands."""
    row = archive.row(
        "SELECT * FROM foldings WHERE undone_at IS NULL AND person = ? ORDER BY id DESC LIMIT 1", [person]
    )
    return Folding(row["id"], row["action"], row["person"], parse_iso(row["at"])) if row is not None else None


def merge(archive: Archive, deal_ids: Sequence[int], person: str, at: datetime, families: Families) -> int:
    """Make one deal of these (at least two); the id under which it goes on. Raises DealwatchError."""
    with archive.atomic():
        deals = list(dict.fromkeys(_existing(archive, deal_id) for deal_id in deal_ids))
        if len(deals) < 2:
            raise DealwatchError("to merge takes two different deals; see `dealwatch deals` for their ids")
        mentions = _mentions(archive, deals)
        folding_id = _write(archive, "merge", person, at)
        _pairs(archive, folding_id, combinations(mentions, 2), together=True)
        folding.refold(archive, mentions, families, at)
        return int(archive.value("SELECT deal_id FROM mentions WHERE id = ?", [mentions[0]]))


def split(
    archive: Archive, deal_id: int, article_ids: Sequence[int], person: str, at: datetime, families: Families
) -> int:
    """Take what these articles report out of the deal, into one of its own; that one's id. Raises DealwatchError."""
    with archive.atomic():
        deal_id = _existing(archive, deal_id)
        all_of_it = _mentions(archive, [deal_id])
        marks = ",".join("?" * len(article_ids))
        out = [
            row["id"]
            for row in archive.rows(
                f"SELECT id FROM mentions WHERE deal_id = ? AND article_id IN ({marks}) ORDER BY id",
                [deal_id, *article_ids],
            )
        ]
        rest = [mention for mention in all_of_it if mention not in out]
        if not out:
            raise DealwatchError(
                f"deal {deal_id}: none of its stories has that id; see `dealwatch deals show {deal_id}`"
            )
        if not rest:
            raise DealwatchError(f"deal {deal_id}: that is all of its stories; leave at least one")
        folding_id = _write(archive, "split", person, at)
        _pairs(archive, folding_id, ((a, b) for a in out for b in rest), together=False)
        for side in (out, rest):
            _pairs(archive, folding_id, combinations(side, 2), together=True)
        folding.refold(archive, all_of_it, families, at, {deal_id: rest[0]})
        return int(archive.value("SELECT deal_id FROM mentions WHERE id = ?", [out[0]]))


def undo(archive: Archive, person: str, at: datetime, families: Families, folding_id: int | None = None) -> list[int]:
    """Take back a merge or split (None: the last that stands); the deals there are now. Raises DealwatchError."""
    with archive.atomic():
        row = archive.row(
            "SELECT id FROM foldings WHERE undone_at IS NULL AND id = coalesce(?, id) ORDER BY id DESC LIMIT 1",
            [folding_id],
        )
        if row is None:
            raise DealwatchError("there is no merge or split to undo")
        archive.execute("UPDATE foldings SET undone_by = ?, undone_at = ? WHERE id = ?", [person, iso(at), row["id"]])
        mentions = {
            mention
            for pair in archive.rows("SELECT a, b FROM folding_pairs WHERE folding_id = ?", [row["id"]])
            for mention in pair
        }
        folding.refold(archive, mentions, families, at)
        marks = ",".join("?" * len(mentions))
        deals = archive.rows(f"SELECT DISTINCT deal_id FROM mentions WHERE id IN ({marks})", sorted(mentions))
        return sorted(row["deal_id"] for row in deals)


def _existing(archive: Archive, deal_id: int) -> int:
    found = current(archive, deal_id)
    if found is None:
        raise DealwatchError(f"deal {deal_id}: there is none with that id; see `dealwatch deals`")
    return found


def _mentions(archive: Archive, deal_ids: Sequence[int]) -> list[int]:
    marks = ",".join("?" * len(deal_ids))
    return [
        row["id"] for row in archive.rows(f"SELECT id FROM mentions WHERE deal_id IN ({marks}) ORDER BY id", deal_ids)
    ]


def _write(archive: Archive, action: str, person: str, at: datetime) -> int:
    cursor = archive.execute("INSERT INTO foldings (action, person, at) VALUES (?, ?, ?)", [action, person, iso(at)])
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _pairs(archive: Archive, folding_id: int, pairs: Iterable[tuple[int, int]], *, together: bool) -> None:
    archive.many(
        "INSERT INTO folding_pairs (folding_id, a, b, together) VALUES (?, ?, ?, ?)",
        [(folding_id, min(pair), max(pair), int(together)) for pair in pairs],
    )
