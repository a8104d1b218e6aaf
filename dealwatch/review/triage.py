"""Clearing alerts: the queue, one deal, and every decision about them."""

from datetime import timedelta
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dealwatch import clock
from dealwatch.archive import hand
from dealwatch.archive.deal import current
from dealwatch.archive.decisions import ConflictError
from dealwatch.archive.filter import DealFilter
from dealwatch.errors import DealwatchError
from dealwatch.review.addresses import Facet, address_of, facets, filter_of, start_of
from dealwatch.review.cards import Card, cards
from dealwatch.review.forms import DONE, number, whole, wish
from dealwatch.review.site import Site, form_of

PAGE = 15


class Triage:
    def __init__(self, site: Site) -> None:
        self.site, self.office = site, site.office
        self.routes = [
            Route("/", self.queue),
            Route("/facets", self.facets),
            Route("/deals/{id}", self.deal),
            Route("/decide", self.decide, methods=["POST"]),
            Route("/undo", self.undo, methods=["POST"]),
            Route("/merge", self.merge, methods=["POST"]),
            Route("/split", self.split, methods=["POST"]),
            Route("/unfold", self.unfold, methods=["POST"]),
            Route("/entities", self.entities),
        ]

    async def queue(self, request: Request) -> Response:
        query = request.query_params
        context = await run_in_threadpool(self._queue, filter_of(query), start_of(query))
        return self.site.page(
            request,
            "queue.html",
            {
                **context,
                "query": query,
                "with_": lambda **changes: address_of(query, changes),
                "exports": address_of(query, {}, "/exports"),
                "back": address_of(query, {}),
            },
        )

    def _queue(self, wanted: DealFilter, start: int) -> dict[str, Any]:
        board = self.office.board()
        with self.office.reading() as archive:
            bits = board.find(archive, wanted)
            return {
                "cards": cards(archive, board, board.deals(bits, start, PAGE)),
                "facets": facets(board.counts(archive, wanted), wanted),
                "total": bits.bit_count(),
                "start": start,
                "size": PAGE,
                "wanted": wanted,
                "tomorrow": _tomorrow(),
            }

    async def facets(self, request: Request) -> Response:
        """The filters alone, for a queue whose numbers have changed."""
        query = request.query_params
        context = {
            "facets": await run_in_threadpool(self._facets, filter_of(query)),
            "with_": lambda **changes: address_of(query, changes),
        }
        return self.site.page(request, "facets.html", context)

    def _facets(self, wanted: DealFilter) -> list[Facet]:
        board = self.office.board()
        with self.office.reading() as archive:
            return facets(board.counts(archive, wanted), wanted)

    async def deal(self, request: Request) -> Response:
        """The deal's page; with `?card` its card alone, as the queue shows it."""
        asked = whole(request.path_params["id"])
        found = await run_in_threadpool(self._deal, asked) if asked is not None else None
        if found is None:
            return self.site.page(request, "message.html", {"message": "There is no such deal.", "back": "/"}, 404)
        card, foldings = found
        context = {"card": card, "foldings": foldings, "asked": asked, "back": request.url.path}
        template = "fragment.html" if "card" in request.query_params else "deal.html"
        return self.site.page(request, template, {**context, "tomorrow": _tomorrow()})

    def _deal(self, deal_id: int) -> tuple[Card, list[hand.Folding]] | None:
        board = self.office.board()
        with self.office.reading() as archive:
            living = current(archive, deal_id)
            if living is None:
                return None
            return cards(archive, board, [living])[0], hand.foldings(archive, living)

    async def decide(self, request: Request) -> Response:
        form = await form_of(request)
        try:
            asked = wish(form, await run_in_threadpool(self._homes))
            await run_in_threadpool(self.office.decide, asked, request.state.person.name)
        except ConflictError as conflict:
            return self.site.said(request, form, str(conflict), 409)
        return self.site.said(request, form, DONE[asked.action])

    def _homes(self) -> dict[str, str]:
        return {entity.name.casefold(): entity.home for entity in self.office.entities}

    async def undo(self, request: Request) -> Response:
        """The visitor's last act that stands, be it a decision, a merge or a split."""
        form = await form_of(request)
        try:
            taken = await run_in_threadpool(self.office.undo, request.state.person.name)
        except ConflictError as conflict:
            return self.site.said(request, form, str(conflict), 409)
        message = f"Taken back: {taken.action} of deal {taken.deal_id}"
        return self.site.said(request, form, message, deal=taken.deal_id)

    async def merge(self, request: Request) -> Response:
        form = await form_of(request)
        deals = [number(form, "deal"), number(form, "other")]
        act = partial(hand.merge, deal_ids=deals)
        into = await run_in_threadpool(self.office.fold, act, request.state.person.name)
        return self.site.said(request, form, f"Merged: one deal now, {into}", to=f"/deals/{into}")

    async def split(self, request: Request) -> Response:
        fields = await request.form()
        form = await form_of(request)
        stories = [number({"story": story}, "story") for story in fields.getlist("story") if isinstance(story, str)]
        if not stories:
            raise DealwatchError("which stories tell of another deal? Tick them first")
        act = partial(hand.split, deal_id=number(form, "deal"), article_ids=stories)
        made = await run_in_threadpool(self.office.fold, act, request.state.person.name)
        return self.site.said(request, form, f"Split off: deal {made}", to=f"/deals/{made}")

    async def unfold(self, request: Request) -> Response:
        """Take back one merge or split, whoever made it."""
        form = await form_of(request)
        act = partial(hand.undo, folding_id=number(form, "folding"))
        found = await run_in_threadpool(self.office.fold, act, request.state.person.name)
        return self.site.said(request, form, "Taken back", to=f"/deals/{found[0]}")

    async def entities(self, request: Request) -> Response:
        """Names that begin like the word typed, then names that hold it."""
        word = request.query_params.get("q", "")[:100].casefold()
        entities = await run_in_threadpool(lambda: self.office.entities)
        found = [e for e in entities if word and any(word in name.casefold() for name in (e.name, *e.aliases))]
        found.sort(key=lambda e: (not e.name.casefold().startswith(word), e.name))
        return JSONResponse([{"name": e.name, "side": e.side, "home": e.home} for e in found[:12]])


def _tomorrow() -> str:
    """The first day until which an alert can be put off."""
    return (clock.now() + timedelta(days=1)).date().isoformat()
