"""The review page as an ASGI app: every route, each with who may use it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Receive, Scope, Send

from dealwatch import clock
from dealwatch.archive.board import FACETS, Board
from dealwatch.archive.decisions import REASONS, ConflictError, Wish
from dealwatch.archive.filter import STATES, DealFilter, current, parse_since
from dealwatch.deals.records import DEAL_TYPES, DIRECTIONS, STATUSES
from dealwatch.errors import ArchiveError, DealwatchError
from dealwatch.review import doors
from dealwatch.review.cards import cards, line, safe_link
from dealwatch.review.desk import Office
from dealwatch.review.people import People, Person

HERE = Path(__file__).parent
PAGE = 15
Handler = Callable[[Request], Awaitable[Response]]


class Review:
    """The pages over one archive."""

    def __init__(
        self, office: Office, people: People, links: doors.Links | None, hosts: list[str], *, https: bool
    ) -> None:
        self.office, self.people, self.links = office, people, links
        self.limiter = doors.Limiter()
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters.update(day=_day, minute=_minute, human=lambda text: str(text).replace("_", " "))
        environment.globals.update(
            reasons=REASONS, types=DEAL_TYPES, directions=DIRECTIONS, statuses=STATUSES, line=line, safe_link=safe_link
        )
        self.templates = Jinja2Templates(env=environment)
        self.routes = [
            Route("/", self.queue),
            Route("/deals/{id:int}", self.deal),
            Route("/decide", self.decide, methods=["POST"]),
            Route("/undo", self.undo, methods=["POST"]),
            Route("/entities", self.entities),
            Route("/login", self.login, methods=["GET", "POST"]),
            Route("/login/style.css", self.style),
            Route("/logout", self.logout, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]
        inner = Starlette(
            routes=self.routes, exception_handlers={ArchiveError: self._busy, DealwatchError: self._wrong}
        )
        self.app = doors.close_doors(self._members(inner), people, hosts, https=https)

    def _members(self, app: ASGIApp) -> ASGIApp:
        """Nobody passes without a login; a reader writes nothing."""

        async def members(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            request = Request(scope, receive)
            person = doors.person_of(request.session, self.people, self.links)
            scope["state"] = {**scope.get("state", {}), "person": person}
            if scope["path"] not in doors.OPEN:
                if person is None:
                    page = self._page(request, "login.html", {"message": ""}, 403)
                    await page(scope, receive, send)
                    return
                if person.role == "reader" and scope["method"] == "POST" and scope["path"] != "/logout":
                    await PlainTextResponse("readers look, reviewers decide", 403)(scope, receive, send)
                    return
            await app(scope, receive, send)

        return members

    def _page(self, request: Request, name: str, context: dict[str, Any], status: int = 200) -> Response:
        shared = {
            "person": request.scope["state"].get("person"),
            "csrf": request.scope["csrftoken"],
            "path": request.url.path,
        }
        return self.templates.TemplateResponse(request, name, {**shared, **context}, status)

    async def queue(self, request: Request) -> Response:
        wanted = _filter(request.query_params)
        start = (
            max(0, int(request.query_params.get("start", "0")[:7]))
            if request.query_params.get("start", "0").isdecimal()
            else 0
        )
        context = await run_in_threadpool(self._queue, wanted, start)
        context["query"] = request.query_params
        context["with_"] = lambda **changes: _address(request.query_params, changes)
        context["back"] = _address(request.query_params, {})
        context["message"] = request.session.pop("message", "")
        return self._page(request, "queue.html", context)

    def _queue(self, wanted: DealFilter, start: int) -> dict[str, Any]:
        board: Board = self.office.board()
        with self.office.reading() as archive:
            bits = board.find(archive, wanted)
            found = cards(archive, board, board.deals(bits, start, PAGE))
            counts = board.counts(archive, wanted)
        return {"cards": found, "total": bits.bit_count(), "start": start, "size": PAGE,
                "facets": _facets(counts, wanted), "wanted": wanted}  # fmt: skip

    async def deal(self, request: Request) -> Response:
        found = await run_in_threadpool(self._deal, request.path_params["id"])
        if found is None:
            return PlainTextResponse("there is no such deal", 404)
        return self._page(request, "deal.html", {"card": found, "back": request.url.path,
                                                 "message": request.session.pop("message", "")})  # fmt: skip

    def _deal(self, deal_id: int) -> Any:
        board = self.office.board()
        with self.office.reading() as archive:
            living = current(archive, deal_id)
            return cards(archive, board, [living])[0] if living is not None else None

    async def decide(self, request: Request) -> Response:
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        person: Person = request.state.person
        try:
            await run_in_threadpool(self.office.decide, _wish(form), person.name)
        except ConflictError as conflict:
            return self._said(request, form, str(conflict), 409)
        return self._said(request, form, _DONE[form["action"]], 200)

    async def undo(self, request: Request) -> Response:
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        person: Person = request.state.person
        alert = int(form["alert"]) if form.get("alert", "").isdecimal() else None
        try:
            taken = await run_in_threadpool(self.office.undo, person.name, alert)
        except ConflictError as conflict:
            return self._said(request, form, str(conflict), 409)
        return self._said(request, form, f"Taken back: {taken.action} of deal {taken.deal_id}", 200, deal=taken.deal_id)

    def _said(self, request: Request, form: Mapping[str, str], message: str, status: int, **more: Any) -> Response:
        """The answer to a write: JSON to the script, a page to a form."""
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"message": message, **more}, status)
        back = form.get("back", "/")
        back = back if re.fullmatch(r"/(?!/)[^\\\s]*", back) and not urlsplit(back).netloc else "/"
        if status == 200:
            request.session["message"] = message
            return RedirectResponse(back, 303)
        return self._page(request, "message.html", {"message": message, "back": back}, status)

    async def _busy(self, request: Request, error: Exception) -> Response:
        answer = self._said(request, {}, f"{error}", 503)
        answer.headers["retry-after"] = "2"
        return answer

    async def _wrong(self, request: Request, error: Exception) -> Response:
        return self._said(request, {}, f"{error}", 422 if request.method == "POST" else 400)

    async def entities(self, request: Request) -> Response:
        """Names that begin like the word typed, then names that hold it."""
        word = request.query_params.get("q", "")[:100].casefold()
        entities = await run_in_threadpool(lambda: self.office.entities)
        found = [e for e in entities if word and any(word in name.casefold() for name in (e.name, *e.aliases))]
        found.sort(key=lambda e: (not e.name.casefold().startswith(word), e.name))
        return JSONResponse([{"name": e.name, "side": e.side, "home": e.home} for e in found[:12]])

    async def login(self, request: Request) -> Response:
        if request.method == "GET":
            token = request.query_params.get("token", "")
            if token and self.links is not None and self.links.use(token):
                request.session.clear()
                request.session["boot"] = self.links.boot
                return RedirectResponse("/", 303)
            message = "This link has been used. Start dealwatch review again for a new one." if token else ""
            return self._page(request, "login.html", {"message": message}, 403 if token else 200)
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        name, visitor = form.get("name", "")[:64], f"from {request.client.host if request.client else ''}"
        wait = self.limiter.wait(f"name {name}", visitor)
        if wait:
            page = self._page(
                request, "login.html", {"message": f"Too many tries. Wait {wait // 60 + 1} minutes."}, 429
            )
            page.headers["retry-after"] = str(wait)
            return page
        self.limiter.failed(f"name {name}", visitor)
        person = await run_in_threadpool(self.people.verify, name, form.get("password", "")[:1000])
        if person is None:
            return self._page(request, "login.html", {"message": "Name or password is wrong."}, 403)
        self.limiter.passed(f"name {name}")
        self.limiter.passed(visitor)
        request.session.clear()
        request.session.update({"name": person.name, "epoch": person.epoch})
        return RedirectResponse("/", 303)

    async def logout(self, request: Request) -> Response:
        request.session.clear()
        return RedirectResponse("/login", 303)

    async def style(self, request: Request) -> Response:
        return FileResponse(HERE / "static" / "style.css")


_DONE = {"confirm": "Confirmed", "dismiss": "Dismissed", "snooze": "Snoozed", "note": "Noted", "correct": "Corrected"}
_FIELDS = {name: key for key, name in FACETS.items()}


def _filter(query: QueryParams) -> DealFilter:
    """The filter that an address says. Raises DealwatchError."""
    given = {field: tuple(value[:200] for value in query.getlist(key) if value) for key, field in _FIELDS.items()}
    if not given["states"]:
        given["states"] = ("waiting",)
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


def _address(query: QueryParams, changes: Mapping[str, str | None]) -> str:
    """The address of this queue with some parameters changed; None takes one away. Goes back to the first page."""
    kept = [(key, value) for key, value in query.multi_items() if key not in changes and key != "start" and value]
    kept += [(key, value) for key, value in changes.items() if value]
    return "/?" + urlencode(kept, quote_via=quote) if kept else "/"


def _facets(counts: Mapping[str, Mapping[str, int]], wanted: DealFilter) -> list[dict[str, Any]]:
    found = []
    for field, key in FACETS.items():
        chosen = getattr(wanted, field)
        values = sorted(counts[field].items(), key=lambda item: (-item[1], item[0]))[: 12 if field == "parties" else 40]
        values += [(value, 0) for value in chosen if value not in dict(values) and value in STATES + STATUSES]
        if field == "states":
            values = [(state, counts[field].get(state, 0)) for state in STATES]
        found.append({"key": key, "values": values, "chosen": chosen})
    return found


def _wish(form: Mapping[str, str]) -> Wish:
    """What a form asks for. Raises DealwatchError."""
    if form.get("action") not in _DONE or not all(
        form.get(key, "").isdecimal() for key in ("alert", "revision", "seen")
    ):
        raise DealwatchError("the form is incomplete; reload the page")
    until = None
    if form.get("until"):
        try:
            until = datetime.combine(datetime.fromisoformat(form["until"]).date(), time(), UTC)
        except ValueError as error:
            raise DealwatchError(f"{form['until'][:40]!r} is no date; write it as 2026-12-31") from error
    return Wish(
        alert_id=int(form["alert"][:15]),
        revision=int(form["revision"][:9]),
        seen=int(form["seen"][:15]),
        action=form["action"],  # type: ignore[arg-type]
        reason=form.get("reason") or None,
        note=form.get("note") or None,
        until=until,
        overrides=_overrides(form) if form["action"] == "correct" else {},
    )


def _overrides(form: Mapping[str, str]) -> dict[str, Any]:
    """The fields that differ from what the form first showed."""
    fields: dict[str, Any] = {}
    for name in ("type", "direction", "status"):
        if form.get(name) and form[name] != form.get(f"was_{name}"):
            fields[name] = form[name]
    if form.get("amount", "") != form.get("was_amount", ""):
        fields.update(amount=form.get("amount", "").strip()[:100] or None, amount_value=None, amount_currency=None)
    sides = {side: form.get(side, "") for side in ("chinese", "foreign")}
    if any(value != form.get(f"was_{side}", "") for side, value in sides.items()):
        fields["parties"] = [
            {"name": name.strip(), "side": side, "home": None}
            for side, value in sides.items()
            for name in value.split(";")
            if name.strip()
        ]
    return fields


def _day(at: datetime | None) -> str:
    return at.strftime("%a %-d %b %Y") if at else "undated"


def _minute(at: datetime | None) -> str:
    return at.strftime("%-d %b %Y, %H:%M UTC") if at else "undated"
