"""The rows of mentions, their parties and their evidence."""

import json
import sqlite3
from collections.abc import Sequence

from dealwatch.archive.archive import Archive
from dealwatch.archive.reports import is_loose
from dealwatch.deals.families import block
from dealwatch.deals.records import Mention


def of_article(archive: Archive, article_id: int) -> list[int]:
    rows = archive.rows("SELECT id FROM mentions WHERE article_id = ? ORDER BY ordinal", [article_id])
    return [row["id"] for row in rows]


def rulesets(archive: Archive, article_id: int) -> set[str]:
    """The hashes of the rules by which the article's mentions were found."""
    rows = archive.rows("SELECT DISTINCT ruleset FROM mentions WHERE article_id = ?", [article_id])
    return {row["ruleset"] for row in rows}


def replace(archive: Archive, article_id: int, version_id: int, found: Sequence[Mention], ruleset: str) -> list[int]:
    """Store what the newest version reports; the ids of all the article's mentions.

    A mention that says again what an older one said keeps that one's id, so that its deal and what people decided stay
    with it. One that the story no longer makes goes; but not if people's word hangs on it.
    """
    old = archive.rows("SELECT * FROM mentions WHERE article_id = ? ORDER BY ordinal", [article_id])
    heirs = _heirs(archive, old, found)
    archive.execute("UPDATE mentions SET ordinal = -1 - ordinal WHERE article_id = ?", [article_id])
    ids = []
    for ordinal, mention in enumerate(found):
        ids.append(_store(archive, heirs.get(ordinal), article_id, version_id, ordinal, mention, ruleset))
    for row in old:
        if row["id"] in ids:
            continue
        if _needed(archive, row):
            archive.execute("UPDATE mentions SET ordinal = ? WHERE id = ?", [len(ids), row["id"]])
            ids.append(row["id"])
        else:
            archive.execute("DELETE FROM mentions WHERE id = ?", [row["id"]])
    return ids


def _heirs(archive: Archive, old: Sequence[sqlite3.Row], found: Sequence[Mention]) -> dict[int, int]:
    """For the ordinals of new mentions the id of the older one that said the same: of principals shared, then type."""
    names = {
        row["id"]: {
            party["name"]
            for party in archive.rows("SELECT name FROM mention_parties WHERE mention_id = ?", [row["id"]])
        }
        for row in old
    }
    likes = sorted(
        (
            (
                -len(names[row["id"]] & set(mention.names)),
                row["type"] != mention.type,
                ordinal,
                row["ordinal"],
                row["id"],
            )
            for row in old
            for ordinal, mention in enumerate(found)
            if names[row["id"]] & set(mention.names)
        ),
    )
    heirs: dict[int, int] = {}
    for *_, ordinal, _, mention_id in likes:
        if ordinal not in heirs and mention_id not in heirs.values():
            heirs[ordinal] = mention_id
    return heirs


def _needed(archive: Archive, row: sqlite3.Row) -> bool:
    """Whether people spoke of it: merged or split it, or decided on the deal that only it reports."""
    if archive.row("SELECT 1 FROM folding_pairs WHERE a = ? OR b = ? LIMIT 1", [row["id"], row["id"]]):
        return True
    if archive.row("SELECT 1 FROM mentions WHERE deal_id = ? AND id != ? LIMIT 1", [row["deal_id"], row["id"]]):
        return False
    return (
        archive.row(
            "SELECT 1 FROM decisions WHERE alert_id IN (SELECT id FROM alerts WHERE deal_id = ?) LIMIT 1",
            [row["deal_id"]],
        )
        is not None
    )


def _store(
    archive: Archive,
    mention_id: int | None,
    article_id: int,
    version_id: int,
    ordinal: int,
    mention: Mention,
    ruleset: str,
) -> int:
    values = {
        "article": article_id,
        "version": version_id,
        "ordinal": ordinal,
        "type": mention.type,
        "direction": mention.direction,
        "status": mention.status,
        "amount": mention.amount,
        "value": mention.amount_value,
        "currency": mention.amount_currency,
        "market": mention.market,
        "sentence": mention.sentence,
        "score": mention.score,
        "ruleset": ruleset,
        "loose": int(is_loose(mention.parties)),
        "named": json.dumps(mention.named, ensure_ascii=False),
        "id": mention_id,
    }
    if mention_id is None:
        mention_id = archive.execute(
            "INSERT INTO mentions (article_id, version_id, ordinal, type, direction, status, amount, amount_value,"
            " amount_currency, market, sentence, score, ruleset, loose, named) VALUES (:article, :version, :ordinal,"
            " :type, :direction, :status, :amount, :value, :currency, :market, :sentence, :score, :ruleset, :loose,"
            " :named)",
            values,
        ).lastrowid
        assert mention_id is not None
    else:
        archive.execute(
            "UPDATE mentions SET version_id = :version, ordinal = :ordinal, type = :type, direction = :direction,"
            " status = :status, amount = :amount, amount_value = :value, amount_currency = :currency, market = :market,"
            " sentence = :sentence, score = :score, ruleset = :ruleset, loose = :loose, named = :named WHERE id = :id",
            values,
        )
        archive.execute("DELETE FROM mention_parties WHERE mention_id = ?", [mention_id])
        archive.execute("DELETE FROM evidence WHERE mention_id = ?", [mention_id])
    archive.many(
        "INSERT INTO mention_parties (mention_id, ordinal, name, side, listed, home, block)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (mention_id, position, party.name, party.side, int(party.listed), party.home, block(party.name))
            for position, party in enumerate(mention.parties)
        ],
    )
    archive.many(
        'INSERT INTO evidence (mention_id, rule, role, field, start, "end", quote) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [
            (mention_id, piece.rule, piece.role, piece.field, piece.start, piece.end, piece.quote)
            for piece in mention.evidence
        ],
    )
    return mention_id
