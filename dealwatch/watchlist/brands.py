"""`watchlist/entities/open/brands.csv`: shops and brands of the open world, a weaker tier of names.

They come from the name-suggestion-index (see the licence beside the file). A story names one of them only where its
words already stand out as a name by their shape; the list then tells its side, kind and home.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from dealwatch.deals.records import Side
from dealwatch.errors import WatchlistError

COLUMNS = ["name", "wikidata", "side", "kind", "industry", "countries", "chinese"]


@dataclass(frozen=True, slots=True)
class Brand:
    """What the flagger asks of an entity; `home` is "" where a brand is at home in several countries."""

    name: str
    side: Side
    kind: str
    home: str
    industry: str | None
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()


def load_brands(watchlist: Path) -> list[Brand]:
    """All brands of the open world; [] where there is no such file. Raises WatchlistError for one of another shape."""
    path = watchlist / "entities" / "open" / "brands.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != COLUMNS:
            raise WatchlistError(f"{path}:1: the columns are {rows.fieldnames}; they have to be {COLUMNS}")
        return [_brand(path, number, row) for number, row in enumerate(rows, 2)]


def _brand(path: Path, line: int, row: dict[str, str]) -> Brand:
    if row["side"] not in ("chinese", "foreign") or not row["name"]:
        raise WatchlistError(f"{path}:{line}: side: it is {row['side']!r}; it has to be chinese or foreign")
    countries = row["countries"].split()
    home = countries[0] if len(countries) == 1 else ""
    return Brand(row["name"], cast(Side, row["side"]), row["kind"], home, row["industry"] or None)
