"""What every page needs: the templates, the archive, the people; and the two ways to answer a write."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from dealwatch.archive import Archive
from dealwatch.archive.decisions import REASONS
from dealwatch.deals.records import DEAL_TYPES, DIRECTIONS, STATUSES
from dealwatch.review.cards import line, safe_link
from dealwatch.review.desk import Office
from dealwatch.review.people import People

HERE = Path(__file__).parent
P = ParamSpec("P")
T = TypeVar("T")


class Site:
    """The house that all pages stand in."""

    def __init__(self, office: Office, people: People) -> None:
        self.office, self.people = office, people
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters.update(day=_day, minute=_minute, human=lambda text: str(text).replace("_", " "))
        environment.globals.update(
            reasons=REASONS, types=DEAL_TYPES, directions=DIRECTIONS, statuses=STATUSES, line=line, safe_link=safe_link
        )
        self._templates = Jinja2Templates(env=environment)

    async def read(self, ask: Callable[Concatenate[Archive, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of a query of the archive, off the event loop."""

        def work() -> T:
            with self.office.reading() as archive:
                return ask(archive, *args, **kwargs)

        return await run_in_threadpool(work)

    def page(self, request: Request, name: str, context: Mapping[str, Any], status: int = 200) -> Response:
        person = request.scope["state"].get("person")
        shared = {
            "person": person,
            "csrf": request.scope["csrftoken"],
            "path": request.url.path,
            "message": request.session.pop("message", "") if person else "",
        }
        return self._templates.TemplateResponse(request, name, {**shared, **context}, status)

    def said(self, request: Request, form: Mapping[str, str], message: str, status: int = 200, **more: Any) -> Response:
        """The answer to a write: JSON to the script, a page to a form. `to` sends both elsewhere."""
        if "application/json" in request.headers.get("accept", ""):
            if "to" in more:
                request.session["message"] = message
            return JSONResponse({"message": message, **more}, status)
        back = more.get("to") or _within(form.get("back", "/"))
        if status == 200:
            request.session["message"] = message
            return RedirectResponse(back, 303)
        return self.page(request, "message.html", {"message": message, "back": back}, status)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of the form; of a field that comes more than once the last."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _within(back: str) -> str:
    """`back` if it leads to a page of ours, else the queue."""
    return back if re.fullmatch(r"/(?!/)[^\\\s]*", back) and not urlsplit(back).netloc else "/"


def _day(at: datetime | None) -> str:
    return at.strftime("%a %-d %b %Y") if at else "undated"


def _minute(at: datetime | None) -> str:
    return at.strftime("%-d %b %Y, %H:%M UTC") if at else "undated"
