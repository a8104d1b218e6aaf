"""What leaves from the page: the deals of a filter in any format, and the list of feeds."""

import tempfile
import threading
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from dealwatch import clock
from dealwatch.archive import Archive
from dealwatch.archive.filter import DealFilter, count
from dealwatch.exports.files import export
from dealwatch.exports.formats import Format, format_named, formats
from dealwatch.exports.formats.comma_separated import Csv
from dealwatch.review.addresses import address_of, filter_of
from dealwatch.review.site import Site


class Leaving:
    def __init__(self, site: Site) -> None:
        self.site, self.office = site, site.office
        self._one_at_a_time = threading.Lock()
        self.routes = [
            Route("/exports", self.page),
            Route("/export/{format}", self.export),
        ]

    async def page(self, request: Request) -> Response:
        """The formats, for the filter in the address."""
        query = request.query_params
        wanted = filter_of(query)
        total = await self.site.read(count, wanted)
        context = {
            "total": total,
            "wanted": wanted,
            "words": in_words(wanted),
            "queue": address_of(query, {}),
            "formats": [(kind, address_of(query, {}, f"/export/{kind.name}")) for kind in formats().values()],
            "csv_for_excel": address_of(query, {"bom": "1"}, "/export/csv"),
            "filter": address_of(query, {}, "").removeprefix("?") or "state=waiting",
            "feeds": self.site.people.feeds(),
        }
        return self.site.page(request, "exports.html", context)

    async def export(self, request: Request) -> Response:
        """The file, made whole before it is sent."""
        kind = format_named(request.path_params["format"])
        wanted = filter_of(request.query_params)
        made = await run_in_threadpool(
            self._export, Csv(bom="bom" in request.query_params) if kind is Csv else kind(), wanted
        )
        return FileResponse(
            made,
            media_type=kind.mime,
            filename=f"deals-{clock.now():%Y-%m-%d}{kind.ending}",
            background=BackgroundTask(made.unlink, missing_ok=True),
        )

    def _export(self, kind: Format, wanted: DealFilter) -> Path:
        """Large exports wait for each other, so that they do not keep the queue waiting."""
        with tempfile.NamedTemporaryFile(prefix="dealwatch-", delete=False) as out:
            made = Path(out.name)
        try:
            with self._one_at_a_time, Archive.open(self.office.db, readonly=True) as archive:
                export(archive, wanted, kind, made, title=f"Deals: {in_words(wanted)}")
        except BaseException:
            made.unlink(missing_ok=True)
            raise
        return made


def in_words(wanted: DealFilter) -> str:
    """The filter in one line: `confirmed; exit, storefront; since 1 Nov 2026`."""
    parts = [", ".join(value.replace("_", " ") for value in values) for values in (
        wanted.states, wanted.types, wanted.directions, wanted.statuses, wanted.parties, wanted.sources, wanted.langs,
    ) if values]  # fmt: skip
    parts += [f"since {wanted.since:%-d %b %Y}"] if wanted.since else []
    parts += [f"until {wanted.until:%-d %b %Y}"] if wanted.until else []
    parts += [f"“{wanted.query}”"] if wanted.query else []
    return "; ".join(parts)
