"""The one filter of review, export and delivery, and the one record of a deal that they all show."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast, get_args

from dealwatch.archive.archive import Archive
from dealwatch.archive.search import match_expression
from dealwatch.clock import iso, parse_iso
from dealwatch.deals.records import DealType, Direction, Side, Status

State = Literal["waiting", "confirmed", "dismissed", "snoozed", "history"]
STATES: tuple[State, ...] = get_args(State)
BATCH = 200
_AGO = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

STATE = (
    "CASE WHEN al.state = 'snoozed' AND al.snoozed_until <= strftime('%Y-%m-%dT%H:%M:%SZ', 'now') THEN 'waiting'"
    " ELSE coalesce(al.state, 'history') END"
)
"""A deal's state in SQL, `al` being its row of alerts: snoozing ends by itself; without an alert it is history."""


@dataclass(frozen=True, slots=True)
class DealFilter:
    """Which deals. An empty field asks nothing; all fields that ask must hold, any one value of each suffices.

    `since` and `until` mean the time of the news: some story at or after `since`, some story before `until`. `parties`
    are canonical names, in any case. `langs` and `sources` are those of some story. `query` is full-text search over the
    stories. Deals that are only history (too old when first seen to raise an alert) come only if `states` names them.
    """

    since: datetime | None = None
    until: datetime | None = None
    types: Sequence[str] = ()
    statuses: Sequence[str] = ()
    directions: Sequence[str] = ()
    parties: Sequence[str] = ()
    sources: Sequence[str] = ()
    states: Sequence[str] = ()
    langs: Sequence[str] = ()
    query: str | None = None


@dataclass(frozen=True, slots=True)
class DealParty:
    name: str
    side: Side
    home: str | None


@dataclass(frozen=True, slots=True)
class DealStep:
    """The story that brought the deal to `status`; `at` is the time of its news."""

    status: Status
    at: datetime
    article_id: int
    outlet: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class DealStory:
    """One article that reports the deal, with the sentence that proves it. `copy_of`: the article it reprints."""

    mention_id: int
    article_id: int
    outlet: str
    url: str
    title: str
    published: datetime | None
    first_seen: datetime
    lang: str | None
    sentence: str
    status: Status
    score: float
    copy_of: int | None


@dataclass(frozen=True, slots=True)
class DealRecord:
    """A deal as everyone sees it, a person's corrections included. Parties: as the stories name them, principals first.

    `steps` and `stories` go from the oldest news to the newest. `state` is None, like the alert's id and revision, for
    history. `ends`: the deal that an exit ends.
    """

    id: int
    type: DealType
    direction: Direction
    status: Status
    amount: str | None
    amount_value: float | None
    amount_currency: str | None
    market: str | None
    sentence: str
    score: float
    first_at: datetime
    last_at: datetime
    ends: int | None
    alert_id: int | None
    state: Literal["waiting", "confirmed", "dismissed", "snoozed"] | None
    revision: int | None
    raised_at: datetime | None
    revised_at: datetime | None
    parties: tuple[DealParty, ...]
    steps: tuple[DealStep, ...]
    stories: tuple[DealStory, ...]


def parse_since(text: str, now: datetime) -> datetime:
    """`12h`, `7d`, `2w` (that long ago), `2026-11-01` (its first moment, UTC) or an ISO 8601 time. Raises ValueError."""
    text = text.strip()
    ago = _AGO.fullmatch(text)
    if ago:
        return now - int(ago[1]) * _UNITS[ago[2]]
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time; write 12h, 7d, 2w, 2026-11-01 or 2026-11-01T08:00Z") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def where(chosen: DealFilter) -> tuple[str, list[Any]]:
    """The condition on `deals d LEFT JOIN alerts al ON al.deal_id = d.id`, and its parameters."""
    parts, values = ["d.merged_into IS NULL"], []
    for column, wanted in (
        ("d.type", chosen.types),
        ("d.status", chosen.statuses),
        ("d.direction", chosen.directions),
    ):
        if wanted:
            parts.append(f"{column} IN ({_marks(wanted)})")
            values += wanted
    if chosen.since:
        parts.append("d.last_at >= ?")
        values.append(iso(chosen.since))
    if chosen.until:
        parts.append("d.first_at < ?")
        values.append(iso(chosen.until))
    for sql, more in (_state_part(chosen.states), _party_part(chosen.parties), _story_part(chosen)):
        if sql:
            parts.append(sql)
            values += more
    return " AND ".join(parts), values


def _state_part(states: Sequence[str]) -> tuple[str, list[Any]]:
    if not states:
        return "al.id IS NOT NULL", []
    return f"{STATE} IN ({_marks(states)})", list(states)


def _party_part(parties: Sequence[str]) -> tuple[str, list[Any]]:
    if not parties:
        return "", []
    named = f"SELECT deal_id FROM deal_parties WHERE name COLLATE NOCASE IN ({_marks(parties)})"
    return f"d.id IN ({named})", list(parties)


def _story_part(chosen: DealFilter) -> tuple[str, list[Any]]:
    """Conditions on the deal's stories: each may be met by another story."""
    parts: list[str] = []
    values: list[Any] = []
    for column, wanted in (("a.source", chosen.sources), ("a.lang", chosen.langs)):
        if wanted:
            parts.append(
                "d.id IN (SELECT m.deal_id FROM mentions m JOIN articles a ON a.id = m.article_id"
                f" WHERE {column} IN ({_marks(wanted)}))"
            )
            values += wanted
    if chosen.query is not None and chosen.query.strip():
        expression = match_expression(chosen.query)
        if expression is None:  # nothing but punctuation: it occurs nowhere
            return "0", []
        parts.append(
            "d.id IN (SELECT deal_id FROM mentions WHERE article_id IN"
            " (SELECT rowid FROM article_search WHERE article_search MATCH ?))"
        )
        values.append(expression)
    return " AND ".join(parts), values


def ids(archive: Archive, chosen: DealFilter) -> list[int]:
    """The deals' ids, newest news first."""
    condition, values = where(chosen)
    rows = archive.rows(
        "SELECT d.id FROM deals d LEFT JOIN alerts al ON al.deal_id = d.id"
        f" WHERE {condition} ORDER BY d.last_at DESC, d.id DESC",
        values,
    )
    return [row["id"] for row in rows]


def deals(archive: Archive, chosen: DealFilter) -> Iterator[DealRecord]:
    """The deals, newest news first; only the ids and one batch of records are in memory at a time."""
    wanted = ids(archive, chosen)
    for start in range(0, len(wanted), BATCH):
        yield from load(archive, wanted[start : start + BATCH])


def deal(archive: Archive, deal_id: int) -> DealRecord | None:
    """One deal; of a deal merged into another, that other one. None if there never was such a deal."""
    seen: set[int] = set()
    while deal_id not in seen:
        seen.add(deal_id)
        row = archive.row("SELECT merged_into FROM deals WHERE id = ?", [deal_id])
        if row is None:
            return None
        if row["merged_into"] is None:
            break
        deal_id = row["merged_into"]
    return next(iter(load(archive, [deal_id])), None)


def load(archive: Archive, deal_ids: Sequence[int]) -> list[DealRecord]:
    """The records of these deals, in the order given. At most some hundreds at a time."""
    marks = _marks(deal_ids)
    parties = _grouped(
        archive, f"SELECT * FROM deal_parties WHERE deal_id IN ({marks}) ORDER BY deal_id, ordinal", deal_ids
    )
    steps = _grouped(
        archive,
        "SELECT s.*, a.source, a.title, a.url FROM deal_steps s JOIN articles a ON a.id = s.article_id"
        f" WHERE s.deal_id IN ({marks}) ORDER BY s.at, s.article_id",
        deal_ids,
    )
    stories = _grouped(
        archive,
        "SELECT m.id, m.deal_id, m.article_id, m.sentence, m.status, m.score, a.source, a.url, a.title,"
        " a.published_at, a.first_seen_at, a.lang, a.copy_of FROM mentions m JOIN articles a ON a.id = m.article_id"
        f" WHERE m.deal_id IN ({marks}) ORDER BY coalesce(a.published_at, a.first_seen_at), a.key",
        deal_ids,
    )
    rows = archive.rows(
        "SELECT d.*, al.id AS alert_id, al.revision, al.raised_at, al.revised_at,"
        f" CASE WHEN al.id IS NULL THEN NULL ELSE {STATE} END AS state"
        f" FROM deals d LEFT JOIN alerts al ON al.deal_id = d.id WHERE d.id IN ({marks})",
        deal_ids,
    )
    records = {
        row["id"]: _record(row, parties.get(row["id"], []), steps.get(row["id"], []), stories.get(row["id"], []))
        for row in rows
    }
    return [records[deal_id] for deal_id in deal_ids if deal_id in records]


def _grouped(archive: Archive, sql: str, deal_ids: Sequence[int]) -> dict[int, list[sqlite3.Row]]:
    groups: dict[int, list[sqlite3.Row]] = {}
    for row in archive.rows(sql, deal_ids):
        groups.setdefault(row["deal_id"], []).append(row)
    return groups


def _record(
    row: sqlite3.Row, parties: list[sqlite3.Row], steps: list[sqlite3.Row], stories: list[sqlite3.Row]
) -> DealRecord:
    return DealRecord(
        id=row["id"],
        type=cast(DealType, row["type"]),
        direction=cast(Direction, row["direction"]),
        status=cast(Status, row["status"]),
        amount=row["amount"],
        amount_value=row["amount_value"],
        amount_currency=row["amount_currency"],
        market=row["market"],
        sentence=row["sentence"],
        score=row["score"],
        first_at=parse_iso(row["first_at"]),
        last_at=parse_iso(row["last_at"]),
        ends=row["ends"],
        alert_id=row["alert_id"],
        state=row["state"],
        revision=row["revision"],
        raised_at=_time(row["raised_at"]),
        revised_at=_time(row["revised_at"]),
        parties=tuple(DealParty(party["name"], party["side"], party["home"]) for party in parties),
        steps=tuple(
            DealStep(
                step["status"], parse_iso(step["at"]), step["article_id"], step["source"], step["title"], step["url"]
            )
            for step in steps
        ),
        stories=tuple(_story(story) for story in stories),
    )


def _story(row: sqlite3.Row) -> DealStory:
    return DealStory(
        row["id"],
        row["article_id"],
        row["source"],
        row["url"],
        row["title"],
        _time(row["published_at"]),
        parse_iso(row["first_seen_at"]),
        row["lang"],
        row["sentence"],
        cast(Status, row["status"]),
        row["score"],
        row["copy_of"],
    )


def _time(text: str | None) -> datetime | None:
    return parse_iso(text) if text else None


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))
