"""A filter as an address says it, and the addresses that lead from one filter to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from dealwatch import clock
from dealwatch.archive.board import FACETS
from dealwatch.archive.filter import STATES, DealFilter, parse_since
from dealwatch.deals.records import STATUSES

_FIELDS = {name: key for key, name in FACETS.items()}
_SHOWN, _SHOWN_PARTIES = 40, 12


def filter_of(query: QueryParams, states: tuple[str, ...] = ("waiting",)) -> DealFilter:
    """The filter; `states` where the address names none. Raises DealwatchError."""
    given = {field: tuple(value[:200] for value in query.getlist(key) if value) for key, field in _FIELDS.items()}
    if not given["states"]:
        given["states"] = states
    elif given["states"] == ("all",):
        given["states"] = STATES
    since, until = (query.get(name, "")[:40] for name in ("since", "until"))
    now = clock.now()
    return DealFilter(
        since=parse_since(since, now) if since else None,
        until=parse_since(until, now) if until else None,
        query=query.get("q", "")[:300].strip() or None,
        **given,
    )


def address_of(query: QueryParams, changes: Mapping[str, str | None], path: str = "/") -> str:
    """The address of this filter with some parameters changed; None takes one away. Goes back to the first page."""
    kept = [(key, value) for key, value in query.multi_items() if key not in changes and key != "start" and value]
    kept += [(key, value) for key, value in changes.items() if value]
    return f"{path}?{urlencode(kept, quote_via=quote)}" if kept else path


def start_of(query: QueryParams) -> int:
    """How many deals come before this page."""
    start = query.get("start", "")[:7]
    return int(start) if start.isascii() and start.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field, each with the number of deals it would give, and those chosen now."""

    key: str
    values: Sequence[tuple[str, int]]
    chosen: Sequence[str]


def facets(counts: Mapping[str, Mapping[str, int]], wanted: DealFilter) -> list[Facet]:
    """What the filters of the queue offer: the most frequent first, states in their own order."""
    found = []
    for field, key in FACETS.items():
        chosen = cast(tuple[str, ...], getattr(wanted, field))
        shown = _SHOWN_PARTIES if field == "parties" else _SHOWN
        values = sorted(counts[field].items(), key=lambda item: (-item[1], item[0]))[:shown]
        values += [(value, 0) for value in chosen if value not in dict(values) and value in STATES + STATUSES]
        if field == "states":
            values = [(state, counts[field].get(state, 0)) for state in STATES]
        found.append(Facet(key, values, chosen))
    return found
