"""What the charts show: deals by week, and who deals with whom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dealwatch.archive.archive import Archive
from dealwatch.archive.filter import DealFilter, where

WEEK = timedelta(days=7)
ELSEWHERE = "unknown"
_FROM = "FROM deals d LEFT JOIN alerts a ON a.deal_id = d.id"


@dataclass(frozen=True, slots=True)
class Weeks:
    """Deals by the week (its Monday) of their first news; every week between the first and the last has its row."""

    mondays: tuple[date, ...]
    types: dict[str, list[int]]
    directions: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Pair:
    """So many deals between a Chinese party and a market."""

    platform: str
    market: str
    deals: int


def weeks(archive: Archive, wanted: DealFilter, types: Sequence[str], directions: Sequence[str]) -> Weeks:
    """The deals that pass, week by week."""
    condition, values = where(wanted)
    rows = archive.rows(
        "SELECT date(d.first_at, 'weekday 0', '-6 days') AS monday, d.type, d.direction, count(*) AS n"
        f" {_FROM} WHERE {condition} GROUP BY 1, 2, 3",
        values,
    )
    found = {date.fromisoformat(row["monday"]) for row in rows}
    mondays = [min(found)] if found else []
    while mondays and mondays[-1] < max(found):
        mondays.append(mondays[-1] + WEEK)
    place = {monday: number for number, monday in enumerate(mondays)}
    counted = Weeks(
        tuple(mondays), {name: [0] * len(mondays) for name in types}, {name: [0] * len(mondays) for name in directions}
    )
    for row in rows:
        number = place[date.fromisoformat(row["monday"])]
        counted.types[row["type"]][number] += row["n"]
        counted.directions[row["direction"]][number] += row["n"]
    return counted


def pairs(archive: Archive, wanted: DealFilter) -> list[Pair]:
    """Chinese parties against the markets of the other side, the most frequent first. A deal's market is where its
    foreign parties are at home; for a deal that names none, where the business goes."""
    condition, values = where(wanted)
    rows = archive.rows(
        "SELECT c.name AS platform, coalesce(f.home, iif(d.market <> 'CN', d.market, NULL), ?) AS market,"
        f" count(DISTINCT d.id) AS n {_FROM}"
        " JOIN deal_parties c ON c.deal_id = d.id AND c.side = 'chinese'"
        " LEFT JOIN deal_parties f ON f.deal_id = d.id AND f.side = 'foreign'"
        f" WHERE {condition} GROUP BY 1, 2 ORDER BY n DESC, 1, 2",
        [ELSEWHERE, *values],
    )
    return [Pair(row["platform"], row["market"], row["n"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The busiest platforms against the busiest markets; `more` counts the pairs that have no room."""

    platforms: tuple[str, ...]
    markets: tuple[str, ...]
    cells: dict[tuple[str, str], int]
    more: int

    @property
    def most(self) -> int:
        return max(self.cells.values(), default=0)


def matrix(found: Sequence[Pair], rows: int, columns: int) -> Matrix:
    """The pairs as a table of at most that size."""
    by_platform, by_market = Counter[str](), Counter[str]()
    for pair in found:
        by_platform[pair.platform] += pair.deals
        by_market[pair.market] += pair.deals
    platforms = tuple(name for name, _ in by_platform.most_common(rows))
    markets = tuple(name for name, _ in by_market.most_common(columns))
    cells = {
        (pair.platform, pair.market): pair.deals
        for pair in found
        if pair.platform in platforms and pair.market in markets
    }
    return Matrix(platforms, markets, cells, len(found) - len(cells))
