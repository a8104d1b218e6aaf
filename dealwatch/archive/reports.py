"""Mentions as folding sees them: read back whole, and found by the names they share."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from dealwatch.archive.archive import Archive
from dealwatch.archive.copies import sketches
from dealwatch.clock import iso, parse_iso
from dealwatch.deals.course import Told
from dealwatch.deals.families import Families, block
from dealwatch.deals.fold import REACH, Report
from dealwatch.deals.records import DealType, Direction, Mention, Party, Status

BATCH = 500


@dataclass(frozen=True)
class Stored:
    """A mention in the archive; `deal_id` is 0 for one that is being folded for the first time."""

    id: int
    article_id: int
    deal_id: int
    first_deal_id: int
    history: bool
    first_seen: datetime
    versions: int
    report: Report

    @property
    def told(self) -> Told:
        assert self.report.at is not None
        return Told(self.report.id, self.report.at, self.report.mention, self.history)


def load(archive: Archive, ids: Iterable[int]) -> dict[int, Stored]:
    """The mentions with these ids."""
    wanted = sorted(set(ids))
    found: dict[int, Stored] = {}
    for start in range(0, len(wanted), BATCH):
        found.update(_batch(archive, wanted[start : start + BATCH]))
    return found


def _batch(archive: Archive, ids: Sequence[int]) -> dict[int, Stored]:
    marks = ",".join("?" * len(ids))
    parties: dict[int, list[Party]] = {}
    for row in archive.rows(
        f"SELECT * FROM mention_parties WHERE mention_id IN ({marks}) ORDER BY mention_id, ordinal", ids
    ):
        parties.setdefault(row["mention_id"], []).append(
            Party(row["name"], row["side"], bool(row["listed"]), row["home"])
        )
    rows = archive.rows(
        "SELECT m.*, a.key, a.title, a.lang, a.history, a.first_seen_at,"
        " coalesce(a.published_at, a.first_seen_at) AS news,"
        " (SELECT max(number) FROM article_versions v WHERE v.article_id = a.id) AS versions"
        f" FROM mentions m JOIN articles a ON a.id = m.article_id WHERE m.id IN ({marks})",
        ids,
    )
    texts = sketches(archive, sorted({row["article_id"] for row in rows}))
    return {row["id"]: _stored(row, parties.get(row["id"], []), texts.get(row["article_id"])) for row in rows}


def _stored(row: sqlite3.Row, parties: Sequence[Party], sketch: bytes | None) -> Stored:
    mention = Mention(
        type=cast(DealType, row["type"]),
        parties=tuple(parties),
        direction=cast(Direction, row["direction"]),
        status=cast(Status, row["status"]),
        sentence=row["sentence"],
        score=row["score"],
        amount=row["amount"],
        amount_value=row["amount_value"],
        amount_currency=row["amount_currency"],
        market=row["market"],
        named=tuple(json.loads(row["named"])),
    )
    at = parse_iso(row["news"])
    report = Report(f"{row['key']}#{row['ordinal']:03}", row["key"], mention, at, row["lang"], row["title"], sketch)
    return Stored(
        row["id"],
        row["article_id"],
        row["deal_id"] or 0,
        row["first_deal_id"] or row["deal_id"] or 0,
        bool(row["history"]),
        parse_iso(row["first_seen_at"]),
        row["versions"],
        report,
    )


def near(archive: Archive, stored: Stored, families: Families) -> set[int]:
    """Ids of the mentions that might report the same deal: both sides in the same families; one of them, with the other
    one named besides; or one, where a mention names one side only or a name that is not listed."""
    chinese, foreign = (
        sorted({name for party in stored.report.side(side) for name in families.kin(party.name)})
        for side in ("chinese", "foreign")
    )
    found: set[int] = set()
    if chinese and foreign:
        rows = archive.rows(
            "SELECT p.mention_id FROM mention_parties p JOIN mention_parties q ON q.mention_id = p.mention_id"
            f" WHERE p.name IN ({_marks(foreign)}) AND q.name IN ({_marks(chinese)})",
            [*foreign, *chinese],
        )
        found |= {row["mention_id"] for row in rows}
    assert stored.report.at is not None
    mention = stored.report.mention
    names = [*chinese, *foreign]
    blocks = sorted({block(party.name) for party in mention.parties})
    condition = "1" if is_loose(mention.parties) or mention.named else "m.loose = 1 OR m.named != '[]'"
    rows = archive.rows(
        "SELECT m.id FROM mention_parties p JOIN mentions m ON m.id = p.mention_id"
        " JOIN articles a ON a.id = m.article_id"
        f" WHERE (p.name IN ({_marks(names)}) OR p.block IN ({_marks(blocks)})) AND ({condition})"
        " AND coalesce(a.published_at, a.first_seen_at) BETWEEN ? AND ?",
        [*names, *blocks, iso(stored.report.at - REACH), iso(stored.report.at + REACH)],
    )
    return found | {row["id"] for row in rows}


def is_loose(parties: Sequence[Party]) -> bool:
    return len({party.side for party in parties}) < 2 or not all(party.listed for party in parties)


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
