"""The one filter of the product: which deals pass, for review page, exports, deliveries and commands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any, Literal

from dealwatch.archive.archive import Archive
from dealwatch.archive.deal import DealRecord, records
from dealwatch.archive.search import match_expression
from dealwatch.clock import iso
from dealwatch.deals.records import DEAL_TYPES, DIRECTIONS, STATUSES
from dealwatch.errors import DealwatchError

State = Literal["waiting", "confirmed", "dismissed", "snoozed", "history"]
STATES: tuple[State, ...] = ("waiting", "confirmed", "dismissed", "snoozed", "history")
ALERTED: tuple[State, ...] = ("waiting", "confirmed", "dismissed", "snoozed")
Order = Literal["id", "newest"]

BATCH = 500
_AGO = re.compile(r"(\d{1,5})([hdwmy])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class DealFilter:
    """Which deals. An empty field lets everything through; several values of one field are alternatives.

    `since` and `until` go by the deal's latest news. `parties` are names, compared without case. History (deals known
    only from stories too old to raise an alert) is left out unless `states` asks for it.
    """

    since: datetime | None = None
    until: datetime | None = None
    types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    query: str | None = None

    def __post_init__(self) -> None:
        """Raises DealwatchError for a value that no deal can have."""
        for name, given, known in (
            ("type", self.types, DEAL_TYPES),
            ("status", self.statuses, STATUSES),
            ("direction", self.directions, DIRECTIONS),
            ("state", self.states, STATES),
        ):
            unknown = [value for value in given if value not in known]
            if unknown:
                raise DealwatchError(f"{name} {unknown[0]!r}: there is no such; choose from {', '.join(known)}")


def parse_since(text: str, now: datetime) -> datetime:
    """`7d`, `12h`, `2w`, `3m` (months of 30 days), `1y`, a date, or an ISO time. Raises DealwatchError."""
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago and ago[2] == "y":
            return now - timedelta(days=365 * int(ago[1]))
        if ago:
            return now - _UNITS[ago[2]] * int(ago[1])
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DealwatchError(f"{text!r} is no time; write 7d, 12h, 2w, or a date such as 2026-01-31") from error


def where(wanted: DealFilter) -> tuple[str, list[Any]]:
    """The filter as a condition over `deals d LEFT JOIN alerts a`, with its parameters. For this room only."""
    clauses = ["d.merged_into IS NULL"]
    values: list[Any] = []

    def add(clause: str, *parameters: Any) -> None:
        clauses.append(clause)
        values.extend(parameters)

    def one_of(column: str, given: Sequence[str]) -> None:
        if given:
            add(f"{column} IN ({','.join('?' * len(given))})", *given)

    if wanted.since:
        add("d.last_at >= ?", iso(wanted.since))
    if wanted.until:
        add("d.last_at < ?", iso(wanted.until))
    one_of("d.type", wanted.types)
    one_of("d.status", wanted.statuses)
    one_of("d.direction", wanted.directions)
    one_of("coalesce(a.state, 'history')", wanted.states or ALERTED)
    if wanted.parties:
        marks = ",".join("?" * len(wanted.parties))
        add(
            f"d.id IN (SELECT deal_id FROM deal_parties WHERE name COLLATE NOCASE IN ({marks}))",
            *wanted.parties,
        )
    for column, given in (("source", wanted.sources), ("lang", wanted.langs)):
        if given:
            marks = ",".join("?" * len(given))
            add(
                "d.id IN (SELECT m.deal_id FROM mentions m JOIN articles r ON r.id = m.article_id"
                f" WHERE r.{column} IN ({marks}))",
                *given,
            )
    if wanted.query:
        expression = match_expression(wanted.query)
        add(
            "d.id IN (SELECT m.deal_id FROM mentions m JOIN article_search s ON s.rowid = m.article_id"
            " WHERE s.article_search MATCH ?)"
            if expression
            else "0",
            *([expression] if expression else []),
        )
    return " AND ".join(clauses), values


def strangers(archive: Archive, wanted: DealFilter) -> list[str]:
    """A sentence for every name of the filter that the archive has never met: an empty answer explains itself."""
    asked = [
        (
            wanted.parties,
            "deal_parties",
            "name COLLATE NOCASE",
            "no deal has a company called {} (`deals` shows how it is spelled)",
        ),
        (wanted.sources, "articles", "source", "no story is from {} (`dealwatch sources list` has the names)"),
        (wanted.langs, "articles", "lang", "no story is in {}"),
    ]
    return [
        told.format(repr(name)) + _meant(archive, name, table, column.split()[0])
        for names, table, column, told in asked
        for name in names
        if archive.row(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", [name]) is None
    ]


def _meant(archive: Archive, name: str, table: str, column: str) -> str:
    """The name that may have been meant, as a question; "" where none is like it."""
    known = {row[0].lower(): row[0] for row in archive.rows(f"SELECT DISTINCT {column} FROM {table}") if row[0]}
    like = get_close_matches(name.lower(), known, 1) or [each for each in known if each.startswith(name.lower())][:1]
    return f"; did you mean {known[like[0]]!r}?" if like else ""


def count(archive: Archive, wanted: DealFilter) -> int:
    condition, values = where(wanted)
    return int(
        archive.value(
            f"SELECT count(*) FROM deals d LEFT JOIN alerts a ON a.deal_id = d.id WHERE {condition}",
            values,
        )
    )


def passes(archive: Archive, wanted: DealFilter, deal_id: int) -> bool:
    """Whether one deal is among those that pass."""
    condition, values = where(wanted)
    row = archive.row(
        f"SELECT 1 FROM deals d LEFT JOIN alerts a ON a.deal_id = d.id WHERE d.id = ? AND {condition}",
        [deal_id, *values],
    )
    return row is not None


def ids(archive: Archive, wanted: DealFilter, order: Order = "id") -> list[int]:
    """The ids of the deals that pass; `newest`: latest news first, then the strongest."""
    condition, values = where(wanted)
    by = "d.id" if order == "id" else "d.last_at DESC, d.score DESC, d.id DESC"
    rows = archive.rows(
        f"SELECT d.id FROM deals d LEFT JOIN alerts a ON a.deal_id = d.id WHERE {condition} ORDER BY {by}",
        values,
    )
    return [row["id"] for row in rows]


def deals(archive: Archive, wanted: DealFilter, order: Order = "id") -> Iterator[DealRecord]:
    """The deals that pass, in a stable order, read in batches: flat memory however many there are."""
    found = ids(archive, wanted, order)
    for start in range(0, len(found), BATCH):
        yield from records(archive, found[start : start + BATCH])
