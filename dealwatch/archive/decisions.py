"""What people decide about alerts: append-only rows, of which an alert's state is the outcome.

A decision carries what its maker had before their eyes (the alert's revision and its last decision), so that of two
people who decide at once the second gets an answer instead of overwriting the first.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dealwatch.archive import folding, outbox
from dealwatch.archive.archive import Archive
from dealwatch.clock import iso, parse_iso
from dealwatch.deals.families import Families
from dealwatch.deals.records import DEAL_TYPES, DIRECTIONS, STATUSES
from dealwatch.errors import DealwatchError

Action = Literal["confirm", "dismiss", "snooze", "note", "correct", "undo"]
ACTIONS: tuple[Action, ...] = ("confirm", "dismiss", "snooze", "note", "correct", "undo")
REASONS = ("not a deal", "not cross-border", "not retail", "old news", "duplicate", "wrong parties")
STATE_AFTER = {"confirm": "confirmed", "dismiss": "dismissed", "snooze": "snoozed"}
MAX_NOTE = 4000
MAX_PARTIES = 12


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of what people said. `until` is the end of a snooze, `undoes` the id of the decision it takes back."""

    id: int
    alert_id: int
    deal_id: int
    revision: int
    person: str
    at: datetime
    action: str
    reason: str | None
    note: str | None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    undoes: int | None = None
    undone: bool = False

    @property
    def until(self) -> datetime | None:
        return parse_iso(self.reason) if self.action == "snooze" and self.reason else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to say about an alert. `seen` is the id of the last decision they saw, 0 for none."""

    alert_id: int
    revision: int
    seen: int
    action: Action
    reason: str | None = None
    note: str | None = None
    until: datetime | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)


class ConflictError(DealwatchError):
    """The alert is no longer as its reviewer saw it. `decision`: what somebody said since; `news`: what a story did."""

    def __init__(self, message: str, decision: Decision | None = None, news: str | None = None) -> None:
        super().__init__(message)
        self.decision = decision
        self.news = news


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision needs besides itself: who sits there, the channels' routes, and who owns whom."""

    person: str
    routes: Sequence[outbox.Route] = ()
    families: Families = field(default_factory=Families)


def decide(archive: Archive, wish: Wish, desk: Desk, at: datetime) -> int:
    """Write the decision down and all that follows from it, or nothing; its id.

    Raises ConflictError where somebody or some story was quicker, DealwatchError for a wish that makes no sense.
    """
    reason, overrides = _checked(wish, at)
    with archive.atomic():
        alert = archive.row("SELECT * FROM alerts WHERE id = ?", [wish.alert_id])
        if alert is None:
            raise DealwatchError("this alert is gone: its deal was merged into another; reload the page")
        _refuse_stale(archive, alert, wish.revision, wish.seen)
        decision_id = _write(archive, alert, wish.action, desk.person, at, reason, wish.note, overrides)
        _follow(archive, alert, desk, at, refold=bool(overrides))
        if wish.action == "confirm":
            outbox.triggered(archive, desk.routes, [wish.alert_id], at)
    return decision_id


def undo(archive: Archive, desk: Desk, at: datetime, alert_id: int | None = None) -> Decision:
    """Take back the person's last decision that still stands (on that alert, if one is named); what it was.

    Again and again goes back step by step. Raises ConflictError where somebody decided on the alert since, and
    DealwatchError where there is nothing to take back.
    """
    with archive.atomic():
        found = _last_standing(archive, desk.person, alert_id)
        if found is None:
            raise DealwatchError("there is nothing of yours to take back")
        later = archive.row(
            f"{_SELECT} WHERE d.alert_id = ? AND d.id > ? AND d.person <> ? AND d.action <> 'undo' AND {_STANDS}"
            " ORDER BY d.id DESC LIMIT 1",
            [found.alert_id, found.id, desk.person],
        )
        if later is not None:
            raise _conflict(_decision(later))
        alert = archive.row("SELECT * FROM alerts WHERE id = ?", [found.alert_id])
        assert alert is not None
        _write(archive, alert, "undo", desk.person, at, None, None, {}, undoes=found.id)
        _follow(archive, alert, desk, at, refold=bool(found.overrides))
    return found


def last(archive: Archive, person: str) -> Decision | None:
    """The person's last decision that stands."""
    return _last_standing(archive, person, None)


def wake(archive: Archive, at: datetime) -> int:
    """Let the alerts whose snooze is over wait again; how many."""
    due = archive.row("SELECT 1 FROM alerts WHERE state = 'snoozed' AND snoozed_until <= ? LIMIT 1", [iso(at)])
    if due is None:
        return 0
    return archive.execute(
        "UPDATE alerts SET state = 'waiting', snoozed_until = NULL WHERE state = 'snoozed' AND snoozed_until <= ?",
        [iso(at)],
    ).rowcount


def standing(archive: Archive, alert_id: int) -> tuple[int, str] | None:
    """The alert's deal and state; None if there is no such alert."""
    row = archive.row("SELECT deal_id, state FROM alerts WHERE id = ?", [alert_id])
    return (row["deal_id"], row["state"]) if row is not None else None


def decisions(archive: Archive, alert_ids: Sequence[int]) -> dict[int, list[Decision]]:
    """What was said about each of these alerts, in order, undone ones too."""
    marks = ",".join("?" * len(alert_ids))
    found: dict[int, list[Decision]] = {alert_id: [] for alert_id in alert_ids}
    for row in archive.rows(f"{_SELECT} WHERE d.alert_id IN ({marks}) ORDER BY d.id", alert_ids):
        found[row["alert_id"]].append(_decision(row))
    return found


_STANDS = "NOT EXISTS (SELECT 1 FROM decisions u WHERE u.undoes = d.id)"
_SELECT = (
    "SELECT d.*, a.deal_id, EXISTS (SELECT 1 FROM decisions u WHERE u.undoes = d.id) AS undone"
    " FROM decisions d JOIN alerts a ON a.id = d.alert_id"
)


def _checked(wish: Wish, at: datetime) -> tuple[str | None, dict[str, Any]]:
    """The reason as it is stored, and the corrections. Raises DealwatchError."""
    if wish.action not in ACTIONS or wish.action == "undo":
        raise DealwatchError(f"{wish.action!r}: no such decision")
    if wish.note and len(wish.note) > MAX_NOTE:
        raise DealwatchError(f"the note is too long; at most {MAX_NOTE} characters")
    if wish.action == "note" and not (wish.note or "").strip():
        raise DealwatchError("the note is empty; write something in it")
    if wish.action == "dismiss" and wish.reason not in REASONS:
        raise DealwatchError(f"say why it is dismissed; the reasons are {', '.join(REASONS)}")
    if wish.action == "snooze":
        if wish.until is None or wish.until <= at:
            raise DealwatchError("snooze until when? Choose a day after today")
        return iso(wish.until), {}
    if wish.action == "correct" and not wish.overrides:
        raise DealwatchError("nothing is corrected; change a field first")
    return (wish.reason if wish.action == "dismiss" else None), corrections(wish.overrides)


def corrections(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Corrected fields as they are stored. Raises DealwatchError for one that no deal can have."""
    known: dict[str, Sequence[str]] = {"type": DEAL_TYPES, "direction": DIRECTIONS, "status": STATUSES}
    for name, value in fields.items():
        if name in known and value not in known[name]:
            raise DealwatchError(f"{name} {value!r}: there is no such; choose from {', '.join(known[name])}")
        if name not in (*known, "parties", "amount", "amount_value", "amount_currency"):
            raise DealwatchError(f"{name}: cannot be corrected")
    if "parties" in fields:
        parties = fields["parties"]
        if not 1 <= len(parties) <= MAX_PARTIES:
            raise DealwatchError(f"a deal has 1 to {MAX_PARTIES} parties")
        for party in parties:
            if party["side"] not in ("chinese", "foreign") or not 0 < len(party["name"]) <= 200:
                raise DealwatchError(f"{party['name'][:50]!r}: a party has a name and a side, chinese or foreign")
        if len({party["name"].casefold() for party in parties}) < len(parties):
            raise DealwatchError("a party is named twice; take one away")
    return dict(fields)


def _refuse_stale(archive: Archive, alert: sqlite3.Row, revision: int, seen: int) -> None:
    row = archive.row(f"{_SELECT} WHERE d.alert_id = ? ORDER BY d.id DESC LIMIT 1", [alert["id"]])
    if row is not None and row["id"] != seen:
        raise _conflict(_decision(row))
    if alert["revision"] != revision:
        news = archive.value(
            "SELECT what FROM alert_revisions WHERE alert_id = ? AND revision = ?", [alert["id"], alert["revision"]]
        )
        raise ConflictError(f"a story brought news meanwhile: {news}; look again", news=str(news))


def _conflict(decision: Decision) -> ConflictError:
    said = {"confirm": "confirmed", "dismiss": "dismissed", "snooze": "snoozed", "note": "noted on",
            "correct": "corrected", "undo": "took back a decision on"}[decision.action]  # fmt: skip
    why = f" ({decision.reason})" if decision.action == "dismiss" and decision.reason else ""
    return ConflictError(
        f"{decision.person} {said} this alert{why} at {decision.at:%H:%M UTC on %-d %b}; look again", decision
    )


def _last_standing(archive: Archive, person: str, alert_id: int | None) -> Decision | None:
    row = archive.row(
        f"{_SELECT} WHERE d.person = ? AND d.action <> 'undo' AND d.alert_id = coalesce(?, d.alert_id) AND {_STANDS}"
        " ORDER BY d.id DESC LIMIT 1",
        [person, alert_id],
    )
    return _decision(row) if row is not None else None


def _write(
    archive: Archive,
    alert: sqlite3.Row,
    action: Action,
    person: str,
    at: datetime,
    reason: str | None,
    note: str | None,
    overrides: Mapping[str, Any],
    undoes: int | None = None,
) -> int:
    cursor = archive.execute(
        "INSERT INTO decisions (alert_id, revision, person, at, action, reason, note, overrides, undoes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            alert["id"],
            alert["revision"],
            person,
            iso(at),
            action,
            reason,
            (note or "").strip() or None,
            json.dumps(overrides, ensure_ascii=False) if overrides else None,
            undoes,
        ],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _follow(archive: Archive, alert: sqlite3.Row, desk: Desk, at: datetime, *, refold: bool) -> None:
    """The alert's state is that of the last decision on it that stands; corrections reach the deal."""
    row = archive.row(
        f"{_SELECT} WHERE d.alert_id = ? AND d.action IN ('confirm', 'dismiss', 'snooze') AND {_STANDS}"
        " ORDER BY d.id DESC LIMIT 1",
        [alert["id"]],
    )
    last = _decision(row) if row is not None else None
    state = STATE_AFTER[last.action] if last else "waiting"
    until = last.until if last else None
    if until is not None and until <= at:
        state, until = "waiting", None
    archive.execute(
        "UPDATE alerts SET state = ?, snoozed_until = ? WHERE id = ?",
        [state, iso(until) if until else None, alert["id"]],
    )
    if refold:
        rows = archive.rows("SELECT id FROM mentions WHERE deal_id = ?", [alert["deal_id"]])
        folding.refold(archive, [row["id"] for row in rows], desk.families, at)


def _decision(row: sqlite3.Row) -> Decision:
    return Decision(
        id=row["id"],
        alert_id=row["alert_id"],
        deal_id=row["deal_id"],
        revision=row["revision"],
        person=row["person"],
        at=parse_iso(row["at"]),
        action=row["action"],
        reason=row["reason"],
        note=row["note"],
        overrides=json.loads(row["overrides"]) if row["overrides"] else {},
        undoes=row["undoes"],
        undone=bool(row["undone"]),
    )
