"""The rows of deals and their alerts, written from what the deal's stories tell."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dealwatch.archive.archive import Archive
from dealwatch.archive.reports import Stored
from dealwatch.clock import iso
from dealwatch.deals.course import Course, course, moves
from dealwatch.deals.families import Families
from dealwatch.deals.fold import LADDER
from dealwatch.deals.records import Party

Row = sqlite3.Row
_FIELDS = ("type", "direction", "status", "amount", "amount_value", "amount_currency", "market", "sentence", "score")


def open_deal(archive: Archive, group: Sequence[Stored], families: Families) -> int:
    """A new deal with the fields of its stories; its id."""
    told = course([stored.told for stored in group], families)
    cursor = archive.execute(
        f"INSERT INTO deals ({', '.join(_FIELDS)}, first_article_id, first_at, last_at)"
        f" VALUES ({', '.join('?' * len(_FIELDS))}, ?, ?, ?)",
        [*(getattr(told, name) for name in _FIELDS), group[0].article_id, iso(told.first.at), iso(told.last_at)],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def refresh(
    archive: Archive, deal_id: int, group: Sequence[Stored], families: Families, at: datetime, article_id: int | None
) -> int | None:
    """Bring the deal's row, parties, ladder and alert up to its stories; the alert's id if it was raised or revised."""
    before = archive.row("SELECT * FROM deals WHERE id = ?", [deal_id])
    assert before is not None
    old_names = [row["name"] for row in archive.rows("SELECT name FROM deal_parties WHERE deal_id = ?", [deal_id])]
    by_key = {stored.report.id: stored for stored in group}
    corrections = overrides(archive, deal_id)
    as_told = course([stored.told for stored in group], families)
    told = _corrected(as_told, corrections)
    values = {name: getattr(told, name) for name in _FIELDS}
    archive.execute(
        f"UPDATE deals SET {', '.join(f'{name} = :{name}' for name in values)}, first_article_id = :article,"
        " first_at = :first_at, last_at = :last_at WHERE id = :id",
        {
            **values,
            "article": by_key[told.first.key].article_id,
            "first_at": iso(told.first.at),
            "last_at": iso(told.last_at),
            "id": deal_id,
        },
    )
    _write_parties(archive, deal_id, told.parties)
    trigger = next((stored for stored in group if stored.article_id == article_id), None)
    rewritten = trigger is not None and trigger.versions > 1
    _write_steps(archive, deal_id, as_told, by_key)
    alert = archive.row("SELECT * FROM alerts WHERE deal_id = ?", [deal_id])
    untouched = alert is None or not _acted_upon(archive, alert["id"])
    if untouched and not rewritten and (alert is None or not told.news or len(told.news) >= alert["revision"]):
        return _retell(archive, deal_id, alert, told, by_key)
    if alert is None:
        return _retell(archive, deal_id, alert, told, by_key)
    if trigger is None or trigger.history:
        return None
    return _revise(archive, alert, _whats_new({**dict(before), **corrections}, old_names, told, families), trigger, at)


def _write_steps(archive: Archive, deal_id: int, told: Course, by_key: Mapping[str, Stored]) -> None:
    """The ladder as the stories tell it; and the lower steps that stories rewritten since told before."""
    rewritten = sorted({stored.article_id for stored in by_key.values() if stored.versions > 1})
    lower = [status for status, rung in LADDER.items() if rung < LADDER[told.status]]
    archive.execute(
        f"DELETE FROM deal_steps WHERE deal_id = ? AND NOT (article_id IN ({','.join('?' * len(rewritten))})"
        f" AND status IN ({','.join('?' * len(lower))}))",
        [deal_id, *rewritten, *lower],
    )
    archive.many(
        "INSERT OR REPLACE INTO deal_steps (deal_id, status, article_id, at) VALUES (?, ?, ?, ?)",
        [(deal_id, step.status, by_key[step.told.key].article_id, iso(step.told.at)) for step in told.steps],
    )


def overrides(archive: Archive, deal_id: int) -> dict[str, Any]:
    """The fields that people corrected, by the decisions that stand; a later one over an earlier."""
    rows = archive.rows(
        "SELECT overrides FROM decisions WHERE alert_id IN (SELECT id FROM alerts WHERE deal_id = ?)"
        " AND overrides IS NOT NULL AND id NOT IN (SELECT undoes FROM decisions WHERE undoes IS NOT NULL) ORDER BY id",
        [deal_id],
    )
    found: dict[str, Any] = {}
    for row in rows:
        found.update(json.loads(row["overrides"]))
    return found


def _corrected(told: Course, fields: dict[str, Any]) -> Course:
    if not fields:
        return told
    known = {name: value for name, value in fields.items() if name in _FIELDS}
    if "parties" in fields:
        known["parties"] = tuple(
            Party(party["name"], party["side"], home=party.get("home")) for party in fields["parties"]
        )
    return replace(told, **known)


def _write_parties(archive: Archive, deal_id: int, parties: Sequence[Party]) -> None:
    archive.execute("DELETE FROM deal_parties WHERE deal_id = ?", [deal_id])
    archive.many(
        "INSERT INTO deal_parties (deal_id, ordinal, name, side, home) VALUES (?, ?, ?, ?, ?)",
        [(deal_id, ordinal, party.name, party.side, party.home) for ordinal, party in enumerate(parties)],
    )


def _acted_upon(archive: Archive, alert_id: int) -> bool:
    """Whether somebody decided on it or it is on its way out: from then on its revisions only grow."""
    return (
        archive.row(
            "SELECT 1 FROM decisions WHERE alert_id = :id UNION ALL SELECT 1 FROM deliveries WHERE alert_id = :id"
            " LIMIT 1",
            {"id": alert_id},
        )
        is not None
    )


def _retell(
    archive: Archive, deal_id: int, alert: Row | None, told: Course, by_key: Mapping[str, Stored]
) -> int | None:
    """Nobody has acted on the alert yet: its revisions are what the stories tell, in the order of their news."""
    if not told.news:
        if alert is not None:
            _drop_alert(archive, alert["id"])
        return None
    seen = [by_key[news.told.key].first_seen for news in told.news]
    if alert is None:
        alert_id = archive.execute(
            "INSERT INTO alerts (deal_id, state, raised_at, revised_at) VALUES (?, 'waiting', ?, ?)",
            [deal_id, iso(seen[0]), iso(max(seen))],
        ).lastrowid
        assert alert_id is not None
    else:
        alert_id = int(alert["id"])
    archive.execute("DELETE FROM alert_revisions WHERE alert_id = ?", [alert_id])
    for revision, (news, at) in enumerate(zip(told.news, seen, strict=True), 1):
        _note(archive, alert_id, revision, at, news.what, by_key[news.told.key].article_id)
    archive.execute(
        "UPDATE alerts SET revision = ?, revised_at = ? WHERE id = ?", [len(told.news), iso(max(seen)), alert_id]
    )
    return alert_id if alert is None or len(told.news) > alert["revision"] else None


def _whats_new(before: Mapping[str, Any], old_names: Sequence[str], told: Course, families: Families) -> list[str]:
    news = []
    if moves(before["status"], told.status):
        news.append(f"status {before['status']} → {told.status}")
    if told.amount and not before["amount"]:
        news.append(f"first amount {told.amount}")
    kin = {name for old in old_names for name in families.kin(old)}
    news += [f"new principal {party.name}" for party in told.parties if party.name not in kin]
    return news


def _revise(archive: Archive, alert: Row, news: Sequence[str], trigger: Stored, at: datetime) -> int | None:
    if not news:
        return None
    revision = alert["revision"] + 1
    archive.execute("UPDATE alerts SET revision = ?, revised_at = ? WHERE id = ?", [revision, iso(at), alert["id"]])
    _note(archive, alert["id"], revision, at, "; ".join(news), trigger.article_id)
    return int(alert["id"])


def _note(archive: Archive, alert_id: int, revision: int, at: datetime, what: str, article_id: int) -> None:
    archive.execute(
        "INSERT INTO alert_revisions (alert_id, revision, at, what, article_id) VALUES (?, ?, ?, ?, ?)",
        [alert_id, revision, iso(at), what, article_id],
    )


def _drop_alert(archive: Archive, alert_id: int) -> None:
    archive.execute("DELETE FROM alert_revisions WHERE alert_id = ?", [alert_id])
    archive.execute("DELETE FROM alerts WHERE id = ?", [alert_id])


def decided(archive: Archive, deal_ids: Iterable[int]) -> set[int]:
    """Those of the deals on which people decided, or whose alert went out."""
    wanted = sorted(deal_ids)
    marks = ",".join("?" * len(wanted))
    rows = archive.rows(f"SELECT id, deal_id FROM alerts WHERE deal_id IN ({marks})", wanted)
    return {row["deal_id"] for row in rows if _acted_upon(archive, row["id"])}


def retire(archive: Archive, deal_id: int, around: Mapping[int, Stored]) -> None:
    """A deal that no mention is in any more lives on in the one that has most of its mentions; its id leads there.

    Where the mentions themselves are gone it points to itself: no story reports it.
    """
    if archive.row("SELECT 1 FROM mentions WHERE deal_id = ? LIMIT 1", [deal_id]):
        return
    rows = archive.rows("SELECT id, deal_id FROM mentions WHERE first_deal_id = ? AND deal_id != ?", [deal_id, deal_id])
    heirs = Counter(row["deal_id"] for row in rows)
    heirs.update(
        archive.value("SELECT deal_id FROM mentions WHERE id = ?", [stored.id])
        for stored in around.values()
        if stored.deal_id == deal_id
    )
    heir = min(heirs, key=lambda other: (-heirs[other], other)) if heirs else deal_id
    archive.execute("UPDATE deals SET merged_into = ?, ends = NULL WHERE id = ?", [heir, deal_id])
    archive.execute("UPDATE deals SET ends = NULL WHERE ends = ?", [deal_id])
    archive.execute("DELETE FROM deal_parties WHERE deal_id = ?", [deal_id])
    alert = archive.row("SELECT id FROM alerts WHERE deal_id = ?", [deal_id])
    if alert is not None and heir == deal_id:  # nothing is left to tell
        archive.execute("DELETE FROM deliveries WHERE alert_id = ? AND state = 'waiting'", [alert["id"]])
    if alert is not None and not _acted_upon(archive, alert["id"]):
        _drop_alert(archive, alert["id"])
