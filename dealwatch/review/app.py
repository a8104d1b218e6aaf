"""The review page as an ASGI app: its pages together, behind its doors."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from dealwatch.errors import ArchiveError, DealwatchError
from dealwatch.review import doors
from dealwatch.review.desk import Office
from dealwatch.review.entry import Entry
from dealwatch.review.feeds import Feeds
from dealwatch.review.leaving import Leaving
from dealwatch.review.looking import Looking
from dealwatch.review.people import People
from dealwatch.review.site import HERE, Site
from dealwatch.review.triage import Triage


class Review:
    """The pages over one archive."""

    def __init__(
        self, office: Office, people: People, links: doors.Links | None, hosts: list[str], *, https: bool
    ) -> None:
        self.people, self.links = people, links
        self.site = Site(office, people)
        self.entry = Entry(self.site, links)
        self.routes: Sequence[BaseRoute] = [
            *Triage(self.site).routes,
            *Looking(self.site).routes,
            *Leaving(self.site).routes,
            *Feeds(self.site).routes,
            *self.entry.routes,
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]
        inner = Starlette(
            routes=self.routes,
            exception_handlers={404: self._nowhere, ArchiveError: self._busy, DealwatchError: self._wrong},
        )
        self.app = doors.close_doors(self._members(inner), people, hosts, https=https)

    def _members(self, app: ASGIApp) -> ASGIApp:
        """Nobody passes without a login; nobody but a reviewer writes."""

        async def members(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            request = Request(scope, receive)
            person = doors.person_of(request.session, self.people, self.links)
            scope["state"] = {**scope.get("state", {}), "person": person}
            answer = app
            if not doors.is_open(scope["path"], scope["method"]):
                if person is None:
                    answer = self.entry.page(request, status=403)
                elif person.role != "reviewer" and scope["method"] == "POST" and scope["path"] != "/logout":
                    answer = PlainTextResponse("readers look, reviewers decide", 403)
            await answer(scope, receive, send)

        return members

    async def _nowhere(self, request: Request, _error: Exception) -> Response:
        return self.site.said(request, {}, f"There is nothing at {request.url.path}.", 404)

    async def _busy(self, request: Request, error: Exception) -> Response:
        answer = self.site.said(request, {}, f"{error}", 503)
        answer.headers["retry-after"] = "2"
        return answer

    async def _wrong(self, request: Request, error: Exception) -> Response:
        return self.site.said(request, {}, f"{error}", 422 if request.method == "POST" else 400)
