"""Looking rather than reading: charts, the sources' health, and what decisions teach; the data of each as CSV."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dealwatch import clock
from dealwatch.archive import Archive, figures, health, lessons
from dealwatch.archive.deal import DealRecord, records
from dealwatch.archive.filter import DealFilter, parse_since
from dealwatch.archive.lessons import BYS, By
from dealwatch.deals.records import DEAL_TYPES, DIRECTIONS
from dealwatch.errors import DealwatchError
from dealwatch.review.addresses import address_of, filter_of
from dealwatch.review.site import Site
from dealwatch.review.tables import csv_response

CHARTED = ("waiting", "confirmed", "snoozed")
"""The deals that charts count unless the address says otherwise: all alerts but the dismissed."""
PERIODS = (("12w", "12 weeks"), ("26w", "half a year"), ("52w", "a year"), ("260w", "five years"))
ROWS, COLUMNS = 15, 12
SHADES = 5
BEHIND = 200
_SOURCE_COLUMNS = (
    "source", "last_success", "silent_days", "usual_a_day", "crawls_7_days", "failed_7_days", "trouble",
)  # fmt: skip


class Looking:
    def __init__(self, site: Site) -> None:
        self.site, self.office = site, site.office
        self.routes = [
            Route("/charts", self.charts),
            Route("/charts/weeks.csv", self.weeks_csv),
            Route("/charts/pairs.csv", self.pairs_csv),
            Route("/sources", self.sources),
            Route("/sources.csv", self.sources_csv),
            Route("/lessons", self.lessons),
            Route("/lessons/{by}.csv", self.lessons_csv),
            Route("/lessons/labelled.jsonl", self.labelled),
            Route("/lessons/{by}", self.behind),
        ]

    async def charts(self, request: Request) -> Response:
        query = request.query_params
        wanted = _charted(request)
        context = await self.site.read(_charts, wanted)
        context["picks"] = {
            "Period": _picks(query, "since", PERIODS, PERIODS[1][0]),
            "State": _picks(query, "state", (("", "all but dismissed"), ("confirmed", "confirmed")), ""),
        }
        context["weeks_csv"] = address_of(query, {}, "/charts/weeks.csv")
        context["pairs_csv"] = address_of(query, {}, "/charts/pairs.csv")
        return self.site.page(request, "charts.html", context)

    async def weeks_csv(self, request: Request) -> Response:
        weeks = await self.site.read(figures.weeks, _charted(request), DEAL_TYPES, DIRECTIONS)
        columns = {**weeks.directions, **weeks.types}
        rows = zip((monday.isoformat() for monday in weeks.mondays), *columns.values(), strict=True)
        return csv_response("deals-per-week", ("week_of", *columns), rows)

    async def pairs_csv(self, request: Request) -> Response:
        found = await self.site.read(figures.pairs, _charted(request))
        return csv_response(
            "who-with-whom",
            ("platform", "market", "deals"),
            ((pair.platform, pair.market, pair.deals) for pair in found),
        )

    async def sources(self, request: Request) -> Response:
        at = clock.now()
        found = await self.site.read(health.pulses, at)
        first = at.date() - timedelta(days=health.DAYS - 1)
        return self.site.page(request, "sources.html", {"pulses": found, "first": first, "now": at})

    async def sources_csv(self, request: Request) -> Response:
        at = clock.now()
        found = await self.site.read(health.pulses, at)
        first = at.date() - timedelta(days=health.DAYS - 1)
        days = [(first + timedelta(days=number)).isoformat() for number in range(health.DAYS)]
        rows = (
            (
                pulse.status.source,
                clock.iso(pulse.status.last_success) if pulse.status.last_success else None,
                pulse.silent_days,
                pulse.usual,
                pulse.crawls,
                pulse.failures,
                "; ".join(pulse.trouble),
                *pulse.days,
            )
            for pulse in found
        )
        return csv_response("sources", (*_SOURCE_COLUMNS, *days), rows)

    async def lessons(self, request: Request) -> Response:
        tables = {by: await self.site.read(lessons.lessons, by) for by in BYS}
        return self.site.page(request, "lessons.html", {"tables": tables})

    async def lessons_csv(self, request: Request) -> Response:
        by = _by(request)
        found = await self.site.read(lessons.lessons, by)
        return csv_response(
            f"precision-by-{by}",
            (by, "right", "of_these_corrected", "wrong", "known_already", "precision"),
            ((row.value, row.right, row.corrected, row.wrong, row.known_already, row.precision) for row in found),
        )

    async def behind(self, request: Request) -> Response:
        """The dismissed deals behind one figure."""
        by, value = _by(request), request.query_params.get("value", "")[:200]
        found = await self.site.read(_behind, by, value)
        return self.site.page(request, "behind.html", {"by": by, "value": value, "found": found})

    async def labelled(self, request: Request) -> Response:
        """The reviewed stories in the gold format. For reviewers: it holds the publishers' texts."""
        if request.state.person.role != "reviewer":
            raise DealwatchError("labelled news holds the publishers' texts; reviewers alone may take it")

        def lines() -> Iterator[bytes]:
            with Archive.open(self.office.db, readonly=True) as archive:
                for item in lessons.labelled(archive):
                    yield json.dumps(item, ensure_ascii=False).encode() + b"\n"

        headers = {"content-disposition": 'attachment; filename="labelled.jsonl"'}
        return StreamingResponse(lines(), media_type="application/x-ndjson", headers=headers)


def _charted(request: Request) -> DealFilter:
    wanted = filter_of(request.query_params, CHARTED)
    return wanted if wanted.since else replace(wanted, since=parse_since(PERIODS[1][0], clock.now()))


def _picks(
    query: QueryParams, key: str, values: Iterable[tuple[str, str]], otherwise: str
) -> list[tuple[str, str, bool]]:
    """Name, address and whether it is chosen, for each value of a parameter of the charts."""
    chosen = query.get(key) or otherwise
    return [(name, address_of(query, {key: value}, "/charts"), value == chosen) for value, name in values]


def _charts(archive: Archive, wanted: DealFilter) -> dict[str, Any]:
    weeks = figures.weeks(archive, wanted, DEAL_TYPES, DIRECTIONS)
    found = figures.matrix(figures.pairs(archive, wanted), ROWS, COLUMNS)
    series = {**weeks.directions, **weeks.types}
    shades = {pair: -(-deals * SHADES // max(found.most, SHADES)) for pair, deals in found.cells.items()}
    data = json.dumps({"mondays": [monday.isoformat() for monday in weeks.mondays], "series": series})
    return {"weeks": weeks, "series": series, "data": data, "matrix": found, "shades": shades}


def _behind(archive: Archive, by: By, value: str) -> list[tuple[DealRecord, lessons.Dismissal]]:
    said = lessons.dismissed(archive, by, value, BEHIND)
    deals = {deal.id: deal for deal in records(archive, [item.deal_id for item in said])}
    return [(deals[item.deal_id], item) for item in said if item.deal_id in deals]


def _by(request: Request) -> By:
    by = request.path_params["by"]
    for known in BYS:
        if by == known:
            return known
    raise DealwatchError(f"{by!r}: decisions are counted by {', '.join(BYS)}")
