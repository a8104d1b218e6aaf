"""The outbox: what is to leave by which channel. Written by the transaction that triggers it, so nothing is lost."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from dealwatch.archive.archive import Archive
from dealwatch.archive.filter import DealFilter, passes
from dealwatch.clock import iso, parse_iso
from dealwatch.watchlist.channels import Channel, load_channels

State = Literal["waiting", "sent", "failed"]
STATES: tuple[State, ...] = ("waiting", "sent", "failed")


@dataclass(frozen=True, slots=True)
class Route:
    """What one channel wants. `due` gives the first time a delivery triggered at a time may leave (digest, quiet)."""

    channel: str
    wanted: DealFilter
    confirmed_only: bool
    revisions: bool
    due: Callable[[datetime], datetime]


def routes(channels: Iterable[Channel]) -> tuple[Route, ...]:
    """What the channels want, for the transactions that trigger deliveries."""
    return tuple(
        Route(
            channel=channel.name,
            wanted=DealFilter(**channel.filter.model_dump()),
            confirmed_only=channel.only_confirmed,
            revisions=channel.revisions,
            due=channel.due,
        )
        for channel in channels
    )


def load_routes(watchlist: Path) -> tuple[Route, ...]:
    """The routes of `watchlist/channels.yaml`. Raises WatchlistError."""
    return routes(load_channels(watchlist).values())


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox. `what` says what the revision brought: "new deal", "status reported → announced"."""

    alert_id: int
    revision: int
    channel: str
    deal_id: int
    alert_state: str
    state: State
    attempts: int
    created_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    error: str | None
    batch: str | None
    what: str

    @property
    def key(self) -> tuple[int, int, str]:
        return self.alert_id, self.revision, self.channel


def triggered(archive: Archive, routes: Sequence[Route], alert_ids: Iterable[int], at: datetime) -> int:
    """Queue what a new alert, a new revision or a confirmation sends out; how many deliveries that made.

    Call it inside the transaction that raised, revised or confirmed the alerts: both stand or neither. The same alert
    and revision goes to a channel once; a channel without `revisions` gets an alert once.
    """
    made = 0
    with archive.atomic():
        for alert_id in dict.fromkeys(alert_ids) if routes else ():
            alert = archive.row("SELECT * FROM alerts WHERE id = ?", [alert_id])
            if alert is None or alert["state"] == "dismissed":
                continue
            made += sum(_queue(archive, route, alert, at) for route in routes)
    return made


def _queue(archive: Archive, route: Route, alert: sqlite3.Row, at: datetime) -> int:
    if route.confirmed_only and alert["state"] != "confirmed":
        return 0
    if not route.revisions and archive.row(
        "SELECT 1 FROM deliveries WHERE alert_id = ? AND channel = ?", [alert["id"], route.channel]
    ):
        return 0
    if not passes(archive, route.wanted, alert["deal_id"]):
        return 0
    cursor = archive.execute(
        "INSERT OR IGNORE INTO deliveries (alert_id, revision, channel, state, next_try_at, created_at)"
        " VALUES (?, ?, ?, 'waiting', ?, ?)",
        [alert["id"], alert["revision"], route.channel, iso(route.due(at)), iso(at)],
    )
    return cursor.rowcount


def due(archive: Archive, channel: str, at: datetime) -> list[Delivery]:
    """What may leave by the channel now, the oldest first; a batch that was begun stands alone until it is through."""
    begun = archive.value(
        "SELECT batch FROM deliveries WHERE channel = ? AND state = 'waiting' AND batch IS NOT NULL"
        " ORDER BY created_at LIMIT 1",
        [channel],
    )
    rows = archive.rows(
        f"{_SELECT} WHERE o.channel = ? AND o.state = 'waiting' AND o.next_try_at <= ? AND o.batch IS ?"
        " ORDER BY o.created_at, o.alert_id, o.revision",
        [channel, iso(at), begun],
    )
    return [_delivery(row) for row in rows]


def together(archive: Archive, deliveries: Sequence[Delivery], batch: str) -> None:
    """These leave as one message. Kept before it is sent, so that a repeat after a crash is the same message."""
    with archive.atomic():
        for delivery in deliveries:
            _update(archive, delivery, "batch = ?", [batch])


def sent(archive: Archive, deliveries: Sequence[Delivery], at: datetime) -> None:
    with archive.atomic():
        for delivery in deliveries:
            _update(
                archive,
                delivery,
                "state = 'sent', sent_at = ?, attempts = attempts + 1, next_try_at = NULL, error = NULL",
                [iso(at)],
            )


def put_off(archive: Archive, deliveries: Sequence[Delivery], error: str, next_try: datetime) -> None:
    """It did not go; try again at `next_try`."""
    with archive.atomic():
        for delivery in deliveries:
            _update(
                archive, delivery, "attempts = attempts + 1, error = ?, next_try_at = ?", [_line(error), iso(next_try)]
            )


def hold(archive: Archive, channel: str, until: datetime) -> None:
    """Nothing leaves by the channel before `until`."""
    archive.execute(
        "UPDATE deliveries SET next_try_at = ? WHERE channel = ? AND state = 'waiting' AND next_try_at < ?",
        [iso(until), channel, iso(until)],
    )


def gave_up(archive: Archive, deliveries: Sequence[Delivery], error: str) -> None:
    """It did not go and will not be tried again, unless a person says so (`retry`)."""
    with archive.atomic():
        for delivery in deliveries:
            _update(
                archive,
                delivery,
                "state = 'failed', attempts = attempts + 1, next_try_at = NULL, error = ?",
                [_line(error)],
            )


def withdrawn(archive: Archive, deliveries: Sequence[Delivery]) -> None:
    """Before it left, the deal was dismissed or its last story taken back: nothing is sent."""
    with archive.atomic():
        for delivery in deliveries:
            archive.execute(
                "DELETE FROM deliveries WHERE alert_id = ? AND revision = ? AND channel = ? AND state = 'waiting'",
                delivery.key,
            )


def retry(archive: Archive, channel: str | None, at: datetime) -> int:
    """Let what failed wait again, for one channel or all; how many."""
    cursor = archive.execute(
        "UPDATE deliveries SET state = 'waiting', attempts = 0, next_try_at = ?"
        " WHERE state = 'failed' AND (? IS NULL OR channel = ?)",
        [iso(at), channel, channel],
    )
    return cursor.rowcount


def deliveries(
    archive: Archive, states: Sequence[State] = (), channel: str | None = None, limit: int = -1
) -> list[Delivery]:
    """The outbox for people to look at, the newest first."""
    wanted = list(states or STATES)
    rows = archive.rows(
        f"{_SELECT} WHERE o.state IN ({','.join('?' * len(wanted))}) AND (? IS NULL OR o.channel = ?)"
        " ORDER BY o.created_at DESC, o.alert_id DESC, o.revision DESC, o.channel LIMIT ?",
        [*wanted, channel, channel, limit],
    )
    return [_delivery(row) for row in rows]


def channels(archive: Archive) -> set[str]:
    """The channels that something was ever to leave by, also those taken out of the file since."""
    return {row["channel"] for row in archive.rows("SELECT DISTINCT channel FROM deliveries")}


def counts(archive: Archive) -> dict[State, int]:
    rows = archive.rows("SELECT state, count(*) AS number FROM deliveries GROUP BY state")
    found = {row["state"]: row["number"] for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def channels_waiting(archive: Archive) -> list[str]:
    """The channels something waits for, whether or not they are still configured."""
    rows = archive.rows("SELECT DISTINCT channel FROM deliveries WHERE state = 'waiting' ORDER BY channel")
    return [row["channel"] for row in rows]


def next_due(archive: Archive) -> datetime | None:
    """When the next delivery may leave; None if none waits."""
    text = archive.value("SELECT min(next_try_at) FROM deliveries WHERE state = 'waiting'")
    return parse_iso(text) if text else None


_SELECT = (
    "SELECT o.*, a.deal_id, a.state AS alert_state, coalesce(r.what, '') AS what FROM deliveries o"
    " JOIN alerts a ON a.id = o.alert_id"
    " LEFT JOIN alert_revisions r ON r.alert_id = o.alert_id AND r.revision = o.revision"
)


def _update(archive: Archive, delivery: Delivery, changes: str, values: list[Any]) -> None:
    archive.execute(
        f"UPDATE deliveries SET {changes} WHERE alert_id = ? AND revision = ? AND channel = ?",
        [*values, *delivery.key],
    )


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        alert_id=row["alert_id"],
        revision=row["revision"],
        channel=row["channel"],
        deal_id=row["deal_id"],
        alert_state=row["alert_state"],
        state=row["state"],
        attempts=row["attempts"],
        created_at=parse_iso(row["created_at"]),
        next_try_at=parse_iso(row["next_try_at"]) if row["next_try_at"] else None,
        sent_at=parse_iso(row["sent_at"]) if row["sent_at"] else None,
        error=row["error"],
        batch=row["batch"],
        what=row["what"],
    )


def _line(error: str) -> str:
    return " ".join(error.split())[:500]
