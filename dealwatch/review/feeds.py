"""Feeds for readers that cannot log in: the Atom feed and JSON under a secret, revocable token in the address."""

import io
from itertools import islice

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dealwatch import clock
from dealwatch.archive import Archive, exports
from dealwatch.archive.deal import records
from dealwatch.archive.filter import DealFilter, ids
from dealwatch.exports.deal import Deal, public
from dealwatch.exports.formats import Selection
from dealwatch.exports.formats.atom import Atom
from dealwatch.review.addresses import filter_of
from dealwatch.review.leaving import in_words
from dealwatch.review.people import Feed
from dealwatch.review.site import Site, form_of

LENGTH = 100
"""Deals in a feed, those with the latest news."""


class Feeds:
    def __init__(self, site: Site) -> None:
        self.site, self.people = site, site.people
        self.routes = [
            Route("/feeds", self.add, methods=["POST"]),
            Route("/feeds/remove", self.remove, methods=["POST"]),
            Route("/feed/{token}.atom", self.atom),
            Route("/feed/{token}.json", self.json),
        ]

    async def add(self, request: Request) -> Response:
        """A new feed; its address is shown this once."""
        form = await form_of(request)
        query = form.get("filter", "")[:2000]
        wanted = checked(query)
        name = form.get("name", "").strip()
        token = self.people.add_feed(name, query, clock.iso(clock.now()))
        address = f"{request.url.scheme}://{request.url.netloc}/feed/{token}"
        context = {"name": name, "address": address, "words": in_words(wanted)}
        return self.site.page(request, "feed.html", context)

    async def remove(self, request: Request) -> Response:
        form = await form_of(request)
        name = form.get("name", "")
        self.people.remove_feed(name)
        return self.site.said(request, form, f"Feed {name} is revoked", to="/exports")

    async def atom(self, request: Request) -> Response:
        feed = self.people.feed_of(request.path_params["token"])
        if feed is None:
            return _REVOKED
        title, found, identity = await self.site.read(_latest, feed)
        out = io.BytesIO()
        changed = max((clock.parse_iso(deal.changed_at) for deal in found), default=clock.parse_iso(feed.made_at))
        Atom().write(Selection(found, title, changed, identity), out)
        return Response(out.getvalue(), media_type=Atom.mime)

    async def json(self, request: Request) -> Response:
        feed = self.people.feed_of(request.path_params["token"])
        if feed is None:
            return _REVOKED
        _, found, _ = await self.site.read(_latest, feed)
        lines = ",\n".join(deal.model_dump_json() for deal in found)
        return Response(f"[{lines}]\n", media_type="application/json")


_REVOKED = PlainTextResponse("this feed's address was revoked, or never was one", 403)


def checked(query: str) -> DealFilter:
    """The filter of a feed, which names its states itself. Raises DealwatchError."""
    return filter_of(QueryParams(query), ("confirmed",))


def _latest(archive: Archive, feed: Feed) -> tuple[str, list[Deal], str]:
    wanted = checked(feed.query)
    newest = list(islice(ids(archive, wanted, "newest"), LENGTH))
    return f"Deals: {in_words(wanted)}", [public(deal) for deal in records(archive, newest)], exports.identity(archive)
