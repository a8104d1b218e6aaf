"""What the review page reads of a deal besides its record: the evidence, its history, what came of it."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dealwatch.archive.archive import Archive
from dealwatch.archive.deal import StoryLine
from dealwatch.clock import parse_iso


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: code points `start` to `end` of `field` ("title" or "text")."""

    rule: str
    role: str
    field: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The story that speaks for a deal. `text` is None once the publisher's text had to go."""

    article_id: int
    title: str
    text: str | None
    sentence: str
    score: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class News:
    """One revision of an alert: what was new, and the article that told."""

    revision: int
    at: datetime
    what: str
    article_id: int


def proofs(archive: Archive, tellers: Mapping[int, StoryLine | None], max_text: int) -> dict[int, Proof]:
    """For each deal (`tellers` by their ids) what the story that speaks for it said; `max_text` code points of its
    text."""
    marks = ",".join("?" * len(tellers))
    best: dict[int, sqlite3.Row] = {}
    for row in archive.rows(
        "SELECT id, deal_id, article_id, version_id, sentence, score FROM mentions"
        f" WHERE deal_id IN ({marks}) ORDER BY deal_id, score DESC, id",
        list(tellers),
    ):
        teller = tellers[row["deal_id"]]
        if teller and (row["article_id"], row["sentence"]) == (teller.article_id, teller.sentence):
            best.setdefault(row["deal_id"], row)
    mentions = [row["id"] for row in best.values()]
    versions = {row["version_id"] for row in best.values()}
    texts = {
        row["id"]: row
        for row in archive.rows(
            "SELECT id, substr(title, 1, ?) AS title, substr(text, 1, ?) AS text FROM article_versions"
            f" WHERE id IN ({','.join('?' * len(versions))})",
            [max_text, max_text, *sorted(versions)],
        )
    }
    pieces: dict[int, list[Piece]] = {}
    for row in archive.rows(
        'SELECT mention_id, rule, role, field, start, "end", substr(quote, 1, 300) AS quote FROM evidence'
        f" WHERE mention_id IN ({','.join('?' * len(mentions))}) ORDER BY mention_id, field, start, id",
        mentions,
    ):
        pieces.setdefault(row["mention_id"], []).append(
            Piece(row["rule"], row["role"], row["field"], row["start"], row["end"], row["quote"])
        )
    return {
        deal_id: Proof(
            article_id=row["article_id"],
            title=texts[row["version_id"]]["title"],
            text=texts[row["version_id"]]["text"],
            sentence=row["sentence"],
            score=row["score"],
            pieces=tuple(pieces.get(row["id"], ())),
        )
        for deal_id, row in best.items()
    }


def news(archive: Archive, alert_ids: Sequence[int]) -> dict[int, list[News]]:
    """The revisions of these alerts, the first first."""
    marks = ",".join("?" * len(alert_ids))
    found: dict[int, list[News]] = {alert_id: [] for alert_id in alert_ids}
    for row in archive.rows(
        f"SELECT * FROM alert_revisions WHERE alert_id IN ({marks}) ORDER BY alert_id, revision", alert_ids
    ):
        found[row["alert_id"]].append(News(row["revision"], parse_iso(row["at"]), row["what"], row["article_id"]))
    return found


def version(archive: Archive) -> tuple[int, int]:
    """Changes whenever anybody wrote to the archive since this connection last asked."""
    return int(archive.value("PRAGMA data_version")), archive.connection.total_changes
