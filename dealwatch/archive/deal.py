"""The deal as every door shows it: review page, exports, deliveries, commands."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from dealwatch.archive.archive import Archive
from dealwatch.clock import parse_iso
from dealwatch.deals.fold import LADDER

LARGEST = 2**63 - 1
"""The largest id that SQLite can hold."""


@dataclass(frozen=True, slots=True)
class PartyRecord:
    name: str
    side: str
    home: str | None


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of the status ladder, and the story that told of it."""

    status: str
    at: datetime
    article_id: int
    outlet: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One story of a deal, as much of it as may leave the house: no body text."""

    article_id: int
    outlet: str
    url: str
    title: str
    lang: str | None
    published: datetime | None
    first_seen: datetime
    text_source: str
    status: str
    amount: str | None
    sentence: str
    copy_of: int | None


@dataclass(frozen=True, slots=True)
class DealRecord:
    """A deal with all that people need to know of it, corrected by what people decided (`corrected` names the fields).

    `state` is the alert's, or "history" where there is none. `revision` is 0 for history. Times are UTC.
    """

    id: int
    alert_id: int | None
    state: str
    revision: int
    raised_at: datetime | None
    revised_at: datetime | None
    type: str
    direction: str
    status: str
    amount: str | None
    amount_value: float | None
    amount_currency: str | None
    market: str | None
    sentence: str
    score: float
    first_at: datetime
    last_at: datetime
    ends: int | None
    parties: tuple[PartyRecord, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    stories: tuple[StoryLine, ...] = field(default=())
    """The first to report it first."""
    corrected: tuple[str, ...] = ()

    @property
    def teller(self) -> StoryLine | None:
        """The story that speaks for the deal: the one that moved it to its present status, else the first."""
        movers = {step.article_id for step in self.steps if step.status == self.status}
        told = [story for story in self.stories if story.article_id in movers] or self.stories
        first = told[0] if told else None
        return next((story for story in told if story.status == self.status), first)

    def side(self, side: str) -> tuple[str, ...]:
        """The names of the parties on one side, "chinese" or "foreign"."""
        return tuple(party.name for party in self.parties if party.side == side)


def current(archive: Archive, deal_id: int) -> int | None:
    """The id under which the deal goes on now; None if there never was one, or no story reports it any more."""
    seen: set[int] = set()
    while deal_id not in seen and abs(deal_id) <= LARGEST:
        seen.add(deal_id)
        row = archive.row("SELECT merged_into FROM deals WHERE id = ?", [deal_id])
        if row is None:
            return None
        if row["merged_into"] is None:
            return deal_id
        deal_id = row["merged_into"]
    return None


def deal(archive: Archive, deal_id: int) -> DealRecord | None:
    """One deal; an id that was merged into another leads to that one. None if there is no such deal."""
    found = current(archive, deal_id)
    return records(archive, [found])[0] if found is not None else None


def records(archive: Archive, deal_ids: Sequence[int]) -> list[DealRecord]:
    """The deals with these ids, in this order, whole. At most some hundreds at a time."""
    marks = ",".join("?" * len(deal_ids))
    rows = {
        row["id"]: row
        for row in archive.rows(
            "SELECT d.*, a.id AS alert_id, a.state AS alert_state, a.revision, a.raised_at, a.revised_at"
            f" FROM deals d LEFT JOIN alerts a ON a.deal_id = d.id WHERE d.id IN ({marks})",
            deal_ids,
        )
    }
    parties = _grouped(
        archive, f"SELECT * FROM deal_parties WHERE deal_id IN ({marks}) ORDER BY deal_id, ordinal", deal_ids
    )
    steps = _grouped(
        archive,
        "SELECT s.*, r.source, r.title, r.url FROM deal_steps s JOIN articles r ON r.id = s.article_id"
        f" WHERE s.deal_id IN ({marks}) ORDER BY s.deal_id, s.at, r.key",
        deal_ids,
    )
    stories = _grouped(
        archive,
        "SELECT m.deal_id, m.status, m.amount, m.sentence, r.* FROM mentions m JOIN articles r ON r.id = m.article_id"
        f" WHERE m.deal_id IN ({marks})"
        " ORDER BY m.deal_id, coalesce(r.published_at, r.first_seen_at), r.key, m.ordinal",
        deal_ids,
    )
    overrides = _overrides(archive, [row["alert_id"] for row in rows.values() if row["alert_id"] is not None])
    for ladder in steps.values():
        ladder.sort(key=lambda step: (step["at"], LADDER[step["status"]]))
    return [
        corrected(
            _record(rows[deal_id], parties.get(deal_id, []), steps.get(deal_id, []), stories.get(deal_id, [])),
            overrides.get(rows[deal_id]["alert_id"], {}),
        )
        for deal_id in deal_ids
        if deal_id in rows
    ]


def corrected(record: DealRecord, overrides: dict[str, Any]) -> DealRecord:
    """The record with what people corrected put in place of what the rules found."""
    if not overrides:
        return record
    fields = {name: value for name, value in overrides.items() if name != "parties"}
    if "parties" in overrides:
        fields["parties"] = tuple(
            PartyRecord(party["name"], party["side"], party.get("home")) for party in overrides["parties"]
        )
    return replace(record, **fields, corrected=tuple(sorted(overrides)))


def _overrides(archive: Archive, alert_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Per alert the corrections that stand: later ones over earlier ones, undone decisions left out."""
    marks = ",".join("?" * len(alert_ids))
    rows = archive.rows(
        f"SELECT alert_id, overrides FROM decisions WHERE alert_id IN ({marks}) AND overrides IS NOT NULL"
        " AND id NOT IN (SELECT undoes FROM decisions WHERE undoes IS NOT NULL) ORDER BY id",
        alert_ids,
    )
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["alert_id"], {}).update(json.loads(row["overrides"]))
    return found


def _grouped(archive: Archive, sql: str, values: Sequence[int]) -> dict[int, list[sqlite3.Row]]:
    groups: dict[int, list[sqlite3.Row]] = {}
    for row in archive.rows(sql, values):
        groups.setdefault(row["deal_id"], []).append(row)
    return groups


def _record(
    row: sqlite3.Row, parties: list[sqlite3.Row], steps: list[sqlite3.Row], stories: list[sqlite3.Row]
) -> DealRecord:
    return DealRecord(
        id=row["id"],
        alert_id=row["alert_id"],
        state=row["alert_state"] or "history",
        revision=row["revision"] or 0,
        raised_at=_time(row["raised_at"]),
        revised_at=_time(row["revised_at"]),
        type=row["type"],
        direction=row["direction"],
        status=row["status"],
        amount=row["amount"],
        amount_value=row["amount_value"],
        amount_currency=row["amount_currency"],
        market=row["market"],
        sentence=row["sentence"],
        score=row["score"],
        first_at=parse_iso(row["first_at"]),
        last_at=parse_iso(row["last_at"]),
        ends=row["ends"],
        parties=tuple(PartyRecord(party["name"], party["side"], party["home"]) for party in parties),
        steps=tuple(_step(step) for step in steps),
        stories=tuple(_story(story) for story in stories),
    )


def _step(row: sqlite3.Row) -> StepRecord:
    return StepRecord(row["status"], parse_iso(row["at"]), row["article_id"], row["source"], row["title"], row["url"])


def _story(row: sqlite3.Row) -> StoryLine:
    return StoryLine(
        article_id=row["id"],
        outlet=row["source"],
        url=row["url"],
        title=row["title"],
        lang=row["lang"],
        published=_time(row["published_at"]),
        first_seen=parse_iso(row["first_seen_at"]),
        text_source=row["text_source"],
        status=row["status"],
        amount=row["amount"],
        sentence=row["sentence"],
        copy_of=row["copy_of"],
    )


def _time(text: str | None) -> datetime | None:
    return parse_iso(text) if text else None
